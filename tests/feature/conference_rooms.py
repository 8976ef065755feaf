"""Conference rooms: PINs and who may see them, hosts, what leads to a room."""
from support import main, only, scenario

R = '/conference-rooms'


def room(org, name='Board', **more):
    """The id of a new room."""
    return org.post(R, {'name': name, **more}).must(201).id


@scenario
def a_new_room_is_open_to_all_who_are_led_there(org):
    before = org.generation()
    answer = org.post(R, {'name': '  Board  '}).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{data["id"]}'
    assert {key: data[key] for key in data if key[-3:] != '_at'} == {
        'id': data['id'], 'name': 'Board', 'pin': None, 'host_pin': None,
        'wait_for_host': False, 'max_participants': 25, 'muted': False,
        'beep': True, 'record': False}
    assert org.get(f'{R}/{data["id"]}').must(200).data == data
    assert org.generation() == before + 1
    org.patch(f'{R}/{data["id"]}', {
        'muted': True, 'beep': False, 'record': True,
        'max_participants': 250}).must(200)
    data = org.get(f'{R}/{data["id"]}').data
    assert (data['muted'], data['beep'], data['record'],
            data['max_participants']) == (True, False, True, 250)


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {'name': 'x' * 101, 'pin': '12a4', 'host_pin': 1234,
                      'max_participants': 1, 'muted': 'no', 'beep': None,
                      'record': 2, 'wait_for_host': 'x', 'status': 'active'})
         .must(422, 'VALIDATION_ERROR'),
         'name', 'pin', 'host_pin', 'max_participants', 'muted', 'beep',
         'record', 'wait_for_host', 'status')
    only(org.post(R, {}).must(422, name='required'), 'name')
    org.post(R, 'null').must(400, 'BAD_REQUEST')


@scenario
def a_name_is_taken_once_among_the_living(org):
    first = room(org)
    only(org.post(R, {'name': 'Board'}).must(422, name='taken'), 'name')
    second = room(org, 'Other')
    org.patch(f'{R}/{second}', {'name': 'Board'}).must(422, name='taken')
    org.delete(f'{R}/{first}').must(204)
    third = room(org)
    org.post(f'{R}/{first}/restore').must(422, name='taken')
    org.delete(f'{R}/{third}').must(204)
    org.post(f'{R}/{first}/restore').must(200)
    for name in ('', '   ', None, 'a\nb', 'a\x07', 5):
        only(org.post(R, {'name': name}).must(422), 'name')


@scenario
def pins_are_four_to_ten_digits(org):
    for pin in ('123', '12345678901', '12 34', ' 1234', '1234#', 'abcd',
                '١٢٣٤', '+1234', '-1234'):
        for field in ('pin', 'host_pin'):
            only(org.post(R, {'name': 'Board', field: pin}).must(422), field)
    for pin in (1234, True, ['1234'], {'digits': '1234'}):
        only(org.post(R, {'name': 'Board', 'pin': pin}).must(422), 'pin')
    data = org.post(R, {'name': 'Board', 'pin': '0000',
                        'host_pin': '0123456789'}).must(201).data
    assert (data['pin'], data['host_pin']) == ('0000', '0123456789')
    for none in ('', None):
        org.patch(f'{R}/{data["id"]}', {'pin': '4321'}).must(200)
        assert org.patch(f'{R}/{data["id"]}', {'pin': none}).must(
            200).data['pin'] is None


@scenario
def the_hosts_pin_is_another_than_the_guests(org):
    only(org.post(R, {'name': 'Board', 'pin': '1234', 'host_pin': '1234'})
         .must(422, host_pin='guests'), 'host_pin')
    path = f'{R}/{room(org, pin="1234", host_pin="4321")}'
    for body in ({'pin': '4321'}, {'host_pin': '1234'},
                 {'pin': '5555', 'host_pin': '5555'}):
        only(org.patch(path, body).must(422, host_pin='guests'), 'host_pin')
    only(org.put(path, {'name': 'Board', 'pin': '7777', 'host_pin': '7777'})
         .must(422), 'host_pin')
    swapped = org.patch(path, {'pin': '4321', 'host_pin': '1234'}).must(200)
    assert (swapped.data['pin'], swapped.data['host_pin']) == ('4321', '1234')
    org.patch(path, {'pin': None}).must(200)


@scenario
def only_a_room_with_a_hosts_pin_waits_for_its_host(org):
    wait = {'wait_for_host': True}
    only(org.post(R, {'name': 'Board', **wait}).must(
        422, wait_for_host='needs a host_pin'), 'wait_for_host')
    only(org.post(R, {'name': 'Board', 'pin': '1234', **wait}).must(422),
         'wait_for_host')
    only(org.post(R, {'name': 'Board', 'host_pin': '1', **wait}).must(422),
         'host_pin')
    data = org.post(R, {'name': 'Board', 'host_pin': '1234', **wait}).must(
        201).data
    path = f'{R}/{data["id"]}'
    assert data['wait_for_host'] is True
    assert org.get(path).data == data
    for none in (None, ''):
        only(org.patch(path, {'host_pin': none}).must(422), 'wait_for_host')
    only(org.put(path, {'name': 'Board', **wait}).must(422), 'wait_for_host')
    assert org.get(path).data == data
    assert org.patch(path, {'host_pin': '9999'}).must(
        200).data['wait_for_host'] is True
    calm = org.patch(path, {'host_pin': None, 'wait_for_host': False}).must(
        200).data
    assert (calm['host_pin'], calm['wait_for_host']) == (None, False)
    org.patch(path, wait).must(422, wait_for_host='needs')
    again = org.patch(path, {'host_pin': '1234', **wait}).must(200).data
    assert again['wait_for_host'] is True
    assert org.get(path).data == again
    after = org.audit('conference_room', data['id'])[-1][2]
    assert after['wait_for_host'] is True
    org.delete(path).must(204)
    restored = org.post(f'{path}/restore').must(200).data
    assert (restored['wait_for_host'], restored['host_pin']) == (True, '1234')
    assert org.put(path, {'name': 'Board'}).must(
        200).data['wait_for_host'] is False


@scenario
def two_to_two_hundred_and_fifty_take_part(org):
    for most in (1, 251, 0, -2, 2 ** 40, 2.5, '25', True, None, [25]):
        only(org.post(R, {'name': 'Board', 'max_participants': most}).must(
            422), 'max_participants')
    for most in (2, 250):
        assert org.post(R, {'name': f'B{most}', 'max_participants': most}) \
            .must(201).data['max_participants'] == most


@scenario
def pins_are_stored_sealed_and_audited_masked(org):
    id = room(org, pin='83746501', host_pin='10564738')
    [row] = org.sql('SELECT HEX(pin_sealed), HEX(host_pin_sealed) FROM'
                    f' conference_room WHERE organization_id = {org.id} AND'
                    f' id = {id}')
    for sealed in row:
        assert len(sealed) > 40
        for pin in ('83746501', '10564738'):
            assert pin.encode().hex().upper() not in sealed
    assert row[0] != row[1]
    org.patch(f'{R}/{id}', {'pin': '55667788'}).must(200)
    org.patch(f'{R}/{id}', {'host_pin': None}).must(200)
    said = [(before and before['pin'], after['pin'], after['host_pin'])
            for _, before, after, _, _ in org.audit('conference_room', id)]
    assert said == [(None, '***', '***'), ('***', '*** (changed)', '***'),
                    ('***', '***', None)], said
    assert '83746501' not in org.sql(
        'SELECT COALESCE(GROUP_CONCAT(CONCAT_WS(" ", value_before,'
        f' value_after)), "") FROM audit_entry WHERE organization_id ='
        f' {org.id}')[0][0]


@scenario
def owner_and_admin_alone_see_pins(org):
    id = room(org, pin='8374650', host_pin='1056473')
    path = f'{R}/{id}'
    for role in ('agent', 'user'):
        them = org.as_(role)
        data = them.get(path).must(200).data
        assert (data['pin'], data['host_pin']) == ('***', '***')
        for answer in (them.get(R), them.get(R, accept='text/csv'),
                       them.page(R), them.page(path)):
            answer.must(200)
            assert '8374650' not in answer.text
            assert '1056473' not in answer.text
    for role in ('owner', 'admin'):
        assert org.as_(role).get(path).data['pin'] == '8374650'


@scenario
def only_owner_and_admin_change_rooms(org):
    path = f'{R}/{room(org)}'
    for role in ('agent', 'user'):
        them = org.as_(role)
        them.post(R, {'name': 'x'}).must(403, 'FORBIDDEN')
        them.patch(path, {'name': 'x'}).must(403)
        them.put(path, {'name': 'x'}).must(403)
        them.delete(path).must(403)
        them.post(f'{path}/restore').must(403)
        them.page(f'{R}/new').must(403)
    org.as_('admin').patch(path, {'name': 'x'}).must(200)
    org.as_('owner', 'conference-rooms:read').delete(path).must(403)
    org.get(path, token='').must(401, 'UNAUTHENTICATED')


@scenario
def another_tenants_room_does_not_exist(org):
    other = org.instance.organization(org.by)
    room(other, 'One')
    path = f'{R}/{room(other, "Two", pin="1234")}'
    room(org, 'Mine')
    assert [each['name'] for each in org.get(R).json['data']] == ['Mine']
    org.get(path).must(404, 'NOT_FOUND')
    org.put(path, {'name': 'x'}).must(404)
    org.patch(path, {'name': 'x'}).must(404)
    org.delete(path).must(404)
    org.post(f'{path}/restore').must(404)
    org.post('/dids', {'number': '+16465550100', 'target': {
        'type': 'conference_room', 'id': int(path.split('/')[-1])}}).must(
        422, target__id='does not exist')
    assert other.get(path).data['name'] == 'Two'


def references(answer):
    answer.must(409, 'CONFLICT')
    return sorted((each['type'], each['id'], each['name'])
                  for each in answer.json['references'])


@scenario
def a_room_that_something_leads_to_cannot_go(org):
    id = room(org)
    path = f'{R}/{id}'
    target = {'type': 'conference_room', 'id': id}
    columns = {'target_type': 'conference_room', 'target_id': id}
    number = org.post('/dids', {'number': '+16465550100',
                                'target': target}).must(201).id
    extension = org.extension('3000', name='C', type='conference',
                              target=target)
    ann = org.extension('1001', forward={'always': target, 'busy': target})
    group = org.insert('ring_group', name='G',
                       fallback_type='conference_room', fallback_id=id)
    menu = org.insert('ivr_menu', name='M')
    org.sql('INSERT INTO ivr_menu_option (organization_id, ivr_menu_id,'
            f' digits, {", ".join(columns)}) VALUES ({org.id}, {menu}, "1",'
            f' "conference_room", {id})')
    hours = org.insert('business_hour', name='H',
                       closed_type='conference_room', closed_id=id)
    org.sql("UPDATE setting SET default_type = 'conference_room',"
            f' default_id = {id} WHERE organization_id = {org.id}')
    assert references(org.delete(path)) == sorted([
        ('business_hours', hours, 'H'), ('did', number, '+16465550100'),
        ('extension', ann, 'Ann'), ('extension', extension, 'C'),
        ('ivr_menu', menu, 'M'), ('ring_group', group, 'G'),
        ('settings', 0, 'default target')])
    assert org.get(path).must(200)
    for table in ('ring_group', 'ivr_menu', 'business_hour'):
        org.sql(f'UPDATE {table} SET deleted_at = UTC_TIMESTAMP(3) WHERE'
                f' organization_id = {org.id}')
    org.sql('UPDATE setting SET default_type = NULL, default_id = NULL'
            f' WHERE organization_id = {org.id}')
    org.patch(f'/dids/{number}', {'target': None}).must(200)
    org.patch(f'/extensions/{ann}', {'forward': None}).must(200)
    assert references(org.delete(path)) == [('extension', extension, 'C')]
    org.delete(f'/extensions/{extension}').must(204)
    org.delete(path).must(204)
    org.post(f'/extensions/{extension}/restore').must(
        422, target__id='does not exist')
    org.post(f'{path}/restore').must(200)
    org.post(f'/extensions/{extension}/restore').must(200)


@scenario
def a_change_is_guarded_and_audited(org):
    id = room(org, pin='1234')
    path = f'{R}/{id}'
    tag = org.get(path).headers['etag']
    # Another PIN is another object, though an agent sees the same.
    org.patch(path, {'pin': '4321'}).must(200)
    assert org.get(path).headers['etag'] != tag
    org.patch(path, {'name': 'x'}, headers={'If-Match': tag}).must(412)
    org.delete(path, headers={'If-Match': tag}).must(412)
    tag = org.get(path).headers['etag']
    org.delete(path, headers={'If-Match': tag}).must(204)
    org.get(path).must(404)
    assert org.get(f'{path}?deleted=only').must(200).data['pin'] == '4321'
    org.post(f'{path}/restore').must(200)
    assert [row[0] for row in org.audit('conference_room', id)] == [
        'create', 'update', 'delete', 'restore']


@scenario
def rooms_are_found_filtered_and_sorted(org):
    room(org, 'Big', max_participants=200, record=True)
    room(org, 'Art', max_participants=3, muted=True)
    room(org, 'Cat', beep=False, host_pin='1234', wait_for_host=True)

    def names(query):
        return [each['name'] for each in
                org.get(f'{R}?{query}').must(200).json['data']]

    assert names('') == ['Art', 'Big', 'Cat']
    assert names('sort=-max_participants') == ['Big', 'Cat', 'Art']
    assert names('q=a') == ['Art', 'Cat']
    assert names('record=true') == ['Big'] and names('muted=1') == ['Art']
    assert names('beep=false') == names('wait_for_host=true') == ['Cat']
    for query in ('pin=1234', 'sort=pin', 'muted=maybe', 'q2=x'):
        org.get(f'{R}?{query}').must(422)


@scenario
def a_browser_does_it_all_without_scripts(org):
    page = org.page(f'{R}/new').must(200).text
    assert 'name="host_pin"' in page and 'value="25"' in page
    fields = {'name': 'Board', 'pin': '1234', 'host_pin': '1234',
              'wait_for_host': 'true', 'max_participants': '9',
              'muted': 'false', 'beep': 'true', 'record': 'false'}
    refused = org.form(R, fields).must(422)
    assert 'guests' in refused.text and 'value="Board"' in refused.text
    fields['host_pin'] = '4321'
    made = org.form(R, fields).must(303)
    path = made.headers['location'].removeprefix('/cgi-bin')
    data = org.get(path).data
    assert data['wait_for_host'] is True and data['max_participants'] == 9
    org.form(path, {'_method': 'PATCH', 'host_pin': '',
                    'wait_for_host': 'false'}).must(303)
    assert org.get(path).data['host_pin'] is None
    org.form(path, {'_method': 'DELETE'}).must(303)
    org.get(path).must(404)


if __name__ == '__main__':
    main()
