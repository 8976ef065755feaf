"""The simulator over HTTP: what is asked, what is answered, who may, and that
nothing comes of it.  That it says what `voice` does: simulate_generated.py."""
import re

from support import main, only, scenario

R = '/simulate'
OUT = '+16175551212'


def asked(org, from_, to, **more):
    return org.post(R, {'from': from_, 'to': to, **more}).must(200).data


def numbers(data):
    return [re.findall(r'<Number>([^<]+)', leg['document'])
            for leg in data['legs']]


def team(org):
    a, b, c = (org.extension(str(1001 + n)) for n in range(3))
    group = org.post('/ring-groups', {
        'name': 'Sales', 'strategy': 'sequential', 'members': [
            {'extension_id': a}, {'extension_id': b}],
        'fallback': {'type': 'extension', 'id': c}}).must(201).id
    org.extension('2000', name='Sales', type='ring_group',
                  target={'type': 'ring_group', 'id': group})
    return group, (a, b, c)


@scenario
def each_leg_has_reasons_and_a_document(org):
    group, (a, _, c) = team(org)
    data = asked(org, '1003', '2000', outcomes=[
        {'extension': '1001', 'outcome': 'busy'},
        {'extension': '1002', 'outcome': 'declines'},
        {'extension': '1003', 'outcome': 'answers'}])
    assert data['direction'] == 'subscriber'
    assert numbers(data) == [['1001'], ['1002'], ['1003'], []]
    legs = data['legs']
    assert [leg['sent'] for leg in legs] == [
        None] + ['DialCallStatus=' + way for way in
                 ('busy', 'busy', 'completed')]
    assert [leg['happens'] for leg in legs] == [
        '1001 is busy', '1002 is busy', '1003 answers', None]
    assert data['ends'] == 'the call is hung up'
    assert {'type': 'ring_group', 'id': group, 'name': 'Sales'} in [
        step['object'] for step in legs[0]['steps']], legs[0]
    assert {'type': 'extension', 'id': c, 'name': '1003'} in [
        step['object'] for step in legs[2]['steps']], legs[2]
    assert all(step['text'] for leg in legs for step in leg['steps'])
    assert all(leg['document'].startswith('<?xml') for leg in legs)
    assert '/cgi-bin/voice?cursor=' in legs[0]['document']
    assert a


@scenario
def an_address_can_ask_for_it(org):
    team(org)
    where = f'{R}?from=1003&to=2000'
    data = org.get(where).must(200).data
    assert numbers(data) == [['1001']]
    assert data['direction'] == 'subscriber'
    at = '&at=2026-12-25T10:00:00Z&direction=inbound'
    data = org.get(where + at).must(200).data
    assert data['at'].startswith('2026-12-25T10:00:00')
    assert data['direction'] == 'inbound'
    assert data == asked(org, '1003', '2000', direction='inbound',
                         at='2026-12-25T10:00:00Z')
    page = org.page(where).must(200).text
    assert 'value="1003"' in page and 'value="2000"' in page
    assert '&lt;Number&gt;1001&lt;/Number&gt;' in page and 'Leg 1' in page
    org.as_('agent', 'simulate:read').get(where).must(200)
    # What is missing or wrong has its name; a browser gets the form.
    only(org.get(R).must(422), 'from', 'to')
    only(org.get(f'{R}?from=1003').must(422), 'to')
    only(org.get(f'{R}?from=&to=2000').must(422), 'from')
    only(org.get(where + '&direction=up&colour=red').must(422),
         'direction', 'colour')
    only(org.get(where + '&at=noon').must(422), 'at')
    page = org.page(f'{where}&at=%3Cnoon%3E').must(422).text
    assert 'value="&lt;noon&gt;"' in page and 'Leg 1' not in page
    assert 'Leg 1' not in org.page(R).must(200).text
    org.as_('user').get(where).must(403)
    org.get(where, token='').must(401)
    org.as_('agent', 'extensions:read').get(where).must(403)


@scenario
def what_nobody_said_ends_it(org):
    team(org)
    data = asked(org, '1003', '2000')
    assert numbers(data) == [['1001']]
    assert data['ends'] == 'the call waits for how the call to 1001 ends'
    data = asked(org, '1003', '2000', then=['no-answer'])
    assert numbers(data) == [['1001'], ['1002']]
    assert data['legs'][0]['happens'] == '1001 does not answer'


@scenario
def digits_and_silence(org):
    a = org.extension('1001', voicemail={'enabled': True})
    menu = org.post('/ivr-menus', {
        'name': 'Main', 'greeting': {'text': 'Hello'}, 'max_attempts': 3,
        'options': [{'digits': '1', 'label': 'Ann', 'target': {
            'type': 'extension', 'id': a}}]}).must(201).id
    org.extension('4000', type='ivr', target={'type': 'ivr_menu', 'id': menu})
    data = asked(org, '1001', '4000', then=['', '9', 'digits=1', 'busy',
                                            'recorded'])
    assert [leg['sent'] for leg in data['legs']] == [
        None, 'Digits=', 'Digits=9', 'Digits=1', 'DialCallStatus=busy', None]
    assert '<Record' in data['legs'][4]['document']
    assert data['legs'][4]['happens'] == 'the caller leaves a message'
    assert asked(org, '1001', '4000')['ends'] == 'the call waits for digits'
    assert asked(org, '1001', '4000', then=['1', 'busy'])['ends'] == \
        'the call waits for a message to be left'


@scenario
def loops_end(org):
    a, b = org.extension('1001'), org.extension('1002')
    for one, other in ((a, b), (b, a)):
        org.patch(f'/extensions/{one}', {'forward': {'no_answer': {
            'type': 'extension', 'id': other}}}).must(200)
    data = asked(org, '1002', '1001', outcomes=[
        {'extension': each, 'outcome': 'no_answer'}
        for each in ('1001', '1002')])
    assert 10 < len(data['legs']) <= 64
    assert data['legs'][-1]['loop'] and 'loop' in data['ends'], data['ends']
    menu = org.post('/ivr-menus', {
        'name': 'Round', 'greeting': {'text': 'x'}, 'max_attempts': 9,
        'options': [{'digits': '1', 'label': 'x', 'target': {
            'type': 'hangup'}}]}).must(201).id
    org.patch(f'/ivr-menus/{menu}', {'options': [{
        'digits': '1', 'label': 'again', 'target': {
            'type': 'ivr_menu', 'id': menu}}]}).must(200)
    org.extension('4000', type='ivr', target={'type': 'ivr_menu', 'id': menu})
    data = asked(org, '1001', '4000', then=['1'] * 63)
    assert len(data['legs']) == 64, len(data['legs'])


@scenario
def when_and_which_way(org):
    a = org.extension('1001')
    hours = org.post('/business-hours', {
        'name': 'Office', 'periods': [
            {'day': day, 'from': '09:00', 'to': '17:00'}
            for day in range(1, 6)],
        'open': {'type': 'extension', 'id': a},
        'closed': {'type': 'hangup'}}).must(201).id
    number = org.number(1)
    did = org.did(number)
    org.patch(f'/dids/{did}', {'target': {
        'type': 'business_hours', 'id': hours}}).must(200)
    for at, open_ in (('2026-12-23T08:59', False), ('2026-12-23T09:00', True),
                      ('2026-12-23T14:00Z', True),
                      ('2026-12-23T09:00:00+01:00', False),
                      ('2026-12-26T12:00', False)):
        data = asked(org, OUT, number, at=at)
        assert data['direction'] == 'inbound'
        assert (numbers(data) == [['1001']]) is open_, (at, data)
    assert asked(org, OUT, number, at='2026-12-23T09:00')['at'] == \
        '2026-12-23T14:00:00Z'
    assert '<Dial' not in asked(org, '1001', '911', direction='inbound')[
        'legs'][0]['document']
    assert asked(org, '1001', '911', direction='internal')['ends'] == \
        'the emergency call goes out'
    assert asked(org, '1001', '1001', direction='outbound-api')[
        'direction'] == 'application'


@scenario
def each_wrong_word_is_named(org):
    team(org)
    good = {'from': '1003', 'to': '2000'}
    only(org.post(R, {}).must(422), 'from', 'to')
    for field, values in (
            ('from', ('', None, 7, 'x' * 65)), ('to', ('', None, 7, 'x' * 65)),
            ('direction', ('sideways', '', 1)),
            ('at', ('noon', '2026-13-01T10:00', 7)),
            ('outcomes', ('x', {}, [{'extension': '1'}] * 101)),
            ('then', ('1', {}, ['1'] * 65))):
        for value in values:
            only(org.post(R, {**good, field: value}).must(422), field)
    org.post(R, {**good, 'colour': 'red'}).must(422, colour='no field')
    org.post(R, {**good, 'outcomes': [
        {'outcome': 'busy'}, {'extension': '1001', 'outcome': 'asleep'}]}
             ).must(422, outcomes__0__extension='required',
                    outcomes__1__outcome='one of')
    for then, n, text in (
            (['asleep'], 0, 'must be'), (['no-answer', '1'], 1, 'not fit'),
            (['recorded'], 0, 'not fit'), ([7], 0, 'must be a text'),
            (['completed', 'busy'], 1, 'too much')):
        only(org.post(R, {**good, 'then': then}).must(
            422, **{f'then__{n}': text}), f'then.{n}')


@scenario
def nothing_comes_of_it(org):
    _, (a, *_) = team(org)
    number = org.number(1)
    did = org.post('/dids', {'number': number, 'target': {
        'type': 'extension', 'id': a}}).must(201).id
    robin = org.post('/ring-groups', {
        'name': 'Robin', 'strategy': 'round_robin', 'members': [
            {'extension_id': a}]}).must(201).id
    org.extension('2001', type='ring_group', target={
        'type': 'ring_group', 'id': robin})
    before = org.generation(), org.sql(
        f'SELECT COUNT(*) FROM audit_entry WHERE organization_id = {org.id}')
    for to, from_ in ((number, OUT), ('*78', '1001'), ('*72 1002', '1001'),
                      ('2001', '1001'), ('911', '1001')):
        asked(org, from_, to)
    assert org.get(f'/dids/{did}').data['proved_at'] is None
    data = org.get(f'/extensions/{a}').data
    assert not data['do_not_disturb'] and data['forward']['always'] is None
    assert before == (org.generation(), org.sql(
        f'SELECT COUNT(*) FROM audit_entry WHERE organization_id = {org.id}'))


@scenario
def roles_and_secrets(org):
    room = org.post('/conference-rooms', {'name': 'R', 'pin': '4711'}
                    ).must(201).id
    org.extension('3000', type='conference', target={
        'type': 'conference_room', 'id': room})
    org.extension('5000', type='ai_assistant', configuration={
        'url': 'https://ai.example/x', 'token': 'hush-hush'})
    org.extension('1001')
    body = {'from': '1001', 'to': '3000', 'then': ['4711']}
    for role in ('owner', 'admin'):
        data = org.as_(role).post(R, body).must(200).data
        assert data['ends'] == 'the caller is in the conference', data
        assert 'hush-hush' in asked(org.as_(role), '1001', '5000')[
            'legs'][0]['document']
    agent = org.as_('agent')
    data = agent.post(R, body).must(200).data
    assert len(data['legs']) == 1 and 'PIN' in data['ends'], data
    document = asked(agent, '1001', '5000')['legs'][0]['document']
    assert 'hush' not in document and '***' in document, document
    org.as_('user').post(R, body).must(403)
    org.as_('user').get(R).must(403)
    org.post(R, body, token='').must(401)
    org.as_('owner', 'extensions:write').post(R, body).must(403)
    org.as_('owner', 'simulate:write').post(R, body).must(200)
    for method in ('PUT', 'PATCH', 'DELETE'):
        org.ask(method, R, {}).must(405)
    org.get(R + '/1').must(404)


@scenario
def another_tenants_numbers_are_unknown(org):
    there = org.instance.organization(org.by)
    a = there.extension('1001')
    number = there.number(1)
    did = there.did(number)
    there.patch(f'/dids/{did}', {'target': {'type': 'extension', 'id': a}}
                ).must(200)
    data = asked(org, OUT, number)
    assert numbers(data) == [[]]
    assert data['legs'][0]['steps'][0]['object']['type'] is None


@scenario
def a_page_with_a_form(org):
    team(org)
    page = org.page(R).must(200).text
    for name in ('from', 'to', 'direction', 'at', 'outcomes.0.extension',
                 'then.0'):
        assert f'name="{name}"' in page, name
    page = org.form(R, {'from': '1003', 'to': '2000', 'direction': 'guess',
                        'outcomes.0.extension': '1001',
                        'outcomes.0.outcome': 'busy', 'then.0': 'no-answer',
                        'then.1': ''}).must(200).text
    assert 'Leg 3' in page and '&lt;Response&gt;' in page, page
    assert '1001 is busy' in page and '/cgi-bin/ring-groups/' in page
    assert 'value="2000"' in page
    answer = org.form(R, {'from': '', 'to': '<b>'})
    assert answer.status == 422 and 'is required' in answer.text
    assert '<b>' not in answer.text
    answer = org.form(R, {'from': '1003', 'to': '2000', 'then.0': 'digits=1'})
    assert answer.status == 422 and 'does not fit' in answer.text
    assert 'Leg 1' in answer.text


if __name__ == '__main__':
    main()
