"""Ring groups: members, their order, where a call goes when nobody answers."""
import csv
import io
import re

from support import main, only, scenario

R = '/ring-groups'


def people(org, count):
    return [org.extension(str(1001 + n), name=f'P{n}') for n in range(count)]


@scenario
def members_ring_by_priority_then_by_id(org):
    a, b, c = people(org, 3)
    data = org.post(R, {'name': 'Sales', 'members': [
        {'extension_id': c, 'priority': 1}, {'extension_id': b},
        {'extension_id': a, 'priority': 1}]}).must(201).data
    assert [m['extension_id'] for m in data['members']] == [b, a, c]
    assert data['members'][0] == {'extension_id': b, 'priority': 0,
                                  'number': '1002', 'name': 'P1'}
    assert data['strategy'] == 'simultaneous'
    assert data['ring_timeout'] == 30 and data['turns'] == 1
    assert data['fallback'] is None and data['status'] == 'active'
    assert org.get(f'{R}/{data["id"]}').data == data


@scenario
def a_group_has_one_to_fifty_members(org):
    ids = people(org, 51)
    members = [{'extension_id': id} for id in ids]
    for none in ({}, {'members': []}, {'members': None}):
        only(org.post(R, {'name': 'x', **none}).must(
            422, members='at least 1'), 'members')
    only(org.post(R, {'name': 'x', 'members': members}).must(
        422, members='at most 50'), 'members')
    data = org.post(R, {'name': 'x', 'members': members[:50]}).must(201).data
    assert len(data['members']) == 50
    org.patch(f'{R}/{data["id"]}', {'members': []}).must(422)
    assert len(org.get(f'{R}/{data["id"]}').data['members']) == 50


@scenario
def each_wrong_member_is_named(org):
    a, b = people(org, 2)
    room = org.insert('conference_room', name='R')
    conference = org.extension('30', type='conference', target={
        'type': 'conference_room', 'id': room})
    there = org.instance.organization(org.by).extension('1001')
    answer = org.post(R, {'name': 'x', 'members': [
        {'extension_id': a}, {'extension_id': conference},
        {'extension_id': there}, {'extension_id': a}, {'priority': 1},
        {'extension_id': b, 'priority': -1}, 7,
        {'extension_id': 'x'}, {'extension_id': b, 'colour': 1},
        {'extension_id': b, 'name': 'Eve'}]})
    answer.must(422, members__1__extension_id='type user',
                members__2__extension_id='does not exist',
                members__3__extension_id='already',
                members__4__extension_id='required',
                members__5__priority='between', members__6='object',
                members__7__extension_id='must be the id',
                members__8__colour='is no field here',
                members__9__name='server')
    only(org.post(R, {'name': 'x', 'members': {'extension_id': a}}).must(
        422), 'members')
    org.delete(f'/extensions/{b}').must(204)
    only(org.post(R, {'name': 'x', 'members': [
        {'extension_id': b}]}).must(422), 'members.0.extension_id')


@scenario
def bounds_of_the_rest(org):
    a, = people(org, 1)
    good = {'name': 'Sales', 'members': [{'extension_id': a}]}

    def refused(field, *values):
        for value in values:
            only(org.post(R, {**good, field: value}).must(422), field)

    refused('name', '', None, 7, 'x' * 101, 'a\nb')
    refused('strategy', 'random', '', None, 0, 'Sequential')
    refused('ring_timeout', 4, 301, None, '30', 5.5, True)
    refused('turns', 0, 10, None, '1')
    refused('status', 'deleted', True)
    for strategy in ('simultaneous', 'sequential', 'round_robin'):
        org.post(R, {**good, 'name': strategy, 'strategy': strategy,
                     'ring_timeout': 300, 'turns': 9}).must(201)


@scenario
def a_name_is_taken_once(org):
    a, = people(org, 1)
    members = [{'extension_id': a}]
    first = org.post(R, {'name': 'Sales', 'members': members}).must(201).id
    org.post(R, {'name': 'Sales', 'members': members}).must(
        422, name='taken')
    there = org.instance.organization(org.by)
    b = there.extension('1001')
    there.post(R, {'name': 'Sales', 'members': [
        {'extension_id': b}]}).must(201)
    org.delete(f'{R}/{first}').must(204)
    org.post(R, {'name': 'Sales', 'members': members}).must(201)
    org.post(f'{R}/{first}/restore').must(422, name='taken')


@scenario
def a_fallback_is_not_the_group_itself(org):
    a, = people(org, 1)
    id = org.post(R, {'name': 'x', 'members': [
        {'extension_id': a}]}).must(201).id
    org.patch(f'{R}/{id}', {'fallback': {
        'type': 'ring_group', 'id': id}}).must(422,
                                               fallback__id='itself')
    other = org.post(R, {
        'name': 'y', 'members': [{'extension_id': a}],
        'fallback': {'type': 'ring_group', 'id': id}}).must(201).id
    org.delete(f'{R}/{id}').must(409)
    org.delete(f'{R}/{other}').must(204)
    org.delete(f'{R}/{id}').must(204)
    org.post(f'{R}/{other}/restore').must(422, fallback__id='does not exist')


@scenario
def a_fallback_outside_needs_a_rule_for_all(org):
    a, = people(org, 1)
    body = {'name': 'x', 'members': [{'extension_id': a}],
            'fallback': {'type': 'external', 'number': '+442079460000'}}
    org.post(R, body).must(422, fallback__number='no outbound rule')
    org.rule('one', countries=['GB'], extensions=[a])
    org.post(R, body).must(422, fallback__number='no outbound rule')
    org.rule('all', countries=['GB'])
    org.post(R, body).must(201)


@scenario
def a_change_of_members_replaces_them_and_is_audited(org):
    a, b, c = people(org, 3)
    id = org.post(R, {'name': 'x', 'members': [
        {'extension_id': a}, {'extension_id': b}]}).must(201).id
    org.patch(f'{R}/{id}', {'turns': 2}).must(200)
    data = org.patch(f'{R}/{id}', {'members': [
        {'extension_id': c}]}).must(200).data
    assert [m['number'] for m in data['members']] == ['1003']
    assert data['turns'] == 2
    # What was read can be sent back whole.
    assert org.put(f'{R}/{id}', data).must(200).data['members'] == \
        data['members']
    update = org.audit('ring_group', id)[2]
    assert [m['extension_id'] for m in update[1]['members']] == [a, b]
    assert [m['extension_id'] for m in update[2]['members']] == [c]
    # Nothing of a refused change stays.
    org.patch(f'{R}/{id}', {'name': 'z', 'members': [
        {'extension_id': a}, {'extension_id': 999999}]}).must(422)
    assert org.get(f'{R}/{id}').data['members'] == data['members']
    # A former member is free again.
    org.delete(f'/extensions/{a}').must(204)
    org.delete(f'/extensions/{c}').must(409)


@scenario
def members_come_back_with_their_group(org):
    a, b = people(org, 2)
    id = org.post(R, {'name': 'x', 'members': [
        {'extension_id': a}, {'extension_id': b}]}).must(201).id
    before = org.get(f'{R}/{id}').data
    org.delete(f'{R}/{id}').must(204)
    org.get(f'{R}/{id}').must(404)
    # While it is deleted it holds nobody.
    org.delete(f'/extensions/{a}').must(204)
    only(org.post(f'{R}/{id}/restore').must(
        422, members__0__extension_id='does not exist'),
         'members.0.extension_id')
    org.post(f'/extensions/{a}/restore').must(200)
    after = org.post(f'{R}/{id}/restore').must(200).data
    assert after['members'] == before['members']
    org.delete(f'/extensions/{b}').must(409)


@scenario
def a_cell_of_a_list_names_the_members(org):
    a, b, c = people(org, 3)
    org.post(R, {'name': 'x', 'members': [
        {'extension_id': a, 'priority': 2}, {'extension_id': b},
        {'extension_id': c}]}).must(201)
    [row] = csv.DictReader(io.StringIO(
        org.get(R, accept='text/csv').must(200).text, newline=''))
    assert row['members'] == '1002; 1003; 1001', row
    assert '<td>1002; 1003; 1001</td>' in org.page(R).text
    # A filter for each field that deserves one.
    assert len(org.get(f'{R}?name=x').must(200).data) == 1
    assert org.get(f'{R}?name=y').must(200).data == []
    only(org.get(f'{R}?members=1').must(422), 'members')


def chosen(page, name):
    """What is chosen of a list of a page."""
    select = re.search(f'<select name="{name}".*?</select>', page).group(0)
    return re.search('value="([^"]*)" selected', select).group(1)


@scenario
def a_form_sends_members_as_rows(org):
    a, b = people(org, 2)
    fields = [('name', 'Sales'), ('strategy', 'sequential'),
              ('ring_timeout', '20'), ('turns', '2'), ('status', 'active'),
              ('fallback.type', ''), ('fallback.id', ''),
              ('fallback.number', ''),
              ('members.0.extension_id', str(b)),
              ('members.0.priority', '0'),
              ('members.1.extension_id', ''), ('members.1.priority', ''),
              ('members.2.extension_id', str(a)),
              ('members.2.priority', '3')]
    answer = org.form(R, fields).must(303)
    where = answer.headers['location']
    data = org.get(where[len('/cgi-bin'):]).must(200).data
    assert [m['extension_id'] for m in data['members']] == [b, a]
    assert data['turns'] == 2 and data['fallback'] is None
    page = org.page(where[len('/cgi-bin'):]).must(200).text
    assert chosen(page, 'members.1.extension_id') == str(a)
    bad = dict(fields)
    bad['name'] = 'Other <b>'
    bad['members.2.extension_id'] = str(b)
    page = org.form(R, bad).must(422).text
    assert 'value="Other &lt;b&gt;"' in page
    assert 'is a member already' in page
    assert chosen(page, 'members.1.extension_id') == str(b)


@scenario
def only_owners_and_admins_change_groups(org):
    a, = people(org, 1)
    body = {'name': 'x', 'members': [{'extension_id': a}]}
    id = org.as_('admin').post(R, body).must(201).id
    for role in ('agent', 'user'):
        they = org.as_(role)
        they.get(f'{R}/{id}').must(200)
        they.post(R, {**body, 'name': 'y'}).must(403)
        they.patch(f'{R}/{id}', {'name': 'y'}).must(403)
        they.put(f'{R}/{id}', {**body, 'name': 'y'}).must(403)
        they.delete(f'{R}/{id}').must(403)
        they.post(f'{R}/{id}/restore').must(403)
        they.page(f'{R}/{id}/delete').must(403)


if __name__ == '__main__':
    main()
