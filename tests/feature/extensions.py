"""Extensions: what they may be, who may change what, what they refer to."""
from support import main, only, scenario

R = '/extensions'


@scenario
def a_new_extension_has_what_a_phone_needs(org):
    answer = org.post(R, {'number': '1001', 'name': '  Ann  '}).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin/extensions/{data["id"]}'
    assert data['name'] == 'Ann'
    assert data['type'] == 'user' and data['status'] == 'active'
    assert len(data['sip_password']) >= 16
    assert data['voicemail'] == {
        'enabled': False, 'pin': None, 'email': None,
        'greeting': {'prompt_id': None, 'text': None}}
    assert data['forward'] == {'always': None, 'busy': None,
                               'no_answer': None}
    assert org.get(f'{R}/{data["id"]}').must(200).data == data
    other = org.post(R, {'number': '1002', 'name': 'Bob'}).must(201).data
    assert other['sip_password'] != data['sip_password']


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {'number': '1', 'name': '', 'type': 'fax',
                      'ring_timeout': 4, 'caller_id': '12125550100',
                      'voicemail': {'pin': '12', 'email': 'nobody'},
                      'colour': 'red'}).must(422, 'VALIDATION_ERROR'),
         'number', 'name', 'type', 'ring_timeout', 'caller_id',
         'voicemail.pin', 'voicemail.email', 'colour')
    only(org.post(R, {}).must(422), 'number', 'name')


@scenario
def numbers_are_two_to_six_digits(org):
    for number in ('1', '1234567', '12a', '+12', ' ', '१२', '1 2', '*97'):
        only(org.post(R, {'number': number, 'name': 'x'}).must(422),
             'number')
    for number in (12, None, True, ['12'], {'a': 1}, 1.5):
        only(org.post(R, {'number': number, 'name': 'x'}).must(422),
             'number')
    for number in ('10', '123456', '007'):
        org.extension(number)


@scenario
def a_number_is_taken_once_among_the_living(org):
    first = org.extension('1001')
    org.post(R, {'number': '1001', 'name': 'Bob'}).must(422, number='taken')
    second = org.extension('1002')
    org.patch(f'{R}/{second}', {'number': '1001'}).must(422, number='taken')
    org.delete(f'{R}/{first}').must(204)
    third = org.extension('1001')
    org.post(f'{R}/{first}/restore').must(422, number='taken')
    org.delete(f'{R}/{third}').must(204)
    assert org.post(f'{R}/{first}/restore').must(200).id == first


@scenario
def an_emergency_number_is_no_extension(org):
    for number in ('911', '112'):
        org.post(R, {'number': number, 'name': 'x'}).must(
            422, number='emergency')
    org.sql("UPDATE setting SET emergency_numbers = '[\"5555\"]' "
            f'WHERE organization_id = {org.id}')
    org.post(R, {'number': '5555', 'name': 'x'}).must(422,
                                                     number='emergency')
    org.extension('999')


@scenario
def another_countrys_emergency_number_counts_there(org):
    there = org.instance.organization(org.by, country='GB',
                                      timezone='Europe/London')
    there.post(R, {'number': '999', 'name': 'x'}).must(422,
                                                      number='emergency')


@scenario
def names_are_single_lines_of_a_hundred_characters(org):
    org.extension('10', name='é' * 100)
    for name in ('x' * 101, 'a\nb', 'a\x07b', 'a\x9fb', '   '):
        only(org.post(R, {'number': '11', 'name': name}).must(422), 'name')
    assert org.extension('12', name='<b>"&\'') > 0


@scenario
def what_a_type_does_not_use_must_be_absent(org):
    room = org.insert('conference_room', name='Room')
    target = {'type': 'conference_room', 'id': room}
    org.post(R, {'number': '1', 'name': 'x', 'type': 'conference'}).must(
        422, target='required')
    only(org.post(R, {'number': '30', 'name': 'x', 'type': 'conference',
                      'target': target, 'ring_timeout': 20,
                      'do_not_disturb': True,
                      'voicemail': {'enabled': True, 'pin': '1234'},
                      'forward': {'busy': {'type': 'hangup'}},
                      'configuration': {'provider': 'x'}}).must(422),
         'ring_timeout', 'do_not_disturb', 'voicemail.enabled',
         'voicemail.pin', 'forward.busy', 'configuration.provider')
    made = org.post(R, {'number': '30', 'name': 'x', 'type': 'conference',
                        'target': target}).must(201).data
    assert made['sip_password'] is None
    assert made['target'] == target
    only(org.post(R, {'number': '31', 'name': 'x', 'target': target})
         .must(422), 'target')
    # A change of type has to give up what the old one used.
    ann = org.extension('32', ring_timeout=20)
    org.patch(f'{R}/{ann}', {'type': 'conference', 'target': target}).must(
        422, ring_timeout='does not belong')
    changed = org.patch(f'{R}/{ann}', {
        'type': 'conference', 'target': target,
        'ring_timeout': None}).must(200).data
    assert changed['sip_password'] is None


@scenario
def each_type_leads_where_it_says(org):
    room = org.insert('conference_room', name='Room')
    menu = org.insert('ivr_menu', name='Menu')
    group = org.insert('ring_group', name='Group')
    ann = org.extension('1001')
    right = {'conference': ('conference_room', room),
             'ring_group': ('ring_group', group), 'ivr': ('ivr_menu', menu),
             'forward': ('extension', ann)}
    for n, (type, (kind, id)) in enumerate(right.items()):
        org.post(R, {'number': f'20{n}', 'name': type, 'type': type,
                     'target': {'type': kind, 'id': id}}).must(201)
        if type != 'forward':
            org.post(R, {'number': f'30{n}', 'name': type, 'type': type,
                         'target': {'type': 'extension', 'id': ann}}).must(
                422, target__type='is not where')
        org.post(R, {'number': f'30{n}', 'name': type, 'type': type}).must(
            422, target='required')


@scenario
def targets_are_checked_in_all_their_parts(org):
    ann = org.extension('1001')

    def refused(target, **errors):
        org.patch(f'{R}/{ann}', {'forward': {'busy': target}}).must(
            422, **errors)

    refused('hangup', forward__busy='must be an object')
    refused({}, forward__busy__type='required')
    refused({'type': 'moon'}, forward__busy__type='is no type')
    refused({'type': 'ring_group'}, forward__busy__id='must be the id')
    refused({'type': 'ring_group', 'id': 'x'}, forward__busy__id='must be')
    refused({'type': 'ring_group', 'id': 0}, forward__busy__id='must be')
    refused({'type': 'ring_group', 'id': -3}, forward__busy__id='must be')
    refused({'type': 'ring_group', 'id': 999999},
            forward__busy__id='does not exist')
    refused({'type': 'hangup', 'id': 3}, forward__busy__id='does not belong')
    refused({'type': 'external'}, forward__busy__number='must be')
    refused({'type': 'external', 'number': 5}, forward__busy__number='must')
    refused({'type': 'extension', 'id': ann},
            forward__busy__id='must not be the extension itself')
    refused({'type': 'hangup', 'colour': 1},
            forward__busy__colour='does not belong')
    room = org.insert('conference_room', name='R')
    conference = org.extension('30', type='conference',
                               target={'type': 'conference_room',
                                       'id': room})
    refused({'type': 'voicemail', 'id': conference},
            forward__busy__id='does not exist')
    own = {'type': 'voicemail', 'id': ann}
    assert org.patch(f'{R}/{ann}', {'forward': {'busy': own}}).must(
        200).data['forward']['busy'] == own
    for none in ({'forward': {'busy': None}}, {'forward': None}):
        assert org.patch(f'{R}/{ann}', none).must(
            200).data['forward']['busy'] is None
        org.patch(f'{R}/{ann}', {'forward': {'busy': own}}).must(200)


@scenario
def an_external_forward_needs_a_rule_of_that_extension(org):
    ann = org.extension('1001')
    bob = org.extension('1002')

    def forward(id, number):
        return org.patch(f'{R}/{id}', {'forward': {'always': {
            'type': 'external', 'number': number}}})

    field = 'forward__always__number'
    forward(ann, '+442079460000').must(422, **{field: 'no outbound rule'})
    off = org.rule('off', countries=['GB'], status='inactive')
    forward(ann, '+442079460000').must(422, **{field: 'no outbound rule'})
    org.rule('GB', countries=['GB'], extensions=[ann])
    forward(bob, '+442079460000').must(422, **{field: 'no outbound rule'})
    assert forward(ann, '011 44 20 7946 0000').must(200).data[
        'forward']['always'] == {'type': 'external',
                                 'number': '+442079460000'}
    org.rule('US', countries=['US'])
    assert forward(bob, '(212) 555-0199').must(200).data[
        'forward']['always']['number'] == '+12125550199'
    # Jamaica has +1 too, and premium numbers are not "GB".
    forward(bob, '+18765550100').must(422, **{field: 'no outbound rule'})
    forward(ann, '+449098790000').must(422, **{field: 'no outbound rule'})
    for bad in ('911', '112'):
        forward(ann, bad).must(422, **{field: 'emergency'})
    for bad in ('abc', '+', '+1', '123', "+1' OR 1=1"):
        forward(ann, bad).must(422)
    assert off > 0


@scenario
def an_own_number_and_an_allowed_host_need_no_rule(org):
    ann = org.extension('1001')
    org.did(org.number(0))
    org.did(org.number(1), status='inactive')

    def forward(number):
        return org.patch(f'{R}/{ann}', {'forward': {'always': {
            'type': 'external', 'number': number}}})

    forward(org.number(0)).must(200)
    forward(org.number(1)).must(422)
    forward('sip:x@pbx.example.com').must(
        422, forward__always__number='sip')
    org.sql("UPDATE setting SET sip_hosts = '[\"pbx.example.com\"]' "
            f'WHERE organization_id = {org.id}')
    forward('sip:x@pbx.example.com').must(200)
    for bad in ('sip:x@evil.example', 'sip:pbx.example.com',
                'sip:x@evil.example;pbx.example.com',
                'sip:x@pbx.example.com@evil.example',
                'sips:x@pbx.example.com'):
        forward(bad).must(422)


@scenario
def a_caller_id_is_an_own_active_proved_number(org):
    org.did(org.number(0))
    org.did(org.number(1), proved=False)
    org.did(org.number(2), status='inactive')
    there = org.instance.organization(org.by)
    there.did(org.number(3))

    def make(number):
        return org.post(R, {'number': '1001', 'name': 'x',
                            'caller_id': number, 'emergency_did': number})

    make(org.number(1)).must(422, caller_id='not proved',
                              emergency_did='not proved')
    make(org.number(2)).must(422, caller_id='not active')
    make(org.number(3)).must(422, caller_id='no number of yours')
    make(org.number(99)).must(422, caller_id='no number of yours')
    for bad in ('2125550100', 'anonymous', 12125550100, '+0123456789'):
        make(bad).must(422, caller_id='must be')
    data = make(org.number(0)).must(201).data
    assert data['caller_id'] == data['emergency_did'] == org.number(0)
    id = data['id']
    assert org.patch(f'{R}/{id}', {'name': 'y'}).must(
        200).data['caller_id'] == org.number(0)
    assert org.patch(f'{R}/{id}', {'caller_id': None}).must(
        200).data['caller_id'] is None


@scenario
def an_assistant_is_a_number_or_a_url(org):
    def make(**configuration):
        return org.post(R, {'number': '5000', 'name': 'AI',
                            'type': 'ai_assistant',
                            'configuration': configuration})

    only(make().must(422), 'configuration.provider')
    only(make(provider='retell').must(422), 'configuration.number')
    only(make(number='x').must(422), 'configuration.provider')
    only(make(provider='a', number='b', url='https://a.example').must(422),
         'configuration.url')
    for url in ('http://a.example', 'javascript:alert(1)', 'https://',
                'https://u@a.example', 'https://a b', 'ftp://x.example'):
        only(make(url=url).must(422), 'configuration.url')
    only(make(provider='a', number='b', token='t').must(422),
         'configuration.token')
    only(make(provider='a', number='b', params={'a': 'b'}).must(422),
         'configuration.params')
    only(make(url='wss://a.example', params={'a': 1}).must(422),
         'configuration.params.a')
    only(make(url='wss://a.example', params='a').must(422),
         'configuration.params')
    data = make(url='wss://a.example/x?y=1', token='geheim',
                params={'mood': 'kind'}).must(201).data
    assert data['configuration']['token'] == 'geheim'
    assert data['configuration']['params'] == {'mood': 'kind'}
    for query, found in (('mood=kind', 1), ('mood=Kind', 0), ('x=kind', 0),
                         ('mood=kind&configuration.params.x=1', 0),
                         ('mood=kind&configuration.url=wss://a.example/x?y=1',
                          1), ('mood=kind&configuration.url=wss://', 0),
                         ('mood=kind&configuration.provider=vapi', 0)):
        assert len(org.get(f'{R}?configuration.params.{query}').must(
            200).data) == found, query
    id = org.post(R, {'number': '5001', 'name': 'AI', 'type': 'ai_assistant',
                      'configuration': {'provider': 'vapi',
                                        'number': '+12125550100'}}).must(
        201).id
    for query in ('provider=vapi', 'number=%2B12125550100'):
        assert [each['id'] for each in org.get(
            f'{R}?configuration.{query}').must(200).data] == [id], query


@scenario
def a_user_on_whom_others_rely_stays_one(org):
    ann = org.extension('1001')
    bob = org.extension('1002')
    room = org.insert('conference_room', name='R')
    other = {'type': 'conference', 'target': {'type': 'conference_room',
                                              'id': room}}
    group = org.post('/ring-groups', {'name': 'Sales', 'members': [
        {'extension_id': ann}]}).must(201).id
    org.patch(f'{R}/{ann}', other).must(422, type='ring group Sales')
    org.delete(f'/ring-groups/{group}').must(204)
    mailbox = {'forward': {'busy': {'type': 'voicemail', 'id': ann}}}
    org.patch(f'{R}/{bob}', mailbox).must(200)
    org.patch(f'{R}/{ann}', other).must(422, type='mailbox')
    org.patch(f'{R}/{bob}', {'forward': None}).must(200)
    org.patch(f'{R}/{ann}', other).must(200)


@scenario
def only_owners_say_where_custom_logic_is(org):
    body = {'number': '7000', 'name': 'x', 'type': 'custom_logic',
            'configuration': {'url': 'https://logic.example/cxml'}}
    admin = org.as_('admin')
    admin.post(R, body).must(403, 'FORBIDDEN')
    id = org.post(R, body).must(201).id
    admin.patch(f'{R}/{id}', {'name': 'y'}).must(200)
    admin.patch(f'{R}/{id}', {'configuration': {
        'url': 'https://evil.example'}}).must(403)
    for url in ('http://logic.example', None, '', 'https://a\u00e4.example'):
        org.patch(f'{R}/{id}', {'configuration': {'url': url}}).must(
            422)


@scenario
def secrets_are_for_owners_and_admins(org):
    id = org.extension('1001', voicemail={'enabled': True, 'pin': '4711'})
    for role in ('owner', 'admin'):
        data = org.as_(role).get(f'{R}/{id}').must(200).data
        assert data['voicemail']['pin'] == '4711'
        assert len(data['sip_password']) >= 16
        for answer in (org.as_(role).get(R),
                       org.as_(role).get(R, accept='text/csv')):
            answer.must(200)
            assert '4711' not in answer.text and '***' in answer.text
            assert data['sip_password'] not in answer.text
    for role in ('agent', 'user'):
        for answer in (org.as_(role).get(f'{R}/{id}'), org.as_(role).get(R),
                       org.as_(role).get(R, accept='text/csv'),
                       org.as_(role).page(f'{R}/{id}')):
            answer.must(200)
            assert '4711' not in answer.text
            assert data['sip_password'] not in answer.text
        assert org.as_(role).get(f'{R}/{id}').data['sip_password'] == '***'
    stored = org.sql('SELECT HEX(voicemail_pin_sealed) FROM extension '
                     f'WHERE id = {id}')[0][0]
    assert stored and '34373131' not in stored


@scenario
def a_user_reads_and_an_agent_has_only_his_own(org):
    agent = org.user_of('agent')
    mine = org.extension('1001', user_id=agent)
    other = org.extension('1002')
    for role in ('user', 'agent'):
        they = org.as_(role)
        they.get(R).must(200)
        they.post(R, {'number': '1003', 'name': 'x'}).must(403)
        they.delete(f'{R}/{mine}').must(403)
        they.put(f'{R}/{mine}', {'number': '1001', 'name': 'x'}).must(403)
        they.post(f'{R}/{mine}/restore').must(403)
        they.post(f'{R}/{mine}/sip-password').must(403)
        they.page(f'{R}/new').must(403)
        they.patch(f'{R}/{other}', {'do_not_disturb': True}).must(403)
    org.as_('user').patch(f'{R}/{mine}', {'do_not_disturb': True}).must(403)
    agent = org.as_('agent')
    agent.patch(f'{R}/{mine}', {
        'do_not_disturb': True, 'voicemail': {'greeting': {'text': 'Hi'}},
        'forward': {'busy': {'type': 'extension', 'id': other}}}).must(200)
    for change in ({'name': 'x'}, {'number': '99'}, {'status': 'inactive'},
                   {'voicemail': {'enabled': True}}, {'user_id': None},
                   {'voicemail': {'pin': '1234'}}, {'ring_timeout': 9},
                   {'type': 'forward'}):
        agent.patch(f'{R}/{mine}', change).must(403)
    # A whole form whose other values stay as they are is no harm.
    agent.patch(f'{R}/{mine}', {'name': 'Ann', 'number': '1001',
                                'do_not_disturb': False}).must(200)
    # Rules hold for agents too.
    agent.patch(f'{R}/{mine}', {'forward': {'always': {
        'type': 'external', 'number': '+442079460000'}}}).must(422)


@scenario
def a_password_is_renewed_and_never_given(org):
    first = org.post(R, {'number': '1001', 'name': 'Ann'}).must(201).data
    org.post(R, {'number': '1002', 'name': 'x',
                 'sip_password': 'guess'}).must(422, sip_password='server')
    same = org.patch(f'{R}/{first["id"]}', {'sip_password': 'guess',
                                            'name': 'Eve'}).must(200).data
    assert same['sip_password'] == first['sip_password']
    org.put(f'{R}/{first["id"]}', same).must(200)
    assert org.get(f'{R}/{first["id"]}').data['sip_password'] == \
        first['sip_password']
    new = org.post(f'{R}/{first["id"]}/sip-password').must(200).data
    assert new['sip_password'] != first['sip_password']
    assert len(new['sip_password']) >= 16
    room = org.insert('conference_room', name='R')
    conference = org.extension('30', type='conference',
                               target={'type': 'conference_room',
                                       'id': room})
    org.post(f'{R}/{conference}/sip-password').must(409, 'CONFLICT')
    org.post(f'{R}/999999/sip-password').must(404)


@scenario
def put_replaces_and_patch_modifies(org):
    id = org.extension('1001', ring_timeout=20, do_not_disturb=True)
    data = org.patch(f'{R}/{id}', {'name': 'Bob'}).must(200).data
    assert data['ring_timeout'] == 20 and data['do_not_disturb']
    data = org.put(f'{R}/{id}', {'number': '1001', 'name': 'Bob'}).must(
        200).data
    assert data['ring_timeout'] is None and not data['do_not_disturb']
    only(org.put(f'{R}/{id}', {'name': 'Bob'}).must(422), 'number')
    # What was read can be sent back.
    assert org.put(f'{R}/{id}', data).must(200).data['name'] == 'Bob'


@scenario
def who_still_uses_it_is_said_before_it_is_deleted(org):
    ann = org.extension('1001')
    bob = org.extension('1002', name='Bob', forward={
        'busy': {'type': 'extension', 'id': ann},
        'no_answer': {'type': 'voicemail', 'id': ann}})
    group = org.post('/ring-groups', {
        'name': 'Sales', 'members': [{'extension_id': ann}],
        'fallback': {'type': 'voicemail', 'id': ann}}).must(201).id
    org.insert('did', number='+12125550100', target_type='extension',
               target_id=ann)
    rule = org.rule('Out', extensions=[ann])
    answer = org.delete(f'{R}/{ann}').must(409, 'CONFLICT')
    said = sorted((r['type'], r['name']) for r in
                  answer.json['references'])
    assert said == [('did', '+12125550100'), ('extension', 'Bob'),
                    ('outbound_rule', 'Out'), ('ring_group', 'Sales')], said
    assert {r['id'] for r in answer.json['references']} >= {bob, group,
                                                            rule}
    org.get(f'{R}/{ann}').must(200)
    # What leads to itself can go.
    own = org.extension('1003')
    org.patch(f'{R}/{own}', {'forward': {'busy': {
        'type': 'voicemail', 'id': own}}}).must(200)
    org.delete(f'{R}/{own}').must(204)


@scenario
def a_restore_onto_the_deleted_is_refused(org):
    ann = org.extension('1001')
    bob = org.extension('1002', forward={'busy': {'type': 'extension',
                                                  'id': ann}})
    org.delete(f'{R}/{bob}').must(204)
    org.delete(f'{R}/{ann}').must(204)
    org.post(f'{R}/{bob}/restore').must(422)
    org.post(f'{R}/{ann}/restore').must(200)
    org.post(f'{R}/{bob}/restore').must(200)
    org.post(f'{R}/{bob}/restore').must(404)


@scenario
def a_limit_holds_for_making_and_restoring(org):
    first = org.extension('1001')
    org.sql(f'UPDATE organization SET limit_extensions = 1 '
            f'WHERE id = {org.id}')
    org.post(R, {'number': '1002', 'name': 'x'}).must(409, 'CONFLICT')
    org.delete(f'{R}/{first}').must(204)
    org.extension('1002')
    org.post(f'{R}/{first}/restore').must(409)


@scenario
def a_user_id_is_a_user_of_the_tenant(org):
    there = org.instance.organization(org.by)
    for id in (there.user_of('owner'), 999999):
        org.post(R, {'number': '1001', 'name': 'x', 'user_id': id}).must(
            422, user_id='does not exist')
    for id in (0, -1, 'x', 1.5, True):
        org.post(R, {'number': '1001', 'name': 'x', 'user_id': id}).must(422)
    org.extension('1001', user_id=org.user_of('owner'))


@scenario
def every_change_is_in_the_audit_with_secrets_masked(org):
    id = org.extension('1001', voicemail={'pin': '4711'})
    org.patch(f'{R}/{id}', {'name': 'Bob'}).must(200)
    org.patch(f'{R}/{id}', {'name': ''}).must(422)
    org.post(f'{R}/{id}/sip-password').must(200)
    org.delete(f'{R}/{id}').must(204)
    org.post(f'{R}/{id}/restore').must(200)
    rows = org.audit('extension', id)
    assert [row[0] for row in rows] == ['create', 'update', 'renew_password',
                                        'delete', 'restore'], rows
    create, update = rows[0], rows[1]
    assert create[1] is None and create[2]['name'] == 'Ann'
    assert create[2]['voicemail']['pin'] == '***'
    assert create[2]['sip_password'] == '***'
    assert update[1]['name'] == 'Ann' and update[2]['name'] == 'Bob'
    assert update[2]['sip_password'] == '***'
    assert rows[2][1]['sip_password'] == '***'
    assert rows[2][2]['sip_password'] == '*** (changed)'
    assert rows[2][2]['voicemail']['pin'] == '***'
    assert rows[4][2]['sip_password'] == '***'
    assert rows[3][2] is None and rows[4][1] is None
    assert create[3] == org.user_of('owner') and create[4] > 0


@scenario
def a_change_raises_the_generation_and_a_refusal_does_not(org):
    before = org.generation()
    id = org.extension('1001')
    assert org.generation() == before + 1
    org.post(R, {'number': '1001', 'name': 'x'}).must(422)
    org.patch(f'{R}/{id}', {'colour': 1}).must(422)
    org.get(f'{R}/{id}').must(200)
    assert org.generation() == before + 1
    org.patch(f'{R}/{id}', {'name': 'Bob'}).must(200)
    org.delete(f'{R}/{id}').must(204)
    assert org.generation() == before + 3


if __name__ == '__main__':
    main()
