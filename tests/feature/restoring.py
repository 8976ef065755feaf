"""What was deleted comes back only into a world that it still fits."""
from fixtures import operator
from support import main, only, scenario


@scenario
def an_extension_that_calls_for_help_by_now_stays_deleted(org):
    id = org.extension('5556')
    org.delete(f'/extensions/{id}').must(204)
    org.patch('/settings', {'emergency_numbers': ['5556']}).must(200)
    before = org.generation()
    only(org.post(f'/extensions/{id}/restore').must(
        422, number='must not be an emergency number'), 'number')
    org.get(f'/extensions/{id}').must(404)
    assert org.generation() == before
    org.patch('/settings', {'emergency_numbers': []}).must(200)
    org.post(f'/extensions/{id}/restore').must(200)


@scenario
def a_group_whose_member_is_no_user_any_more_stays_deleted(org):
    ann, bob = org.extension('1001'), org.extension('1002')
    group = org.post('/ring-groups', {'name': 'Sales', 'members': [
        {'extension_id': ann, 'priority': 1},
        {'extension_id': bob, 'priority': 2}]}).must(201).id
    org.delete(f'/ring-groups/{group}').must(204)
    forward = {'type': 'forward', 'target': {'type': 'extension', 'id': ann}}
    org.patch(f'/extensions/{bob}', forward).must(200)
    path = f'/ring-groups/{group}/restore'
    org.post(path).must(
        422, members__1__extension_id='must be an extension of type user')
    org.get(f'/ring-groups/{group}').must(404)
    org.patch(f'/extensions/{bob}', {'type': 'user', 'target': None}).must(200)
    org.post(path).must(200)
    assert len(org.get(f'/ring-groups/{group}').data['members']) == 2


@scenario
def a_menu_that_ends_in_a_mailbox_of_nobody_stays_deleted(org):
    ann, bob = org.extension('1001'), org.extension('1002')
    menu = org.post('/ivr-menus', {
        'name': 'Main', 'greeting': {'text': 'Hello'}, 'options': [
            {'digits': '1', 'target': {'type': 'extension', 'id': ann}}],
        'timeout': {'type': 'voicemail', 'id': bob}}).must(201).id
    org.delete(f'/ivr-menus/{menu}').must(204)
    org.patch(f'/extensions/{bob}', {'type': 'forward', 'target': {
        'type': 'extension', 'id': ann}}).must(200)
    path = f'/ivr-menus/{menu}/restore'
    only(org.post(path).must(422, timeout__id='does not exist'), 'timeout.id')
    org.patch(f'/ivr-menus/{menu}', {'name': 'x'}).must(404)
    org.patch(f'/extensions/{bob}', {'type': 'user', 'target': None}).must(200)
    org.post(path).must(200)


@scenario
def what_leads_to_itself_and_what_is_over_comes_back(org):
    own = org.extension('1003')
    org.patch(f'/extensions/{own}', {'forward': {'busy': {
        'type': 'voicemail', 'id': own}}}).must(200)
    blocked = org.post('/blocked-callers', {
        'number': '+12025550123', 'expires_at': '2099-01-01T00:00:00Z'}).must(
            201).id
    org.sql("UPDATE blocked_caller SET expires_at = '2020-01-01' WHERE"
            f' organization_id = {org.id} AND id = {blocked}')
    for path in (f'/extensions/{own}', f'/blocked-callers/{blocked}'):
        before = org.get(path).must(200).data
        org.delete(path).must(204)
        after = org.post(f'{path}/restore').must(200).data
        assert {**after, 'updated_at': ''} == {**before, 'updated_at': ''}


@scenario
def a_country_where_an_extension_calls_for_help_is_refused(org):
    kept = org.extension('999')
    gone = org.extension('1001')
    path = f'/organizations/{org.id}'
    org.delete(f'/extensions/{gone}').must(204)
    op = operator(org)
    only(op.patch(path, {'country': 'GB'}).must(
        422, country='999, an extension, calls for help'), 'country')
    assert op.get(path).must(200).data['country'] == 'US'
    op.patch(path, {'name': 'Other'}).must(200)
    op.patch(path, {'country': 'FR'}).must(200)
    org.delete(f'/extensions/{kept}').must(204)
    op.patch(path, {'country': 'GB'}).must(200)
    only(org.post(f'/extensions/{kept}/restore').must(
        422, number='must not be an emergency number'), 'number')


if __name__ == '__main__':
    main()
