"""Outbound rules: what they may say, and which calls they let out."""
from support import main, only, scenario

R = '/outbound-rules'


def rule(org, name='Rule', **more):
    """The id of a new rule."""
    more = {'trunk': 'main', 'countries': ['US'], **more}
    return org.post(R, {'name': name, **more}).must(201).id


def refused(org, **more):
    """The complaints about a rule that is right but for these."""
    return org.post(R, {'name': 'Rule', 'trunk': 'main',
                        'countries': ['US'], **more}).must(
        422, 'VALIDATION_ERROR')


@scenario
def a_new_rule_is_for_everybody_and_comes_late(org):
    before = org.generation()
    answer = org.post(R, {'name': ' US and GB ', 'trunk': 'main',
                          'countries': ['US', 'GB']}).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{data["id"]}'
    assert {key: data[key] for key in data if key[-3:] != '_at'} == {
        'id': data['id'], 'name': 'US and GB', 'trunk': 'main',
        'countries': ['GB', 'US'], 'prefixes': [],
        'caller_id': None, 'priority': 100, 'extensions': [],
        'max_minutes': 0, 'status': 'active'}
    assert org.get(f'{R}/{data["id"]}').must(200).data == data
    assert org.get(R).json['data'] == [data]
    assert org.generation() == before + 1


@scenario
def what_was_shown_can_be_sent_back(org):
    ann = org.extension('1001')
    id = rule(org, countries=['US', 'gb'],
              prefixes=['+881', '+44207'],
              extensions=[ann], priority=7, max_minutes=90)
    shown = org.get(f'{R}/{id}').data
    assert shown['countries'] == ['GB', 'US']
    assert shown['prefixes'] == ['+44207', '+881']
    assert shown['extensions'] == [ann]
    again = org.put(f'{R}/{id}', shown).must(200).data
    for data in (shown, again):
        data.pop('updated_at')
    assert again == shown
    # What is not said stays as it is.
    changed = org.patch(f'{R}/{id}', {'priority': 1}).must(200).data
    assert changed['extensions'] == shown['extensions']
    assert changed['prefixes'] == shown['prefixes']


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {'name': '', 'trunk': '', 'countries': ['XX'],
                      'prefixes': ['44'], 'caller_id': '+12125550100',
                      'priority': 0, 'extensions': [999999],
                      'max_minutes': 1441, 'status': 'on', 'colour': 1})
         .must(422, 'VALIDATION_ERROR'),
         'name', 'trunk', 'countries.0', 'prefixes.0',
         'caller_id', 'priority', 'extensions.0',
         'max_minutes', 'status', 'colour')
    only(org.post(R, {}).must(422), 'name', 'trunk', 'countries')
    org.post(R, ['US']).must(400, 'BAD_REQUEST')
    org.post(R, '{"name":').must(400)


@scenario
def a_rule_says_which_numbers(org):
    needs = 'required, or prefixes'
    for lists in ({}, {'countries': []}, {'prefixes': []},
                  {'countries': None, 'prefixes': None}):
        only(org.post(R, {'name': 'Rule', 'trunk': 'main', **lists}).must(
            422, countries=needs), 'countries')
    path = f'{R}/{rule(org)}'
    org.patch(path, {'countries': []}).must(422, countries=needs)
    org.patch(path, {'countries': [], 'prefixes': ['+1']}).must(200)
    org.patch(path, {'prefixes': None}).must(422, countries=needs)
    org.put(path, {'name': 'Rule', 'trunk': 'main'}).must(422)
    assert org.get(path).data['prefixes'] == ['+1']


@scenario
def countries_are_those_that_exist_each_once(org):
    for code in ('XX', 'U', '001', '1', 'U1', 'EU', '++', 'ÄÖ'):
        only(refused(org, countries=['GB', code]), 'countries.1')
    for code in ('USA', '', None, 5, True, ['US'], {'country': None},
                 {'country': 'US', 'name': 'x'}, {}):
        errors = refused(org, countries=[code]).errors
        assert all(field.startswith('countries.0') for field in errors)
    only(refused(org, countries=['US', 'GB', 'us']), 'countries.2')
    only(refused(org, countries='US'), 'countries')
    only(refused(org, countries='US'), 'countries')
    only(refused(org, countries=['US'] * 251), 'countries')
    id = rule(org, countries=['jm', 'Us'])
    assert org.get(f'{R}/{id}').data['countries'] == [
        'JM', 'US']


@scenario
def prefixes_are_how_numbers_begin_each_once(org):
    for prefix in ('44207', '+', '+0', '+0441', '+44 207', '++44', '+44a',
                   '0044', '+4420794600001234', '+٤٤', '+1-212', '%', '+1%',
                   '+44,+45'):
        only(refused(org, prefixes=['+1', prefix]), 'prefixes.1')
    for prefix in ('', None, 44207, '+12345678901234567', ['+1'], {}):
        errors = refused(org, prefixes=[prefix]).errors
        assert all(field.startswith('prefixes.0') for field in errors)
    only(refused(org, prefixes=['+44', '+45', '+44']), 'prefixes.2')
    only(refused(org, prefixes='+44'), 'prefixes')
    only(refused(org, prefixes=['+44'] * 251), 'prefixes')
    rule(org, countries=[], prefixes=['+4', '+123456789012345'])


@scenario
def a_trunk_is_one_name(org):
    for trunk in ('main,backup', 'a,', ',', 'x' * 65, '', None, 'a\nb', 5,
                  ['main']):
        only(refused(org, trunk=trunk), 'trunk')
    rule(org, trunk='x' * 64)


@scenario
def the_caller_id_is_an_own_active_proved_number(org):
    other = org.instance.organization(org.by)
    numbers = {what: f'+1212557{org.id % 1000:03}{n}' for n, what in
               enumerate(('own', 'claim', 'off', 'theirs', 'gone'))}
    org.did(numbers['own'])
    org.did(numbers['claim'], proved=False)
    org.did(numbers['off'], status='inactive')
    other.did(numbers['theirs'])
    gone = org.did(numbers['gone'])
    org.delete(f'/dids/{gone}').must(204)
    for what, text in (('claim', 'not proved'), ('off', 'not active'),
                       ('theirs', 'no number of yours'),
                       ('gone', 'no number of yours')):
        answer = refused(org, caller_id=numbers[what])
        answer.must(422, caller_id=text)
        only(answer, 'caller_id')
    for what in ('212 555 0100', 'anonymous', 12125550100, gone, True):
        only(refused(org, caller_id=what), 'caller_id')
    id = rule(org, caller_id=numbers['own'])
    assert org.get(f'{R}/{id}').data['caller_id'] == numbers['own']
    assert org.patch(f'{R}/{id}', {'caller_id': None}).must(
        200).data['caller_id'] is None


@scenario
def priorities_and_minutes_have_bounds(org):
    for priority in (0, -1, 65536, 2 ** 40, 1.5, '1', None, True):
        only(refused(org, priority=priority), 'priority')
    for minutes in (-1, 1441, 2 ** 40, 0.5, '5', None, False):
        only(refused(org, max_minutes=minutes), 'max_minutes')
    id = rule(org, priority=1, max_minutes=1440)
    org.patch(f'{R}/{id}', {'priority': 65535, 'max_minutes': 0}).must(200)
    for status in ('on', '', None, True, 1):
        only(refused(org, status=status), 'status')


@scenario
def a_name_is_taken_once_among_the_living(org):
    first = rule(org)
    only(refused(org), 'name')
    second = rule(org, 'Other')
    org.patch(f'{R}/{second}', {'name': 'Rule'}).must(422, name='taken')
    org.delete(f'{R}/{first}').must(204)
    third = rule(org)
    org.post(f'{R}/{first}/restore').must(422, name='taken')
    org.delete(f'{R}/{third}').must(204)
    org.post(f'{R}/{first}/restore').must(200)
    only(refused(org, name='x' * 101), 'name')


@scenario
def it_applies_to_extensions_that_call_out(org):
    other = org.instance.organization(org.by)
    rule(org, 'for all')
    ann = org.extension('1001')
    forward = org.extension('600', name='F', type='forward', target={
        'type': 'external', 'number': '+12125550199'})
    room = org.extension('30', name='C', type='conference', target={
        'type': 'conference_room',
        'id': org.insert('conference_room', name='C')})
    gone = org.extension('1002')
    org.delete(f'/extensions/{gone}').must(204)
    theirs = max(other.extension(str(n)) for n in range(1001, 1011))
    field = 'extensions__1'
    for id, text in ((room, 'type user or forward'), (gone, 'not exist'),
                     (theirs, 'not exist'), (999999, 'not exist'),
                     (ann, 'already')):
        answer = refused(org, extensions=[ann, id])
        answer.must(422, **{field: text})
        only(answer, 'extensions.1')
    for id in (0, -1, '1001', None, True, {}, [ann]):
        only(refused(org, extensions=[id]),
             'extensions.0')
    only(refused(org, extensions=ann), 'extensions')
    only(refused(org, extensions=[ann] * 501), 'extensions')
    id = rule(org, extensions=[forward, ann])
    assert org.get(f'{R}/{id}').data['extensions'] == [ann, forward]
    assert org.patch(f'{R}/{id}', {'extensions': []}).must(
        200).data['extensions'] == []


def references(answer):
    answer.must(409, 'CONFLICT')
    return sorted((each['type'], each['id'], each['name'])
                  for each in answer.json['references'])


@scenario
def what_a_rule_names_cannot_go(org):
    ann = org.extension('1001')
    number = f'+1212558{org.id % 10000:04}'
    did = org.did(number)
    id = rule(org, extensions=[ann], caller_id=number)
    assert references(org.delete(f'/extensions/{ann}')) == [
        ('outbound_rule', id, 'Rule')]
    assert references(org.delete(f'/dids/{did}')) == [
        ('outbound_rule', id, 'Rule')]
    org.delete(f'{R}/{id}').must(204)
    org.delete(f'/extensions/{ann}').must(204)
    org.post(f'{R}/{id}/restore').must(
        422, extensions__0='does not exist')
    org.post(f'/extensions/{ann}/restore').must(200)
    org.delete(f'/dids/{did}').must(204)
    org.post(f'{R}/{id}/restore').must(
        422, caller_id='is no number of yours')
    org.post(f'/dids/{did}/restore').must(200)
    data = org.post(f'{R}/{id}/restore').must(200).data
    assert data['extensions'] == [ann]
    assert data['countries'] == ['US']
    assert references(org.delete(f'/extensions/{ann}')) == [
        ('outbound_rule', id, 'Rule')]


@scenario
def a_rule_lets_out_what_it_says_and_nothing_else(org):
    ann = org.extension('1001')
    bob = org.extension('1002', name='Bob')

    def forward(id, number):
        return org.patch(f'/extensions/{id}', {'forward': {'always': {
            'type': 'external', 'number': number}}})

    def denied(id, *numbers):
        for number in numbers:
            forward(id, number).must(
                422, forward__always__number='no outbound rule')

    us, jamaica, london, premium, satellite = (
        '+12125550199', '+18765550100', '+442079460000', '+449098790000',
        '+881612345678')
    denied(ann, us, jamaica, london, premium)
    id = rule(org, 'US and GB', countries=['US', 'GB'])
    forward(ann, us).must(200)
    forward(ann, london).must(200)
    denied(ann, jamaica, premium, satellite)
    org.patch(f'{R}/{id}', {'extensions': [bob]}).must(200)
    denied(ann, us, london)
    forward(bob, us).must(200)
    org.patch(f'{R}/{id}', {'status': 'inactive'}).must(200)
    denied(bob, london)
    org.patch(f'{R}/{id}', {
        'status': 'active', 'countries': [], 'extensions': [],
        'prefixes': ['+44909', '+881']}).must(200)
    forward(ann, premium).must(200)
    forward(ann, satellite).must(200)
    denied(ann, us, london)
    org.delete(f'{R}/{id}').must(204)
    denied(bob, premium, satellite)


@scenario
def only_owner_and_admin_change_rules(org):
    path = f'{R}/{rule(org)}'
    for role in ('agent', 'user'):
        them = org.as_(role)
        assert them.get(path).must(200).data['trunk'] == 'main'
        them.post(R, {'name': 'x', 'trunk': 'x', 'countries': ['US']}).must(
            403, 'FORBIDDEN')
        them.patch(path, {'name': 'x'}).must(403)
        them.put(path, {'name': 'x'}).must(403)
        them.delete(path).must(403)
        them.post(f'{path}/restore').must(403)
        them.page(f'{R}/new').must(403)
    org.as_('admin').patch(path, {'priority': 5}).must(200)
    org.as_('owner', 'outbound-rules:read').delete(path).must(403)
    org.get(path, token='').must(401)


@scenario
def another_tenants_rule_does_not_exist(org):
    other = org.instance.organization(org.by)
    rule(other, 'One')
    path = f'{R}/{rule(other, "Two")}'
    mine = rule(org, 'Mine')
    assert [each['name'] for each in org.get(R).json['data']] == ['Mine']
    org.get(path).must(404, 'NOT_FOUND')
    org.put(path, {'name': 'x'}).must(404)
    org.patch(path, {'countries': ['CU']}).must(404)
    org.delete(path).must(404)
    org.post(f'{path}/restore').must(404)
    # Nor does it let anybody out here.
    org.patch(f'{R}/{mine}', {'status': 'inactive'}).must(200)
    org.post('/extensions', {
        'number': '600', 'name': 'F', 'type': 'forward', 'target': {
            'type': 'external', 'number': '+12125550199'}}).must(
        422, target__number='no outbound rule')
    assert other.get(path).data['countries'] == ['US']


@scenario
def a_change_is_guarded_and_audited(org):
    id = rule(org, countries=['US', 'GB'])
    path = f'{R}/{id}'
    tag = org.get(path).headers['etag']
    org.patch(path, {'countries': ['US']}).must(200)
    assert org.get(path).headers['etag'] != tag
    org.patch(path, {'priority': 1}, headers={'If-Match': tag}).must(412)
    before = org.generation()
    org.patch(path, {'countries': ['CA', 'XX']}).must(422)
    assert org.generation() == before
    assert org.get(path).data['countries'] == ['US']
    org.delete(path).must(204)
    org.get(path).must(404)
    org.delete(path).must(404)
    org.post(f'{path}/restore').must(200)
    rows = org.audit('outbound_rule', id)
    assert [row[0] for row in rows] == ['create', 'update', 'delete',
                                        'restore']
    assert len(rows[1][1]['countries']) == 2
    assert rows[1][2]['countries'] == ['US']


@scenario
def rules_come_in_the_order_in_which_they_are_tried(org):
    rule(org, 'Late', priority=300, trunk='backup')
    rule(org, 'First', priority=1)
    rule(org, 'Second', priority=2, status='inactive')

    def names(query):
        return [each['name'] for each in
                org.get(f'{R}?{query}').must(200).json['data']]

    assert names('') == ['First', 'Second', 'Late']
    assert names('sort=-name') == ['Second', 'Late', 'First']
    assert names('status=inactive') == ['Second']
    assert names('q=backup') == ['Late']
    for query in ('countries=US', 'sort=countries', 'status=x', 'page=x'):
        org.get(f'{R}?{query}').must(422)
    lines = org.get(R, accept='text/csv').must(200).text.split('\r\n')
    assert 'First' in lines[1] and len(lines) == 5


@scenario
def a_browser_does_it_all_without_scripts(org):
    page = org.page(f'{R}/new').must(200).text
    assert 'name="countries.0"' in page
    assert 'name="prefixes.2"' in page
    fields = {'name': 'GB', 'trunk': 'main', 'countries.0': 'XX',
              'countries.1': '', 'prefixes.0': '',
              'extensions.0': '', 'priority': '10',
              'max_minutes': '0', 'caller_id': '', 'status': 'active'}
    answer = org.form(R, fields).must(422)
    assert 'country&#39;s code' in answer.text
    assert 'value="XX"' in answer.text and 'value="GB"' in answer.text
    fields['countries.0'] = 'GB'
    path = org.form(R, fields).must(303).headers['location'].removeprefix(
        '/cgi-bin')
    assert org.get(path).data['priority'] == 10
    org.form(path, {'_method': 'PATCH', 'countries.0': '',
                    'prefixes.0': ''}).must(422)
    org.form(path, {'_method': 'PATCH', 'countries.0': '',
                    'prefixes.0': '+44207',
                    'prefixes.1': '+44208'}).must(303)
    data = org.get(path).data
    assert data['countries'] == []
    assert data['prefixes'] == ['+44207', '+44208']
    org.form(path, {'_method': 'DELETE'}).must(303)
    org.get(path).must(404)


if __name__ == '__main__':
    main()
