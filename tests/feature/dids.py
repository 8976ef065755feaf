"""DIDs: claims and proofs, where a number leads, what still uses it."""
import urllib.parse

from support import main, only, scenario

R = '/dids'
NUMBER = '+16465550100'


def claim(org, number=NUMBER, **more):
    """The id of a new number."""
    return org.post(R, {'number': number, **more}).must(201).id


def own(org):
    """A number of which nobody else proves that it is theirs."""
    return f'+1212556{org.id % 10000:04}'


def prove(org, id):
    org.sql(f'UPDATE did SET proved_at = UTC_TIMESTAMP(3) WHERE '
            f'organization_id = {org.id} AND id = {id}')


def another(org, **more):
    return org.instance.organization(org.by, **more)


@scenario
def a_new_number_is_a_claim_that_leads_nowhere_yet(org):
    before = org.generation()
    answer = org.post(R, {'number': NUMBER}).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin/dids/{data["id"]}'
    assert {key: data[key] for key in data if key[-3:] != '_at'} == {
        'id': data['id'], 'number': NUMBER, 'name': '', 'target': None,
        'status': 'active', 'caller_name_prefix': '', 'record': False,
        'announcement': {'prompt_id': None, 'text': None}}
    assert data['proved_at'] is None
    assert org.get(f'{R}/{data["id"]}').must(200).data == data
    assert org.get(R).must(200).json['meta']['total'] == 1
    assert org.generation() == before + 1
    [(action, old, new, actor, _)] = org.audit('did', data['id'])
    assert (action, old, actor) == ('create', None, org.user_of('owner'))
    assert new['number'] == NUMBER


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {'number': 'x', 'name': 'a\nb', 'status': 'proved',
                      'target': {'type': 'moon'}, 'record': 'yes',
                      'caller_name_prefix': 'x' * 33, 'colour': 1,
                      'announcement': {'prompt_id': 'x', 'tune': 1}})
         .must(422, 'VALIDATION_ERROR'),
         'number', 'name', 'status', 'target.type', 'record',
         'caller_name_prefix', 'colour', 'announcement.prompt_id',
         'announcement.tune')
    only(org.post(R, {}).must(422, number='required'), 'number')
    only(org.post(R, {'number': ''}).must(422, number='required'), 'number')
    org.post(R, []).must(400, 'BAD_REQUEST')
    org.post(R, b'{"number": "\xff"}').must(400)


@scenario
def a_number_is_kept_in_one_form(org):
    for n, (said, kept) in enumerate((
            ('(646) 555-0101', '+16465550101'),
            ('1 646 555 0102', '+16465550102'),
            ('+1 646.555.0103', '+16465550103'),
            ('  +16465550104 ', '+16465550104'),
            ('011 44 20 7946 0000', '+442079460000'),
            ('00442079460001', '+442079460001'),
            ('+44 (0)20 7946 0002', '+442079460002'),
            ('+1 800 555 0199', '+18005550199'))):
        assert org.post(R, {'number': said, 'name': str(n)}).must(
            201).data['number'] == kept, said


@scenario
def a_national_number_is_of_the_tenants_country(org):
    there = another(org, country='GB', timezone='Europe/London')
    assert there.post(R, {'number': '020 7946 0000'}).must(
        201).data['number'] == '+442079460000'
    org.post(R, {'number': '020 7946 0000'}).must(422, number='telephone')


@scenario
def what_is_no_telephone_number_is_refused(org):
    for number in ('abc', '1001', '911', '112', '+', '+1', '+1646555',
                   '+999123456789', '+1646555010012345678', '555-0100',
                   'sip:ann@example.com', '+1646555010a', '++16465550100',
                   '+16465550100;ext=1', 'tel:+16465550100', '*72',
                   '+１２１２５５５０１００', '2' * 41, '+' + '1' * 300):
        only(org.post(R, {'number': number}).must(422), 'number')
    for number in (16465550100, None, True, [NUMBER], {'number': NUMBER},
                   1.5):
        only(org.post(R, {'number': number}).must(422), 'number')
    assert org.get(R).json['meta']['total'] == 0


@scenario
def a_tenant_has_a_number_once(org):
    first = claim(org)
    for again in (NUMBER, '(646) 555-0100', '0016465550100'):
        only(org.post(R, {'number': again}).must(422, number='taken'),
             'number')
    org.delete(f'{R}/{first}').must(204)
    second = claim(org)
    org.post(f'{R}/{first}/restore').must(422, number='taken')
    org.delete(f'{R}/{second}').must(204)
    org.post(f'{R}/{first}/restore').must(200)


@scenario
def a_number_never_becomes_another(org):
    """Else a proof would vouch for a number that nobody proved."""
    number = own(org)
    id = claim(org, number, name='Main')
    prove(org, id)
    path = f'{R}/{id}'
    only(org.patch(path, {'number': '+16465550199'}).must(
        422, number='cannot be changed'), 'number')
    only(org.put(path, {'number': '+442079460000'}).must(
        422, number='cannot be changed'), 'number')
    only(org.patch(path, {'number': None}).must(422, number='required'),
         'number')
    only(org.put(path, {'name': 'x'}).must(422, number='required'), 'number')
    said = f'212-{number[5:8]}-{number[8:]}'
    data = org.patch(path, {'number': said, 'name': 'Desk'}).must(200).data
    assert (data['number'], data['name']) == (number, 'Desk')
    assert org.put(path, {'number': number}).must(200).data['name'] == ''


@scenario
def a_tenant_cannot_prove_its_own_claim(org):
    number = own(org)
    body = {'number': number, 'proved_at': '2026-01-01T00:00:00Z'}
    only(org.post(R, body).must(422, proved_at='set by the server'),
         'proved_at')
    org.post(R, {'number': number, 'proved': True}).must(422, proved='')
    id = claim(org, number)
    path = f'{R}/{id}'
    for change in (org.patch, org.put):
        body = {'number': number, 'proved_at': '2026-01-01T00:00:00Z'}
        assert change(path, body).must(200).data['proved_at'] is None
    assert org.sql('SELECT proved_at FROM did WHERE organization_id ='
                   f' {org.id} AND id = {id}') == [['NULL']]
    prove(org, id)
    for change in (org.patch, org.put):
        body = {'number': number, 'proved_at': None}
        assert change(path, body).must(200).data['proved_at'] is not None


@scenario
def a_claim_hinders_nobody(org):
    other = another(org)
    mine = claim(org, own(org))
    theirs = claim(other, own(org))
    prove(other, theirs)
    # It is proved elsewhere, and nothing here tells.
    assert org.get(f'{R}/{mine}').must(200).data['proved_at'] is None
    org.patch(f'{R}/{mine}', {'name': 'Main'}).must(200)
    org.delete(f'{R}/{mine}').must(204)


@scenario
def of_the_proved_there_is_one_over_all_tenants(org):
    other = another(org)
    number = own(org)
    mine = claim(org, number)
    prove(org, mine)
    org.delete(f'{R}/{mine}').must(204)
    theirs = claim(other, number)
    prove(other, theirs)
    refused = org.post(f'{R}/{mine}/restore').must(
        422, 'VALIDATION_ERROR', number='taken')
    only(refused, 'number')
    assert other.slug not in refused.text and str(other.id) not in \
        refused.json['message']
    # Neither is a claim the way on, and nobody hears whose it is.
    refused = only(org.post(R, {'number': number}).must(
        409, 'CONFLICT', number='another organization'), 'number')
    assert other.slug not in refused.text and 'references' not in refused.json
    page = org.form(R, {'number': number}).must(409)
    assert 'another organization' in page.text and number in page.text
    other.delete(f'{R}/{theirs}').must(204)
    claim(org, number)


@scenario
def a_claim_is_no_caller_id(org):
    number = own(org)
    id = claim(org, number)
    extension = {'number': '1001', 'name': 'Ann', 'caller_id': number}
    org.post('/extensions', extension).must(422, caller_id='not proved')
    rule = {'name': 'US', 'trunk': 'main', 'countries': ['US'],
            'caller_id': number}
    org.post('/outbound-rules', rule).must(422, caller_id='not proved')
    prove(org, id)
    org.patch(f'{R}/{id}', {'status': 'inactive'}).must(200)
    org.post('/extensions', extension).must(422, caller_id='not active')
    org.patch(f'{R}/{id}', {'status': 'active'}).must(200)
    org.post('/extensions', extension).must(201)
    org.post('/outbound-rules', rule).must(201)


@scenario
def a_number_leads_to_everything_of_the_tenant(org):
    ann = org.extension('1001')
    places = {'extension': ann, 'voicemail': ann,
              'ring_group': org.insert('ring_group', name='G'),
              'ivr_menu': org.insert('ivr_menu', name='M'),
              'business_hours': org.insert('business_hour', name='B'),
              'conference_room': org.insert('conference_room', name='C')}
    id = claim(org)
    for type, place in places.items():
        target = {'type': type, 'id': place}
        assert org.patch(f'{R}/{id}', {'target': target}).must(
            200).data['target'] == target
    for target in ({'type': 'hangup'}, None):
        assert org.patch(f'{R}/{id}', {'target': target}).must(
            200).data['target'] == target


@scenario
def what_it_leads_to_is_checked_in_all_its_parts(org):
    other = another(org)
    theirs = other.extension('1001')
    gone = org.extension('1001')
    org.delete(f'/extensions/{gone}').must(204)
    room = org.extension('30', type='conference', target={
        'type': 'conference_room',
        'id': org.insert('conference_room', name='C')})

    def refused(place, **errors):
        org.post(R, {'number': NUMBER, 'target': place}).must(422, **errors)

    refused('hangup', target='must be an object')
    refused({}, target__type='required')
    refused({'type': 'moon'}, target__type='is no type')
    refused({'type': 'extension'}, target__id='must be the id')
    refused({'type': 'extension', 'id': 0}, target__id='must be the id')
    refused({'type': 'extension', 'id': theirs}, target__id='does not exist')
    refused({'type': 'extension', 'id': gone}, target__id='does not exist')
    refused({'type': 'voicemail', 'id': room}, target__id='does not exist')
    refused({'type': 'ring_group', 'id': room}, target__id='does not exist')
    refused({'type': 'hangup', 'id': 5}, target__id='does not belong')
    refused({'type': 'external'}, target__number='must be')
    refused({'type': 'external', 'number': '1001'}, target__number='must be')
    refused({'type': 'external', 'number': '911'},
            target__number='emergency')
    refused({'type': 'external', 'number': 'sip:ann@evil.example'},
            target__number='settings allow')


@scenario
def a_number_outside_needs_a_rule_that_is_for_all(org):
    ann = org.extension('1001')
    id = claim(org)

    def lead(number):
        return org.patch(f'{R}/{id}', {
            'target': {'type': 'external', 'number': number}})

    lead('+442079460000').must(422, target__number='no outbound rule')
    org.rule('off', countries=['GB'], status='inactive')
    org.rule('hers', countries=['GB'], extensions=[ann])
    lead('+442079460000').must(422, target__number='no outbound rule')
    org.rule('GB', countries=['GB'])
    assert lead('011 44 20 7946 0000').must(200).data['target'] == {
        'type': 'external', 'number': '+442079460000'}
    lead('+18765550100').must(422, target__number='no outbound rule')


@scenario
def a_number_does_not_lead_to_itself(org):
    org.rule('US', countries=['US'])
    number = own(org)
    itself = {'type': 'external', 'number': number[2:]}
    org.post(R, {'number': number, 'target': itself}).must(
        422, target__number='itself')
    id = claim(org, number)
    org.patch(f'{R}/{id}', {'target': itself}).must(422,
                                                   target__number='itself')
    # To another number of one's own it may lead, even without a rule.
    prove(org, id)
    org.sql('UPDATE outbound_rule SET deleted_at = UTC_TIMESTAMP(3) WHERE'
            f' organization_id = {org.id}')
    claim(org, '+16465550101', target=itself)
    org.patch(f'{R}/{id}', {'status': 'inactive'}).must(200)
    org.post(R, {'number': '+16465550102', 'target': itself}).must(
        422, target__number='no outbound rule')


@scenario
def a_prefix_has_thirty_two_characters(org):
    id = claim(org, caller_name_prefix='é' * 32)
    path = f'{R}/{id}'
    for prefix in ('x' * 33, 'a\r\nb', 'a\x00b', 'a\x1bb', 5, ['x']):
        only(org.patch(path, {'caller_name_prefix': prefix}).must(
            400 if prefix == 'a\x00b' else 422), *(
                [] if prefix == 'a\x00b' else ['caller_name_prefix']))
    assert org.get(path).data['caller_name_prefix'] == 'é' * 32
    for none in ('', None, '  '):
        assert org.patch(path, {'caller_name_prefix': none}).must(
            200).data['caller_name_prefix'] == ''
    only(org.patch(path, {'name': 'x' * 101}).must(422), 'name')


@scenario
def an_announcement_is_a_prompt_or_a_text(org):
    prompt = org.insert('prompt', name='Recorded', text='Recorded.')
    theirs = another(org).insert('prompt', name='Recorded', text='x')
    id = claim(org, record=True, announcement={'text': 'We\nrecord.'})
    path = f'{R}/{id}'
    org.patch(path, {'announcement': {'prompt_id': prompt}}).must(
        422, announcement__text='in place of')
    org.patch(path, {'announcement': {'prompt_id': theirs, 'text': None}}) \
        .must(422, announcement__prompt_id='does not exist')
    org.patch(path, {'announcement': {'prompt_id': 99999, 'text': None}}) \
        .must(422, announcement__prompt_id='does not exist')
    org.patch(path, {'announcement': 'We record.'}).must(
        422, announcement='must be an object')
    only(org.patch(path, {'announcement': {'text': 'x' * 2001}}).must(422),
         'announcement.text')
    only(org.patch(path, {'announcement': {'text': 'a\x07'}}).must(422),
         'announcement.text')
    assert org.patch(path, {'announcement': {
        'prompt_id': prompt, 'text': None}}).must(
        200).data['announcement'] == {'prompt_id': prompt, 'text': None}
    assert org.patch(path, {'announcement': None, 'record': False}).must(
        200).data['announcement'] == {'prompt_id': None, 'text': None}
    for record in (1, 'true', None):
        only(org.patch(path, {'record': record}).must(422), 'record')


@scenario
def there_are_no_more_than_the_organization_may_have(org):
    org.sql(f'UPDATE organization SET limit_dids = 2 WHERE id = {org.id}')
    first = claim(org, '+16465550101')
    claim(org, '+16465550102')
    refused = org.post(R, {'number': '+16465550103'}).must(409, 'CONFLICT')
    assert '2 DIDs' in refused.json['message']
    org.delete(f'{R}/{first}').must(204)
    claim(org, '+16465550103')
    org.post(f'{R}/{first}/restore').must(409, 'CONFLICT')
    org.sql(f'UPDATE organization SET limit_dids = 0 WHERE id = {org.id}')
    org.post(f'{R}/{first}/restore').must(200)


def references(answer):
    answer.must(409, 'CONFLICT')
    return sorted((each['type'], each['id'], each['name'])
                  for each in answer.json['references'])


@scenario
def a_number_that_is_shown_cannot_go(org):
    number = own(org)
    id = claim(org, number)
    prove(org, id)
    path = f'{R}/{id}'
    ann = org.extension('1001', caller_id=number)
    bob = org.extension('1002', name='Bob', emergency_did=number)
    rule = org.post('/outbound-rules', {
        'name': 'US', 'trunk': 'main', 'countries': ['US'],
        'caller_id': number}).must(201).id
    org.sql(f'UPDATE organization SET caller_id_did_id = {id},'
            f' emergency_did_id = {id} WHERE id = {org.id}')
    notice = org.insert('notification', name='Missed', event='missed_call',
                        email='a@example.com')
    org.sql('INSERT INTO notification_subject (organization_id,'
            ' notification_id, subject_type, subject_id) VALUES'
            f" ({org.id}, {notice}, 'did', {id})")
    assert references(org.delete(path)) == [
        ('extension', ann, 'Ann'), ('extension', bob, 'Bob'),
        ('notification', notice, 'Missed'),
        ('organization', org.id, org.slug), ('outbound_rule', rule, 'US')]
    org.patch(f'/extensions/{ann}', {'caller_id': None}).must(200)
    org.delete(f'/extensions/{bob}').must(204)
    org.patch(f'/outbound-rules/{rule}', {'caller_id': None}).must(200)
    org.sql(f'UPDATE notification SET deleted_at = UTC_TIMESTAMP(3)'
            f' WHERE id = {notice} AND organization_id = {org.id}')
    assert references(org.delete(path)) == [
        ('organization', org.id, org.slug)]
    org.sql(f'UPDATE organization SET caller_id_did_id = NULL,'
            f' emergency_did_id = NULL WHERE id = {org.id}')
    org.delete(path).must(204)
    org.get(path).must(404)


@scenario
def a_number_that_is_dialled_inside_cannot_go(org):
    """It resolves inside; without it the same target would be a call out."""
    number = own(org)
    id = claim(org, number)
    prove(org, id)
    outside = {'type': 'external', 'number': number}
    ann = org.extension('1001', forward={'busy': outside})
    forward = org.extension('600', name='F', type='forward', target=outside)
    other = claim(org, '+16465550101', target=outside)
    places = {}
    for table, columns, name in (
            ('ring_group', ('fallback',), 'G'), ('ivr_menu', ('timeout',),
                                                 'M'),
            ('business_hour', ('open', 'exception'), 'B')):
        places[table] = org.insert(table, name=name, **{
            f'{column}_{part}': value for column in columns
            for part, value in (('type', 'external'), ('number', number))})
    menu = org.insert('ivr_menu', name='O')
    org.sql('INSERT INTO ivr_menu_option (organization_id, ivr_menu_id,'
            ' digits, target_type, target_number) VALUES'
            f" ({org.id}, {menu}, '1', 'external', '{number}')")
    org.sql("UPDATE setting SET default_type = 'external', default_number ="
            f" '{number}' WHERE organization_id = {org.id}")
    assert references(org.delete(f'{R}/{id}')) == sorted([
        ('business_hours', places['business_hour'], 'B'),
        ('did', other, '+16465550101'), ('extension', ann, 'Ann'),
        ('extension', forward, 'F'), ('ivr_menu', menu, 'O'),
        ('ivr_menu', places['ivr_menu'], 'M'),
        ('ring_group', places['ring_group'], 'G'),
        ('settings', 0, 'default target')])
    org.delete(f'{R}/{other}').must(204)


@scenario
def what_a_number_leads_to_cannot_go(org):
    ann = org.extension('1001')
    id = claim(org, target={'type': 'voicemail', 'id': ann})
    assert references(org.delete(f'/extensions/{ann}')) == [
        ('did', id, NUMBER)]
    org.delete(f'{R}/{id}').must(204)
    org.delete(f'/extensions/{ann}').must(204)
    only(org.post(f'{R}/{id}/restore').must(422, target__id='does not exist'),
         'target.id')
    org.post(f'/extensions/{ann}/restore').must(200)
    assert org.post(f'{R}/{id}/restore').must(200).data['target'] == {
        'type': 'voicemail', 'id': ann}


@scenario
def only_owner_and_admin_change_numbers(org):
    id = claim(org)
    path = f'{R}/{id}'
    for role in ('agent', 'user'):
        them = org.as_(role)
        assert them.get(path).must(200).data['number'] == NUMBER
        them.get(R).must(200)
        them.post(R, {'number': '+16465550101'}).must(403, 'FORBIDDEN')
        them.patch(path, {'name': 'x'}).must(403)
        them.put(path, {'number': NUMBER}).must(403)
        them.delete(path).must(403)
        them.post(f'{path}/restore').must(403)
        them.page(f'{R}/new').must(403)
        them.page(f'{path}/delete').must(403)
    org.as_('admin').patch(path, {'name': 'Main'}).must(200)
    reader = org.as_('owner', 'dids:read')
    reader.get(path).must(200)
    reader.patch(path, {'name': 'x'}).must(403)
    org.as_('owner', 'extensions:write').get(path).must(403)
    org.get(path, token='1|nobody').must(401)


@scenario
def another_tenants_number_does_not_exist(org):
    other = another(org)
    path = f'{R}/{claim(other)}'
    claim(org)
    assert org.get(R).must(200).json['meta']['total'] == 1
    org.get(path).must(404, 'NOT_FOUND')
    org.put(path, {'number': NUMBER}).must(404)
    org.patch(path, {'name': 'mine'}).must(404)
    org.delete(path).must(404)
    org.post(f'{path}/restore').must(404)
    org.page(path).must(404)
    assert other.get(path).must(200).data['name'] == ''


@scenario
def numbers_are_found_filtered_and_sorted(org):
    room = org.insert('conference_room', name='C')
    for n, more in enumerate((
            {'name': 'Zoe'}, {'name': 'Sales', 'record': True},
            {'name': 'Amy', 'status': 'inactive'},
            {'name': 'Room', 'target': {'type': 'conference_room',
                                        'id': room}})):
        claim(org, f'+1646555010{n}', **more)

    def names(query):
        return [each['name'] for each in
                org.get(f'{R}?{query}').must(200).json['data']]

    assert names('') == ['Zoe', 'Sales', 'Amy', 'Room']
    assert names('sort=name') == ['Amy', 'Room', 'Sales', 'Zoe']
    assert names('sort=-number&per_page=2') == ['Room', 'Amy']
    assert names('q=0102') == ['Amy'] and names('q=sal') == ['Sales']
    assert names('status=inactive') == ['Amy']
    assert names('record=true') == ['Sales']
    assert names('target.type=conference_room') == ['Room']
    assert names(f'target.id={room}&q=x') == []
    number = urllib.parse.quote('+16465550100')
    assert names(f'number={number}') == ['Zoe']
    for query in ('colour=red', 'sort=target', 'status=none', 'record=2',
                  'target.type=moon', 'page=0', 'per_page=101'):
        org.get(f'{R}?{query}').must(422)
    text = org.get(R, accept='text/csv').must(200).text
    assert text.count('\r\n') == 5 and ',+16465550101,Sales,' in text


@scenario
def a_change_is_guarded_and_audited(org):
    id = claim(org, name='Main')
    path = f'{R}/{id}'
    tag = org.get(path).headers['etag']
    org.patch(path, {'name': 'Desk'}, headers={'If-Match': tag}).must(200)
    org.patch(path, {'name': 'x'}, headers={'If-Match': tag}).must(
        412, 'PRECONDITION_FAILED')
    org.delete(path, headers={'If-Match': tag}).must(412)
    before = org.generation()
    org.patch(path, {'name': 'x' * 101}).must(422)
    assert org.generation() == before
    org.delete(path).must(204)
    org.delete(path).must(404)
    org.post(f'{path}/restore').must(200)
    org.post(f'{path}/restore').must(404)
    assert [row[0] for row in org.audit('did', id)] == [
        'create', 'update', 'delete', 'restore']
    assert org.audit('did', id)[1][1]['name'] == 'Main'


@scenario
def a_browser_does_it_all_without_scripts(org):
    page = org.page(f'{R}/new').must(200).text
    assert 'name="number"' in page and 'name="target.to"' in page
    assert 'name="proved_at"' not in page
    refused = org.form(R, {'number': 'abc<b>', 'name': 'Main'}).must(422)
    assert 'must be a telephone number' in refused.text
    assert 'abc&lt;b&gt;' in refused.text and 'abc<b>' not in refused.text
    made = org.form(R, {'number': '646 555 0100', 'name': 'Main',
                        'status': 'active', 'record': 'false',
                        'target.type': 'hangup', 'target.id': '',
                        'announcement.text': '',
                        'announcement.prompt_id': ''}).must(303)
    path = made.headers['location'].removeprefix('/cgi-bin')
    page = org.page(path).must(200).text
    assert NUMBER in page and 'value="Main"' in page
    org.form(path, {'_method': 'PATCH', 'number': NUMBER,
                    'target.type': '', 'record': 'true'}).must(303)
    assert org.get(path).data['target'] is None
    assert org.get(path).data['record'] is True
    assert '<form' in org.page(f'{path}/delete').must(200).text
    org.form(path, {'_method': 'DELETE'}).must(303)
    org.get(path).must(404)


if __name__ == '__main__':
    main()
