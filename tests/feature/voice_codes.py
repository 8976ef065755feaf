#!/usr/bin/env python3
"""What a caller changes by phone: star codes, mailboxes, PINs."""
import json

from carrier import Site, at_once, everywhere, finish, run, scenario

SORRY = 'Say Hangup'
ASK = 'Gather(Say) Redirect'
AGAIN = 'Gather(Say Say) Redirect'
PIN = '48151'


def changes(tenant, id):
    """The audit rows of changes by phone: (before, after)."""
    rows = tenant.sql(
        'SELECT actor_type, actor_name, value_before, value_after FROM '
        f"audit_entry WHERE organization_id = {tenant.id} AND object_type = "
        f"'extension' AND object_id = {id} AND action = 'update' AND "
        "actor_type <> 'user' ORDER BY id")
    assert all(row[0] == 'caller' and row[1] == '1001' for row in rows), rows
    return [(json.loads(row[2]), json.loads(row[3])) for row in rows]


@scenario
def do_not_disturb_by_phone(site):
    tenant = site.tenant()
    one, _ = tenant.users('1001', '1002')

    def state():
        return tenant.get(f'/extensions/{one}').data['do_not_disturb']

    everywhere(lambda: tenant.call('1001', by='1002'), 'Dial(1001)')
    tenant.call('*78', by='1001').must(SORRY, says='is on')
    everywhere(lambda: tenant.call('1001', by='1002'), SORRY)
    assert state() is True
    tenant.call('*78', by='1001').must(SORRY, says='is on')
    tenant.call('*79', by='1001').must(SORRY, says='is off')
    everywhere(lambda: tenant.call('1001', by='1002'), 'Dial(1001)')
    assert state() is False
    # The same one that was set already is no change.
    assert changes(tenant, one) == [
        ({'do_not_disturb': False}, {'do_not_disturb': True}),
        ({'do_not_disturb': True}, {'do_not_disturb': False})]


@scenario
def forwards_by_phone(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    number, _ = tenant.own(1)
    tenant.post('/outbound-rules', {
        'name': 'GB', 'countries': ['GB'], 'trunk': 'main',
        'caller_id': number}).must(201)

    def rings(short):
        everywhere(lambda: tenant.call('1001', by='1002'), short)
        everywhere(lambda: tenant.call('1001', by='1003'), short, 4)

    def state():
        return tenant.get(f'/extensions/{one}').data['forward']['always']

    rings('Dial(1001)')
    for code in ('*721002', '*72 1002', '*72*1002'):
        tenant.call(code, by='1001').must(SORRY, says='now forwarded')
        assert state()['type'] == 'extension' and state()['id'] == two
        rings('Dial(1002)')
        tenant.call('*73', by='1001').must(SORRY, says='no longer')
        assert state() is None, state()
        rings('Dial(1001)')
    for code in ('*72+442079460000', '*72011442079460000'):
        tenant.call(code, by='1001').must(SORRY, says='now forwarded')
        assert state()['type'] == 'external', state()
        assert state()['number'] == '+442079460000', state()
        rings(f'Dial[main {number}](+442079460000)')
    # What may not be is refused and changes nothing.
    for code in ('*72+12025550123', '*72+449098790123', '*721001', '*72',
                 '*72abc', '*72911', '*7218765550123', '*721999',
                 '*72sip:a@b.example'):
        tenant.call(code, by='1001').must(SORRY)
        assert state()['number'] == '+442079460000', code
    rows = changes(tenant, one)
    assert len(rows) == 8, rows
    assert '442079460000' in json.dumps(rows[-1])
    tenant.call('*73', by='1001')
    rings('Dial(1001)')


@scenario
def a_forward_by_phone_obeys_the_rules_of_the_extension(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    tenant.own(2)
    number, _ = tenant.own(3)
    tenant.post('/outbound-rules', {
        'name': 'GB for two', 'countries': ['GB'], 'trunk': 'main',
        'caller_id': number, 'extensions': [two]}).must(201)
    tenant.call('*72+442079460000', by='1001').must(SORRY, says='cannot')
    tenant.call('*72+442079460000', by='1002').must(SORRY, says='forwarded')


@scenario
def codes_are_for_active_user_extensions(site):
    tenant = site.tenant()
    one, two = tenant.users('1001', '1002')
    tenant.patch(f'/extensions/{two}', {'status': 'inactive'}).must(200)
    number, _ = tenant.own(4, ('extension', one))
    for to in ('*78', '*721002', '*97'):
        tenant.call(to).must(SORRY)                      # from outside
        tenant.call(to, From='1001').must(SORRY)
        tenant.call(to, From=number).must(SORRY)
        tenant.call(to, by='1002').must(SORRY, says='may not')
        tenant.call(to, by='1999').must(SORRY, says='may not')
        tenant.call(to, by=number).must(SORRY, says='may not')
        tenant.call(to, by='1001', Direction='application').must(SORRY)
    data = tenant.get(f'/extensions/{one}').data
    assert data['do_not_disturb'] is False
    assert data['forward']['always'] is None
    # Another tenant's phone of the same number changes nothing here.
    other = site.tenant()
    other.users('1001')
    other.call('*78', by='1001').must(SORRY, says='is on')
    assert tenant.get(
        f'/extensions/{one}').data['do_not_disturb'] is False


def message(tenant, extension, n):
    return tenant.insert(
        'voicemail', extension_id=extension, call_key=f'm{n}',
        from_number=f'+1617555000{n}', state='ready',
        received_at=f'2026-11-20 10:00:0{n}', audio_token=f'audio{n}',
        media_type='audio/wav', bytes=1000, seconds=10)


@scenario
def a_mailbox_by_phone(site):
    tenant = site.tenant()
    [one] = tenant.users('1001', voicemail={'enabled': True, 'pin': PIN})
    [two] = tenant.users('1002', voicemail={'enabled': True})
    tenant.users('1003')
    tenant.call('*97', by='1003').must(SORRY, says='no mailbox')
    tenant.call('*97', by='1002').must(SORRY, says='no PIN')
    for how in ('json', 'form'):
        tenant.call('*97', by='1001', how=how).must(ASK, says='PIN').press(
            PIN).must(SORRY, says='no messages')
        tenant.call('*97', by='1001', how=how).press('11111').must(
            AGAIN, says='not the PIN').press('22222').must(AGAIN).press(
                '33333').must(SORRY, says='not the PIN')
        tenant.call('*97', by='1001', how=how).silence().must(ASK).press(
            PIN).must(SORRY, says='no messages')
    ids = [message(tenant, one, n) for n in (1, 2, 3)]
    message(tenant, two, 4)
    play = 'Gather(Say Play Say) Redirect'
    call = tenant.call('*97', by='1001').press(PIN).must(
        play, says='1 of 3, from .16175550003')
    sound = next(call.root.iter('Play')).text
    assert sound.startswith(site.base) and 'audio3' in sound, sound
    call.press('1').must(play, says='1 of 3')
    call.press('2').must(play, says='2 of 3, from .16175550002')
    call.press('3').must('Gather(Say Say Play Say) Redirect',
                         says='deleted.*from .16175550001')
    call.press('2').must(SORRY, says='no more')
    tenant.call('*97', by='1001').press(PIN).must(play, says='1 of 2')
    deleted = tenant.sql('SELECT id FROM voicemail WHERE deleted_at IS NOT '
                         f'NULL AND organization_id = {tenant.id}')
    assert deleted == [[str(ids[1])]], deleted
    heard = tenant.sql('SELECT COUNT(*) FROM voicemail WHERE heard_at IS NOT '
                       f'NULL AND organization_id = {tenant.id}')
    assert heard == [['3']], heard
    # Once each, though the second was listened to twice.
    said = tenant.sql("SELECT action, JSON_EXTRACT(value_after, '$.heard') FROM audit_entry"
                      " WHERE object_type = 'voicemail' AND"
                      f' organization_id = {tenant.id} ORDER BY id')
    assert sorted(map(tuple, said)) == [('delete', 'NULL')] + \
        [('update', 'true')] * 3, said


@scenario
def a_room_asks_for_its_pin(site):
    tenant = site.tenant()
    room = tenant.post('/conference-rooms', {
        'name': 'Board', 'pin': PIN, 'host_pin': '99999',
        'wait_for_host': True, 'max_participants': 5}).must(201).id
    number, _ = tenant.own(5, ('conference_room', room))
    call = tenant.call(number).must(ASK).press(PIN).must('Dial(Conference)')
    assert call.attribute('Conference', 'startConferenceOnEnter') == 'false'
    assert call.attribute('Conference', 'maxParticipants') == '5'
    call = tenant.call(number).press('99999').must('Dial(Conference)')
    assert call.attribute('Conference', 'startConferenceOnEnter') == 'true'
    assert call.attribute('Conference', 'endConferenceOnExit') == 'true'
    for wrong in ('', '0', PIN[:-1], PIN + '1', '*', '#', ' '):
        call = tenant.call(number).press(wrong)
        assert call.short in (ASK, AGAIN), f'{wrong}: {call.text}'
    tenant.call(number).press('1').press('2').press('3').must(SORRY)


def lock(tenant, number, pin):
    """20 wrong PINs, and then the right one is none either."""
    for n in range(20):
        call = tenant.call(number)
        call.must(ASK).press(f'0{n:03}')
        tenant.site.line(call.id)  # counted by now
    everywhere(lambda: tenant.call(number), SORRY)
    begun = tenant.waiting.press(pin)
    begun.must(SORRY, says='locked')


@scenario
def twenty_wrong_pins_lock_a_room(site):
    tenant = site.tenant()
    rooms = [tenant.post('/conference-rooms', {'name': name, 'pin': PIN})
             .must(201).id for name in ('One', 'Two')]
    one, _ = tenant.own(6, ('conference_room', rooms[0]))
    two, _ = tenant.own(7, ('conference_room', rooms[1]))
    for n in range(19):
        call = tenant.call(two).press('1111')
        site.line(call.id)
    tenant.waiting = tenant.call(one)
    lock(tenant, one, PIN)
    # The other has one guess left.
    tenant.call(two).press(PIN).must('Dial(Conference)')
    # Another tenant's rooms are its own business.
    other = site.tenant()
    room = other.post('/conference-rooms', {'name': 'One', 'pin': PIN}).must(
        201).id
    number, _ = other.own(8, ('conference_room', room))
    other.call(number).press(PIN).must('Dial(Conference)')


@scenario
def wrong_pins_lock_a_mailbox(site):
    tenant = site.tenant()
    tenant.users('1001', voicemail={'enabled': True, 'pin': PIN})
    for n in range(20):
        call = tenant.call('*97', by='1001').must(ASK).press('0000')
        site.line(call.id)
    everywhere(lambda: tenant.call('*97', by='1001'), SORRY)


@scenario
def the_same_cursor_is_no_way_round_the_lock(site):
    """One call, its first question answered again and again, all at once."""
    tenant = site.tenant()
    room = tenant.post('/conference-rooms', {'name': 'One', 'pin': PIN}).must(
        201).id
    number, _ = tenant.own(9, ('conference_room', room))
    call = tenant.call(number).must(ASK)
    path = call.action[len(site.base):]
    at_once(lambda: tenant.voice({**call.said, 'Digits': '0000'}, 'json',
                                 path), 30)
    for each in site.sent[-3:]:
        site.line(each.id)
    call.ask(path, Digits=PIN).must(SORRY, says='locked')


if __name__ == '__main__':
    finish(*run(Site()))
