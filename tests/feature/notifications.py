"""Notifications: who is told of what, how, and the test button.

What is sent and how is tried in deliveries.py; here the worker of the instance
says that it cannot: it has no mail server, and 127.0.0.1 is not for tenants.
"""
from patience import comes
from support import main, only, scenario

R = '/notifications'
HOOK = 'https://hooks.example.com/opbx?x=1'


def mail(org, name='Missed', **more):
    return org.post(R, {'name': name, 'event': 'missed_call',
                        'email': 'ops@example.com', **more})


def hook(org, name='Hook', **more):
    return org.post(R, {'name': name, 'event': 'voicemail', 'url': HOOK,
                        **more})


@scenario
def a_mail_or_a_url(org):
    data = mail(org).must(201).data
    assert data['email'] == 'ops@example.com' and data['url'] is None
    assert data['secret'] is None and data['subjects'] == []
    assert data['status'] == 'active' and data['failure'] is None
    assert data['delivered_at'] is None and data['failed_at'] is None
    only(org.post(R, {'name': 'x'}).must(422, email='or a url'), 'email')
    only(mail(org, 'x', url=HOOK).must(422, url='in place'), 'url')
    only(org.post(R, {'name': 'x', 'email': None, 'url': None}).must(422),
         'email')
    id = data['id']
    only(org.patch(f'{R}/{id}', {'email': None}).must(422), 'email')
    only(org.patch(f'{R}/{id}', {'url': HOOK}).must(422), 'url')
    data = org.patch(f'{R}/{id}', {'email': None, 'url': HOOK}).must(200).data
    assert data['url'] == HOOK and data['email'] is None
    assert len(data['secret']) == 43


@scenario
def a_url_has_a_secret(org):
    made = hook(org).must(201).data['secret']
    assert len(made) == 43
    data = hook(org, 'own', secret='sixteen letters!').must(201).data
    assert data['secret'] == 'sixteen letters!'
    id = data['id']
    # It stays until another is given, also when the rest is replaced.
    assert org.patch(f'{R}/{id}', {'url': HOOK + '2'}).must(
        200).data['secret'] == 'sixteen letters!'
    assert org.put(f'{R}/{id}', {'name': 'own', 'url': HOOK}).must(
        200).data['secret'] == 'sixteen letters!'
    for wrong in ('too short', 'x' * 101, 7, ['x' * 16], 'a\nb' * 10):
        only(org.patch(f'{R}/{id}', {'secret': wrong}).must(422), 'secret')
    # A mail is not signed: the secret goes with the url.
    data = org.patch(f'{R}/{id}', {'url': None, 'email': 'a@example.com'}
                     ).must(200).data
    assert data['secret'] is None
    only(mail(org, 'x', secret='sixteen letters!').must(
        422, secret='url only'), 'secret')
    row = org.sql("SELECT HEX(secret_sealed) FROM notification WHERE"
                  f" organization_id = {org.id} AND name = 'Hook'")[0][0]
    assert made.encode().hex().upper() not in row and len(row) > 80


@scenario
def a_secret_is_for_owners_and_admins(org):
    data = hook(org).must(201).data
    path = f'{R}/{data["id"]}'
    assert org.as_('admin').get(path).data['secret'] == data['secret']
    for role in ('agent', 'user'):
        assert org.as_(role).get(path).must(200).data['secret'] == '***'
        assert data['secret'] not in org.as_(role).page(path).text
    assert data['secret'] not in org.get(R).text
    assert data['secret'] not in org.get(R, accept='text/csv').text
    for _, before, after, _, _ in org.audit('notification', data['id']):
        assert data['secret'] not in str((before, after))


@scenario
def a_name_is_made_where_none_is_given(org):
    whom = 'ops@example.com'
    names = [org.post(R, {'event': 'voicemail', 'email': whom, **more}).must(
        201).data['name'] for more in ({}, {'name': ''}, {'name': None})]
    assert names == [f'voicemail to {whom}', f'voicemail to {whom}, 2',
                     f'voicemail to {whom}, 3']
    long = org.post(R, {'url': HOOK + 'x' * 1000}).must(201).data
    assert long['name'].startswith('missed_call to https://')
    assert org.patch(f'{R}/{long["id"]}', {'status': 'inactive'}).must(
        200).data['name'] == long['name']
    only(org.post(R, {'event': 'voicemail'}).must(422), 'email')


@scenario
def bounds_of_the_rest(org):
    good = {'name': 'Missed', 'email': 'ops@example.com'}

    def refused(field, *values, **more):
        for value in values:
            only(org.post(R, {**good, **more, field: value}).must(422), field)

    refused('name', 7, 'x' * 101, 'a\nb')
    refused('event', 'test', '', None, 0, 'Voicemail')
    refused('email', 'ops', '@example.com', 'a@b', 7, 'a b@example.com',
            'a@example.com\r\nBcc: b@example.com', 'a@example.com,b@x.org',
            '<a@example.com>', 'a' * 250 + '@example.com')
    refused('url', 'http://hooks.example.com/', 'ftp://x.example/', 'x', 7,
            'https://', 'https://u:p@hooks.example.com/', 'https://a b/',
            'javascript:alert(1)', 'https://x.example/\r\nX: y',
            'https://x.example/' + 'x' * 2000, email=None)
    refused('status', 'deleted', True, None)
    refused('delivered_at', '2026-01-01T00:00:00Z')
    refused('failed_at', '2026-01-01T00:00:00Z')
    refused('failure', 'x')
    for event in ('missed_call', 'voicemail', 'emergency', 'limit',
                  'failure'):
        org.post(R, {**good, 'name': event, 'event': event}).must(201)
    org.post(R, {**good, 'name': 'limit'}).must(422, name='taken')
    org.post(R, {**good, 'colour': 1, 'name': 'x'}).must(
        422, colour='is no field')


@scenario
def subjects_exist_and_are_ours(org):
    x = org.extension('1001', name='Ann')
    group = org.post('/ring-groups', {'name': 'Sales', 'members': [
        {'extension_id': x}]}).must(201).id
    did = org.did(org.number(1))
    subjects = [{'type': 'ring_group', 'id': group},
                {'type': 'extension', 'id': x}, {'type': 'did', 'id': did}]
    data = mail(org, subjects=subjects).must(201).data
    assert data['subjects'] == [
        {'type': 'did', 'id': did, 'name': org.number(1)},
        {'type': 'extension', 'id': x, 'name': '1001 Ann'},
        {'type': 'ring_group', 'id': group, 'name': 'Sales'}]
    there = org.instance.organization(org.by)
    theirs = there.extension('1001')
    answer = mail(org, 'x', subjects=[
        {'type': 'extension', 'id': theirs}, {'type': 'did', 'id': 999999},
        {'type': 'ring_group', 'id': group},
        {'type': 'ring_group', 'id': group}, {'type': 'ivr_menu', 'id': x},
        {'type': 'extension'}, 7, {'type': 'extension', 'id': 'x'},
        {'type': 'did', 'id': did, 'name': 'Eve'}])
    answer.must(422, subjects__0__id='does not exist',
                subjects__1__id='does not exist', subjects__3__id='already',
                subjects__4__type='one of', subjects__5__id='required',
                subjects__6='object', subjects__7__id='must be the id',
                subjects__8__name='server')
    only(mail(org, 'x', subjects={'type': 'did'}).must(422), 'subjects')
    only(mail(org, 'x', subjects=[{'type': 'extension', 'id': x}] * 101).must(
        422, subjects='at most 100'), 'subjects')
    for event in ('limit', 'failure'):
        only(mail(org, 'x', event=event, subjects=subjects).must(
            422, subjects='whole organization'), 'subjects')


@scenario
def a_subject_is_in_use(org):
    x = org.extension('1001')
    group = org.post('/ring-groups', {'name': 'Sales', 'members': [
        {'extension_id': x}]}).must(201).id
    did = org.did(org.number(1))
    id = mail(org, subjects=[{'type': 'ring_group', 'id': group},
                             {'type': 'did', 'id': did}]).must(201).id
    for path in (f'/ring-groups/{group}', f'/dids/{did}'):
        answer = org.delete(path).must(409)
        assert {'type': 'notification', 'id': id, 'name': 'Missed'} in \
            answer.json['references'], answer.text
    org.patch(f'{R}/{id}', {'subjects': [
        {'type': 'extension', 'id': x}]}).must(200)
    org.delete(f'/ring-groups/{group}').must(204)
    answer = org.delete(f'/extensions/{x}').must(409)
    assert [r['type'] for r in answer.json['references']] == ['notification']
    org.delete(f'{R}/{id}').must(204)
    org.delete(f'/extensions/{x}').must(204)
    only(org.post(f'{R}/{id}/restore').must(
        422, subjects__0__id='does not exist'), 'subjects.0.id')
    org.post(f'/extensions/{x}/restore').must(200)
    data = org.post(f'{R}/{id}/restore').must(200).data
    assert [s['id'] for s in data['subjects']] == [x]


@scenario
def a_url_of_ours_alone_is_refused_when_it_is_saved(org):
    for host in ('127.0.0.1', '127.0.0.1:8443', '127.1', '0x7f000001',
                 '2130706433', '0177.0.0.1', '127.0.0.1.', '10.1.2.3',
                 '192.168.0.1', '172.16.0.1', '169.254.169.254', '0.0.0.0',
                 '100.64.0.1', '224.0.0.1', '[::1]', '[::1]:8443', '[::]',
                 '[fe80::1]', '[fd00::1]', '[::ffff:127.0.0.1]',
                 '[64:ff9b::10.0.0.1]'):
        for url in (f'https://{host}/x', f'https://{host}?x',
                    f'https://{host}'):
            only(hook(org, url=url).must(422, url='private'), 'url')
    assert org.get(R).json['meta']['total'] == 0
    for host in ('8.8.8.8', '[2606:4700::1111]:8443', 'hooks.example.com',
                 '127.example.com', '10.example', 'x.127.0.0.1.example'):
        hook(org, host, url=f'https://{host}/x').must(201)
    id = hook(org).must(201).id
    only(org.patch(f'{R}/{id}', {'url': 'https://10.0.0.1/'}).must(422),
         'url')
    assert org.get(f'{R}/{id}').data['url'] == HOOK


@scenario
def a_test_says_why_it_did_not_arrive(org):
    id = mail(org).must(201).id
    org.post(f'{R}/{id}/test').must(200)
    assert comes(lambda: org.get(f'{R}/{id}').data['failed_at']), 'no outcome'
    data = org.get(f'{R}/{id}').data
    assert data['failure'].startswith('mail is not set up'), data
    assert data['delivered_at'] is None
    # What was read can be sent back whole; the outcome is not the client's.
    put = org.put(f'{R}/{id}', {**data, 'failure': 'none', 'name': 'N'})
    assert put.must(200).data['failure'] == data['failure']
    id = hook(org, 'private').must(201).id
    org.sql("UPDATE notification SET url = 'https://127.0.0.1/x' WHERE id = "
            f'{id}')
    org.post(f'{R}/{id}/test').must(200)
    assert comes(lambda: org.get(f'{R}/{id}').data['failed_at']), 'no outcome'
    assert 'public Internet' in org.get(f'{R}/{id}').data['failure']
    assert [each[0] for each in org.audit('notification', id)] == [
        'create', 'test']


@scenario
def a_test_has_limits(org):
    id = mail(org).must(201).id
    there = mail(org.instance.organization(org.by)).must(201).id
    org.post(f'{R}/{there}/test').must(404)
    for role in ('agent', 'user'):
        org.as_(role).post(f'{R}/{id}/test').must(403)
    org.get(f'{R}/{id}/test').must(405)
    for _ in range(10):
        org.post(f'{R}/{id}/test').must(200)
    answer = org.post(f'{R}/{id}/test').must(429)
    assert answer.headers['retry-after'] == '60'
    org.delete(f'{R}/{id}').must(204)
    org.post(f'{R}/{id}/test').must(404)


@scenario
def nothing_is_queued_without_the_change(org):
    """The delivery is of the same transaction as the audit row."""
    id = hook(org).must(201).id
    before = org.sql(f'SELECT COUNT(*) FROM audit_entry WHERE'
                     f' organization_id = {org.id}')
    org.sql(f"INSERT INTO counter (organization_id, name, number, expires_at)"
            f" VALUES ({org.id}, 'notification_tests', 10,"
            " UTC_TIMESTAMP(3) + INTERVAL 1 HOUR)")
    org.post(f'{R}/{id}/test').must(429)
    assert org.sql(f'SELECT COUNT(*) FROM audit_entry WHERE'
                   f' organization_id = {org.id}') == before
    assert org.sql(f'SELECT COUNT(*) FROM delivery WHERE'
                   f' organization_id = {org.id}') == [['0']]


@scenario
def pages_and_forms(org):
    x = org.extension('1001')
    page = org.page(f'{R}/new').must(200).text
    for name in ('name', 'event', 'email', 'url', 'secret', 'status',
                 'subjects.0.type', 'subjects.0.id'):
        assert f'name="{name}"' in page, name
    fields = [('name', 'Missed <b>'), ('event', 'missed_call'),
              ('email', 'ops@example.com'), ('url', ''), ('secret', ''),
              ('status', 'active'), ('subjects.0.type', ''),
              ('subjects.0.id', ''), ('subjects.1.type', 'extension'),
              ('subjects.1.id', str(x))]
    where = org.form(R, fields).must(303).headers['location'][8:]
    data = org.get(where).must(200).data
    assert [s['id'] for s in data['subjects']] == [x]
    assert data['url'] is None and data['secret'] is None
    page = org.page(where).must(200).text
    assert 'Missed &lt;b&gt;' in page and '/test"' in page
    org.form(f'{where}/test', []).must(303)
    bad = dict(fields, email='nobody', name='Other')
    page = org.form(R, bad).must(422).text
    assert 'must be an e-mail address' in page and 'value="nobody"' in page
    assert '<td>Missed &lt;b&gt;</td>' in org.page(R).text or \
        'Missed &lt;b&gt;' in org.page(R).text


@scenario
def lists_can_be_searched(org):
    mail(org, 'A', email='ann@example.com').must(201)
    hook(org, 'B').must(201)
    org.post(R, {'name': 'C', 'event': 'failure', 'status': 'inactive',
                 'email': 'bob@example.com'}).must(201)

    def names(query):
        return [each['name'] for each in
                org.get(f'{R}?{query}').must(200).data]

    assert names('') == ['A', 'B', 'C']
    assert names('event=voicemail') == ['B']
    assert names('email=bob@example.com') == ['C']
    assert names('status=inactive') == ['C']
    assert names('q=hooks.example') == ['B']
    assert names('sort=-name') == ['C', 'B', 'A']
    assert names('sort=event')[-1] in 'ABC'
    only(org.get(f'{R}?secret=x').must(422), 'secret')


@scenario
def only_owners_and_admins_change_them(org):
    body = {'name': 'x', 'email': 'ops@example.com'}
    id = org.as_('admin').post(R, body).must(201).id
    for role in ('agent', 'user'):
        they = org.as_(role)
        they.get(f'{R}/{id}').must(200)
        they.post(R, {**body, 'name': 'y'}).must(403)
        they.patch(f'{R}/{id}', {'name': 'y'}).must(403)
        they.put(f'{R}/{id}', {**body, 'name': 'y'}).must(403)
        they.delete(f'{R}/{id}').must(403)
        they.post(f'{R}/{id}/restore').must(403)
    there = org.instance.organization(org.by)
    for method in ('get', 'delete'):
        getattr(there, method)(f'{R}/{id}').must(404)
    there.patch(f'{R}/{id}', {'name': 'y'}).must(404)


if __name__ == '__main__':
    main()
