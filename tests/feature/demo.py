#!/usr/bin/env python3
"""The demo tenant of `make run`: what each of its numbers answers, through
demo.env, behind every web server, over JSON, form and query.
"""
import os
import stat

from carrier import Site, everywhere, finish, run, scenario

SERVERS = ('lighttpd', 'apache', 'apache-fcgid', 'apache-cgi', 'nginx')
ALL = 'Dial(1001 1002 1003)'
SHOWN = '+12125550100'
LONDON = f'Dial[main {SHOWN}](+442079460000)'
MENU = 'Gather(Say) Redirect'
AGAIN = 'Gather(Say Say) Redirect'
MESSAGE = 'Say Record Hangup'
SORRY = 'Say Hangup'

# What is called from outside, and what comes of it.
INBOUND = {
    '+12125550100': 'Dial(1001)',
    '+12125550101': ALL,
    '+12125550102': 'Dial(1001)',
    '+12125550104': MENU,
    '+12125550106': 'Dial(Conference)',
    '+12125550107': 'Dial(Service)',
    '+12125550108': SORRY,
    '12125550100': 'Dial(1001)',
    '+12125550199': SORRY,
    # Extensions, trunks and codes are out of reach.
    '1001': SORRY, '2000': SORRY, '3000': SORRY, '6000': SORRY,
    '+442079460000': SORRY, '911': SORRY, '*78': SORRY, '*97': SORRY,
}
# What 1003 dials.
SUBSCRIBER = {
    '1001': 'Dial(1001)', '1002': 'Dial(1002)', '1005': SORRY,
    '1999': SORRY, '2000': ALL, '2001': 'Dial(1001)',
    '3000': 'Dial(Conference)', '4000': MENU, '4001': MENU,
    '5000': 'Dial(Service)', '6000': LONDON,
    '+12125550100': 'Dial(1001)', '2125550101': ALL,
    '+442079460000': LONDON, '011442079460000': LONDON,
    '2025550123': f'Dial[main {SHOWN}](+12025550123)',
    '+18765550123': SORRY,          # Jamaica
    '+19005550123': SORRY,          # premium rate
    '+449098790123': SORRY,         # premium rate
    '+33140205050': SORRY,          # no rule
    '911': f'Dial[main {SHOWN}](911)', '112': f'Dial[main {SHOWN}](112)',
    '*99': SORRY,
}


@scenario
def demo_env_is_private_and_whole(site):
    file = site.var / 'demo.env'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, oct(
        file.stat().st_mode)
    assert set(site.demo.env) == {
        'BASE_URL', 'OWNER_EMAIL', 'OWNER_PASSWORD', 'ORGANIZATION',
        'DOMAIN', 'VOICE_KEY', 'WEBHOOK_SECRET'}, site.demo.env
    assert site.demo.env['BASE_URL'] == site.base
    assert len(site.demo.env['OWNER_PASSWORD']) >= 16
    assert len(site.demo.env['VOICE_KEY']) >= 32


@scenario
def every_number_from_outside(site):
    for how in ('json', 'form', 'query', 'GET'):
        for to, short in INBOUND.items():
            site.demo.call(to, how=how).must(short)


@scenario
def every_number_from_inside(site):
    for how in ('json', 'form', 'query', 'GET'):
        for to, short in SUBSCRIBER.items():
            site.demo.call(to, by='1003', how=how).must(short)


@scenario
def the_other_names_of_directions(site):
    for direction in ('outbound', 'internal', 'Subscriber', 'INTERNAL'):
        site.demo.call('6000', by='1003', Direction=direction).must(LONDON)
    for direction in ('outbound-api', 'application'):
        site.demo.call('1001', Direction=direction).must('Dial(1001)')
        site.demo.call('+12125550101', Direction=direction).must(ALL)
        site.demo.call('+442079460000', Direction=direction).must(SORRY)
        site.demo.call('911', Direction=direction).must(SORRY)
    for direction in ('', None, 'sideways', 'inbound'):
        site.demo.call('1001', Direction=direction).must(SORRY)
        site.demo.call('+12125550100', Direction=direction).must(
            'Dial(1001)')


@scenario
def help_is_called_whatever_else_the_request_holds(site):
    """What would be refused of any other call is passed over."""
    said = {'To': '911', 'Direction': 'subscriber', 'From': '1001',
            'Domain': site.demo.domain}
    for odd in ({'From': '1' * 65}, {'Session': 's' * 129},
                {'Digits': '1' * 100}, {'From': None}):
        for how in ('json', 'form'):
            site.demo.voice({**said, **odd}, how).must(
                f'Dial[main {SHOWN}](911)')
    site.demo.voice(said, path='/cgi-bin/voice?x=%zz').must(
        f'Dial[main {SHOWN}](911)')
    # Any other call is refused.
    site.demo.voice({**said, 'To': '1001', 'Session': 's' * 129}).must(SORRY)


@scenario
def names_in_any_case(site):
    for name in (str.lower, str.upper, str.swapcase):
        for how in ('json', 'form', 'query', 'GET'):
            said = {name(key): value for key, value in {
                'Domain': site.demo.domain, 'Direction': 'subscriber',
                'From': '1003', 'To': '1001', 'Session': 'case',
                'CallStatus': 'in-progress'}.items()}
            site.demo.voice(said, how).must('Dial(1001)')


@scenario
def details_of_the_documents(site):
    demo = site.demo
    call = demo.call('+12125550100')
    assert call.attribute('Dial', 'timeout') == '30'
    assert call.attribute('Dial', 'method') == 'POST'
    call = demo.call('+12125550106')
    room = next(call.root.iter('Conference'))
    assert room.text.startswith(f'conf-{demo.id}-'), room.text
    assert room.get('maxParticipants') == '25'
    service = next(demo.call('+12125550107').root.iter('Service'))
    assert service.get('provider') and service.text
    call = demo.call('+12125550104')
    gather = next(call.root.iter('Gather'))
    assert gather.get('numDigits') == '1'
    assert gather.get('finishOnKey') == '#'
    assert gather.get('actionOnEmptyResult') == 'true'
    assert gather.get('action') == call.root.find('Redirect').text
    record = demo.call('+12125550104').press('9').press('1')
    assert record.attribute('Record', 'recordingStatusCallback') == \
        f'{site.base}/cgi-bin/webhook/recording'


@scenario
def after_a_dial(site):
    """1002 has a mailbox, 1001 has none."""
    for how in ('json', 'form', 'query', 'GET'):
        demo = site.demo
        for status in ('busy', 'no-answer', 'NO ANSWER', 'noanswer',
                       'failed', 'unknown', 'strange', ''):
            demo.call('1002', by='1003', how=how).then(status).must(MESSAGE)
            demo.call('1001', by='1003', how=how).then(status).must(SORRY)
        for status in ('answered', 'completed', 'canceled', 'Completed'):
            demo.call('1002', by='1003', how=how).then(status).must('Hangup')
    # Without DialCallStatus it is CallStatus that counts.
    demo.call('1002', by='1003').back(CallStatus='completed').must('Hangup')
    demo.call('1002', by='1003').back(CallStatus='no-answer').must(MESSAGE)
    demo.call('1002', by='1003').then('busy').back(
        RecordingUrl='https://example.com/r.wav').must('Hangup')


@scenario
def support_is_walked_twice_and_falls_back(site):
    for to, by in (('+12125550102', None), ('2001', '1003')):
        call = site.demo.call(to, by=by)
        for number in ('1001', '1002', '1001', '1002', '1004'):
            call.must(f'Dial({number})')
            call.then('no-answer')
        call.must(SORRY)
    for status in ('busy', 'failed', 'strange'):
        site.demo.call('2001', by='1003').then(status).must('Dial(1002)')
    for status in ('completed', 'answered', 'canceled'):
        site.demo.call('2001', by='1003').then('busy').then(status).must(
            'Hangup')


@scenario
def sales_rings_all_at_once(site):
    call = site.demo.call('+12125550101').must(ALL)
    call.then('completed').must('Hangup')
    site.demo.call('+12125550101').then('no-answer').must(SORRY)


@scenario
def three_calls_start_at_three_members(site):
    for to, by in (('+12125550103', None), ('2002', '1003')):
        calls = [site.demo.call(to, by=by) for _ in range(3)]
        starts = [call.numbers[0] for call in calls]
        assert sorted(starts) == ['1001', '1002', '1003'], starts
        # Asked again for the same call, it does not advance.
        for call in calls:
            first = call.numbers
            everywhere(lambda call=call: site.demo.voice(call.said),
                       f'Dial({first[0]})', 4)
        again = [site.demo.call(to, by=by).numbers[0] for _ in range(3)]
        assert again == starts, f'{starts} then {again}'
        # All members in turn, from where it began.
        walk = [calls[1].numbers[0]] + [
            calls[1].then('no-answer').numbers[0] for _ in range(2)]
        assert sorted(walk) == ['1001', '1002', '1003'], walk
        calls[1].then('no-answer').must(SORRY)


@scenario
def the_main_menu(site):
    for to, by in (('+12125550104', None), ('4000', '1003')):
        for how in ('json', 'form'):
            def menu():
                return site.demo.call(to, by=by, how=how).must(
                    MENU, says='welcome')
            menu().press('1').must(ALL)
            menu().press('2').must('Dial(1002)')
            menu().press('0').must('Dial(1001)')
            menu().press('9').must(MENU, says='closed')
            menu().press('9').press('1').must(MESSAGE)
            menu().press('7').must(AGAIN).press('2').must('Dial(1002)')
            menu().silence().must(MENU).press('0').must('Dial(1001)')
            # The Redirect behind the Gather: no Digits at all.
            menu().back().must(MENU).press('1').must(ALL)
            menu().silence().silence().silence().must(SORRY)
            menu().press('8').silence().press('77').must(SORRY)
            menu().press('#').must(AGAIN)
            menu().press('2').then('busy').must(MESSAGE)


@scenario
def the_night_menu(site):
    site.demo.call('4001', by='1003').must(MENU).press('1').must(MESSAGE)
    site.demo.call('4001', by='1003').press('9').press('').press('3').must(
        SORRY)


def at(site, clock, *then):
    """The document of `opbxctl route` for …105 at that time."""
    words = ['route', '--org', 'demo', '--from', '+16175551212', '--to',
             '+12125550105', '--at', clock]
    status, out, err = site.opbxctl(*words, *then)
    assert status == 0, err
    return out.splitlines()[-1]


@scenario
def office_hours(site):
    open_, closed = '<Number>1001</Number><Number>1002', '<Record '
    for clock, part in {
            '2026-11-23T08:59:59-05:00': closed,     # a Monday
            '2026-11-23T09:00:00-05:00': open_,
            '2026-11-23T16:59:59-05:00': open_,
            '2026-11-23T17:00:00-05:00': closed,
            '2026-11-27T16:59:00-05:00': open_,      # Friday
            '2026-11-28T12:00:00-05:00': closed,     # Saturday
            '2026-11-29T12:00:00-05:00': closed,
            '2026-12-25T12:00:00-05:00': closed,     # Christmas, a Friday
            '2026-12-24T12:00:00-05:00': open_,
            '2025-12-25T12:00:00-05:00': closed,     # every year
            '2029-12-25T12:00:00-05:00': closed,
            '2026-12-25T04:59:00Z': closed,          # the 24th, 23:59
            # The clocks went forward on 8 March 2026, back on 1 November.
            '2026-03-06T13:59:59Z': closed,
            '2026-03-06T14:00:00Z': open_,
            '2026-03-09T12:59:59Z': closed,
            '2026-03-09T13:00:00Z': open_,
            '2026-03-09T20:59:59Z': open_,
            '2026-03-09T21:00:00Z': closed,
            '2026-10-30T13:00:00Z': open_,
            '2026-11-02T13:59:59Z': closed,
            '2026-11-02T14:00:00Z': open_,
            '2026-11-02T21:59:59Z': open_,
            '2026-11-02T22:00:00Z': closed}.items():
        assert part in at(site, clock), f'{clock}: {at(site, clock)}'


@scenario
def a_second_start_keeps_the_data(site):
    before = (site.var / 'demo.env').read_text()
    status, _, err = site.opbxctl('demo', '--write',
                                  str(site.var / 'demo.env'))
    assert status == 0, err
    assert (site.var / 'demo.env').read_text() == before
    count = site.sql("SELECT COUNT(*) FROM organization")[0][0]
    assert count == '1', count


CORE = [every_number_from_outside, every_number_from_inside, names_in_any_case,
        support_is_walked_twice_and_falls_back, the_main_menu]


def main():
    site = Site()
    passed, failed = run(site)
    for server in SERVERS[1:]:
        if os.environ.get('OPBX_SERVER', server) != server:
            continue
        site.behind(server)
        more = run(site, CORE[2:] if server == 'apache-cgi' else CORE)
        passed, failed = passed + more[0], failed + more[1]
    finish(passed, failed)


if __name__ == '__main__':
    main()
