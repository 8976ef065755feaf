"""What every resource of the control plane does alike, tried on two."""
import csv
import io
import os
import re
import signal
import time
import urllib.parse

from support import FORM, main, only, scenario

R = '/extensions'


def fill(org, count):
    return [org.extension(str(100 + n), name=f'N{n:03}',
                          do_not_disturb=n % 2 == 0,
                          status='inactive' if n % 3 == 0 else 'active')
            for n in range(count)]


def numbers(answer):
    return [each['number'] for each in answer.must(200).data]


@scenario
def a_list_has_pages(org):
    assert org.get(R).must(200).json == {'data': [], 'meta': {
        'page': 1, 'per_page': 25, 'total': 0, 'last_page': 1}}
    fill(org, 7)
    answer = org.get(f'{R}?per_page=3&page=2').must(200)
    assert answer.json['meta'] == {'page': 2, 'per_page': 3, 'total': 7,
                                   'last_page': 3}
    assert numbers(answer) == ['103', '104', '105']
    assert numbers(org.get(f'{R}?per_page=3&page=3')) == ['106']
    assert numbers(org.get(f'{R}?per_page=3&page=4')) == []
    assert len(numbers(org.get(f'{R}?per_page=100'))) == 7
    for bad in ('page=0', 'page=-1', 'page=x', 'page=1.5', 'page=1e3',
                'page=99999999999999999999', 'per_page=0', 'per_page=101',
                'per_page=', 'page=%27'):
        answer = org.get(f'{R}?{bad}')
        if bad.endswith('='):
            answer.must(200)
        else:
            only(answer.must(422), bad.split('=')[0])


@scenario
def a_list_is_sorted_by_names_from_a_fixed_list(org):
    fill(org, 4)
    assert numbers(org.get(f'{R}?sort=-number')) == [
        '103', '102', '101', '100']
    assert numbers(org.get(f'{R}?sort=status,-name')) == [
        '102', '101', '103', '100']
    assert numbers(org.get(f'{R}?sort=-id')) == ['103', '102', '101', '100']
    org.get(f'{R}?sort=-created_at,updated_at').must(200)
    for bad in ('sip_password', 'colour', 'number desc', 'number,,', '--id',
                'id;drop table extension', '(select 1)', 'number,name,id',
                'voicemail_pin_sealed', 'organization_id'):
        only(org.get(f'{R}?sort={urllib.parse.quote(bad)}').must(422),
             'sort')


@scenario
def a_list_is_searched_and_filtered(org):
    fill(org, 6)
    org.extension('999', name='100%_sure!')
    assert numbers(org.get(f'{R}?q=N00')) == ['100', '101', '102', '103',
                                              '104', '105']
    assert numbers(org.get(f'{R}?q=n003')) == ['103']
    assert numbers(org.get(f'{R}?q=104')) == ['104']
    for q in ('%25', '_', '!', '0%25_'):
        assert numbers(org.get(f'{R}?q={q}')) == ['999'], q
    assert numbers(org.get(f'{R}?q=%27%20OR%201=1')) == []
    assert numbers(org.get(f'{R}?status=inactive')) == ['100', '103']
    assert numbers(org.get(f'{R}?status=inactive&do_not_disturb=true')) == [
        '100']
    assert numbers(org.get(f'{R}?number=101')) == ['101']
    assert numbers(org.get(f'{R}?number=101&q=N')) == ['101']
    assert numbers(org.get(f'{R}?voicemail.enabled=false&number=999')) == [
        '999']
    assert numbers(org.get(f'{R}?target.type=ring_group')) == []
    assert numbers(org.get(f'{R}?type=&number=999')) == ['999']
    assert numbers(org.get(f'{R}?name=N001')) == ['101']
    assert numbers(org.get(f'{R}?name=N00')) == []
    assert numbers(org.get(f'{R}?name=%25')) == []
    for field, value in (('status', 'gone'), ('type', 'x'),
                         ('user_id', 'x'), ('do_not_disturb', '2'),
                         ('target.type', 'moon'), ('target.id', 'x'),
                         ('deleted', 'yes'), ('colour', 'red'),
                         ('sip_password', 'x'), ('voicemail.pin', '1'),
                         ('q', 'x' * 201), ('voicemail.email', 'x'),
                         ('configuration', 'x'),
                         ('configuration.token', 'x'),
                         ('configuration.colour', 'x')):
        only(org.get(f'{R}?{field}={value}').must(422), field)
    room = org.insert('conference_room', name='R')
    org.extension('30', type='conference',
                  target={'type': 'conference_room', 'id': room})
    assert numbers(org.get(
        f'{R}?target.type=conference_room&target.id={room}')) == ['30']


@scenario
def the_deleted_are_seen_by_those_who_ask(org):
    a, b = fill(org, 2)
    org.delete(f'{R}/{a}').must(204)
    assert numbers(org.get(R)) == ['101']
    assert numbers(org.get(f'{R}?deleted=only')) == ['100']
    assert numbers(org.get(f'{R}?deleted=with')) == ['100', '101']
    org.get(f'{R}/{a}').must(404, 'NOT_FOUND')
    assert org.get(f'{R}/{a}?deleted=with').must(
        200).data['deleted_at'] is not None
    org.delete(f'{R}/{a}').must(404)
    org.patch(f'{R}/{a}', {'name': 'x'}).must(404)
    org.put(f'{R}/{a}', {'number': '1', 'name': 'x'}).must(404)
    org.post(f'{R}/{b}/restore').must(404)
    assert org.post(f'{R}/{a}/restore').must(200).data['deleted_at'] is None


@scenario
def an_etag_guards_a_change(org):
    made = org.post(R, {'number': '1001', 'name': 'Ann'}).must(201)
    etag = made.headers['etag']
    path = f'{R}/{made.id}'
    assert re.fullmatch(r'"[0-9a-f]+"', etag)
    assert org.get(path).headers['etag'] == etag
    new = org.patch(path, {'voicemail': {'pin': '1234'}},
                    headers={'If-Match': etag}).must(200).headers['etag']
    assert new != etag
    for method, body in (('PATCH', {'name': 'x'}), ('DELETE', None),
                         ('PUT', {'number': '1001', 'name': 'x'})):
        for wrong in (etag, '"x"', 'x', ''):
            if wrong == '':
                continue
            org.ask(method, path, body, headers={'If-Match': wrong}).must(
                412, 'PRECONDITION_FAILED')
    assert org.get(path).data['name'] == 'Ann'
    org.patch(path, {'name': 'Bob'},
              headers={'If-Match': f'"x", {new}'}).must(200)
    org.patch(path, {'name': 'Eve'}, headers={'If-Match': '*'}).must(200)
    etag = org.get(path).headers['etag']
    org.post(f'{path}/sip-password', headers={'If-Match': '"x"'}).must(412)
    org.delete(path, headers={'If-Match': etag}).must(204)


@scenario
def who_has_an_object_is_not_sent_it_again(org):
    made = org.post(R, {'number': '1001', 'name': 'Ann'}).must(201)
    path, etag = f'{R}/{made.id}', made.headers['etag']
    for place in (path, '/settings'):
        etag = org.get(place).must(200).headers['etag']
        for known in (etag, f'"x", {etag}', f'W/{etag}', '*'):
            again = org.get(place, headers={'If-None-Match': known})
            assert again.must(304).text == '', known
            assert again.headers['etag'] == etag
        for other in ('"x"', etag.strip('"'), '', 'W/*'):
            assert org.get(place, headers={
                'If-None-Match': other}).must(200).data, other
    etag = made.headers['etag']
    # A page holds more than its object, and so does who it was made for.
    assert '<form' in org.page(path, headers={
        'If-None-Match': etag}).must(200).text
    org.ask('HEAD', path, headers={'If-None-Match': etag}).must(304)
    # Who may not see it does not learn whether it is still the same.
    org.get(path, token='', headers={'If-None-Match': etag}).must(401)
    org.get(path, token='1|x', headers={'If-None-Match': '*'}).must(401)
    there = org.instance.organization(org.by)
    there.get(path, headers={'If-None-Match': '*'}).must(404)
    org.get('/tokens/999999999', headers={'If-None-Match': '*'}).must(404)
    # A change is one: a list has no ETag, a POST none to be known.
    org.get(R, headers={'If-None-Match': '*'}).must(200)
    org.patch(path, {'name': 'Eve'}, headers={
        'If-None-Match': etag}).must(200)
    assert org.get(path, headers={
        'If-None-Match': etag}).must(200).data['name'] == 'Eve'
    org.delete(path).must(204)
    org.get(path, headers={'If-None-Match': '*'}).must(404)


@scenario
def csv_has_no_formulas(org):
    org.extension('10', name='=1+1')
    org.extension('11', name='@SUM("a,b")')
    org.extension('12', name='+1 and more')
    org.extension('13', name='-2+3')
    org.extension('14', name='Müller, "Eva"')
    answer = org.get(R, accept='text/csv').must(200)
    assert answer.headers['content-type'].startswith('text/csv')
    rows = list(csv.DictReader(io.StringIO(answer.text, newline='')))
    assert [row['name'] for row in rows] == [
        "'=1+1", "'@SUM(\"a,b\")", "'+1 and more", "'-2+3",
        'Müller, "Eva"']
    assert rows[0]['number'] == '10' and rows[0]['id']
    assert '\r\n' in answer.text
    rows = org.get(f'{R}?per_page=2&page=2', accept='text/csv').must(200)
    assert len(rows.text.strip().split('\r\n')) == 3


@scenario
def csv_is_the_whole_list(org):
    values = ', '.join(f"({org.id}, '{n}', 'x')" for n in range(1000, 2203))
    org.sql('INSERT INTO extension (organization_id, number, name) '
            f'VALUES {values}')
    text = org.get(R, accept='text/csv').must(200).text
    assert len(text.strip().split('\r\n')) == 1204
    text = org.get(f'{R}?q=22', accept='text/csv').must(200).text
    assert '2202' in text and '1000' not in text
    answer = org.ask('HEAD', R, accept='text/csv').must(200)
    assert answer.text == '' and 'csv' in answer.headers['content-type']


@scenario
def bodies_that_cannot_be_read(org):
    id = org.extension('1001')
    for body in ('[]', '7', '"x"', 'null', 'true', '[{"number":"10"}]'):
        for answer in (org.post(R, body), org.put(f'{R}/{id}', body),
                       org.patch(f'{R}/{id}', body)):
            answer.must(400, 'BAD_REQUEST')
            assert answer.errors == {}, answer.text
            assert answer.json['message'] == \
                'The body must be a JSON object.'
    for body, status in (('{', 400), ('', 422), ('{}', 422),
                         ('{"a":1,"a":2}', 400),
                         ('{"number":"\\u0000"}', 400), (b'{"x":"\xff"}', 400),
                         ('{"number":"10","name":"x"} x', 400),
                         ('{"number":"10"} // x', 400),
                         ('[' * 64 + ']' * 64, 400)):
        org.post(R, body).must(status)
    org.post(R, 'number=1', type='text/plain').must(415, 'UNSUPPORTED_TYPE')
    org.post(R, '<x/>', type='application/xml').must(415)
    org.post(R, '{"name":"' + 'x' * (1 << 20) + '"}').must(413, 'TOO_LARGE')
    for body in ('number=%zz', 'number=%', 'number=%ff', 'a=%00', '=1',
                 'a..b=1', '.=1', 'a.b.c.d.e.f.g.h.i.j=1'):
        org.post(R, body, type=FORM).must(400, 'BAD_REQUEST')
    only(org.post(R, 'number=10&name=x&name.x=1', type=FORM).must(422),
         'name')
    org.get(f'{R}?q=%ff').must(400)
    org.get(f'{R}?q=%00').must(400)


@scenario
def forms_work_without_scripts(org):
    answer = org.post(R, 'number=1001&name=Ann+B&do_not_disturb=on'
                         '&ring_timeout=20&voicemail.enabled=true'
                         '&voicemail.pin=1234&target.type=&user_id=',
                      type=FORM).must(201)
    data = answer.data
    assert data['name'] == 'Ann B' and data['ring_timeout'] == 20
    assert data['do_not_disturb'] and data['voicemail']['pin'] == '1234'
    path = f'{R}/{data["id"]}'
    org.post(path, '_method=PATCH&name=Bob', type=FORM).must(200)
    assert org.get(path).data['name'] == 'Bob'
    assert org.get(path).data['ring_timeout'] == 20
    org.post(path, '_method=PATCH&ring_timeout=', type=FORM).must(200)
    assert org.get(path).data['ring_timeout'] is None
    org.post(path, '_method=PATCH&ring_timeout=x', type=FORM).must(
        422, ring_timeout='whole number')
    assert org.post(path, '_method=GET&name=Bob',
                    type=FORM).status in (400, 405)
    org.post(path, 'name=Bob', type=FORM).must(405)
    org.post(path, '_method=DELETE', type=FORM).must(204)
    # JSON stays strict: a text is no number, and a number no text.
    answer = org.post(R, {'number': 1060, 'name': True, 'voicemail': {
        'pin': 4711}}).must(422)
    assert answer.errors == {
        'number': ['must be a text, like "1060"'],
        'name': ['must be a text'], 'voicemail.pin': ['must be a text']}
    org.post(R, {'number': '10', 'name': 'x', 'ring_timeout': '20'}).must(
        422, ring_timeout='whole number')
    org.post(R, {'number': '10', 'name': 'x', 'do_not_disturb': 'on'}).must(
        422, do_not_disturb='true or false')


@scenario
def nonsense_gets_a_short_answer(org):
    body = {f'k{n}': n for n in range(20000)}
    answer = org.post(R, body).must(422)
    assert len(answer.errors) <= 22 and len(answer.text) < 20000


@scenario
def paths_and_methods_that_there_are_not(org):
    id = org.extension('1001')
    for path in (f'{R}/x', f'{R}/0', f'{R}/-1', f'{R}/{id}/x', f'{R}/{id}x',
                 f'{R}/{id}/restore/x', f'{R}/{2 ** 64}', f'{R}/{id}.json'):
        assert org.get(path).status in (400, 404), path
    for path in (f'{R}/0{id}', f'{R}/00{id}', f'{R}/0{id}/delete'):
        assert org.get(path).must(404, 'NOT_FOUND').errors == {}
        org.page(path).must(404)
    org.patch(f'{R}/0{id}', {'name': 'x'}).must(404)
    org.delete(f'{R}/0{id}').must(404)
    org.post(f'{R}/0{id}/restore').must(404)
    org.get(f'{R}/{id}').must(200)
    org.get(f'{R}/').must(200)
    for path, method, allowed in (
            (R, 'DELETE', 'GET, HEAD, POST'), (R, 'PUT', 'GET, HEAD, POST'),
            (f'{R}/{id}', 'POST', 'GET, HEAD, PUT, PATCH, DELETE'),
            (f'{R}/{id}/restore', 'GET', 'POST'),
            (f'{R}/{id}', 'OPTIONS', 'GET, HEAD, PUT, PATCH, DELETE')):
        answer = org.ask(method, path).must(405, 'METHOD_NOT_ALLOWED')
        assert answer.headers['allow'] == allowed, answer.headers
    answer = org.ask('HEAD', f'{R}/{id}')
    assert answer.status == 200 and answer.text == ''
    assert answer.headers['etag']


@scenario
def a_stopped_database_costs_each_process_a_second(org):
    org.get(R).must(200)
    pid = org.instance.pid('mariadb')
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(3):
            began = time.monotonic()
            answer = org.get(R).must(503, 'UNAVAILABLE')
            assert time.monotonic() - began < 3, 'waits too long'
            assert int(answer.headers['retry-after']) > 0
            assert answer.errors == {}
    finally:
        os.kill(pid, signal.SIGCONT)
    # The breaker asks again once a second.
    until = time.monotonic() + 10
    while org.get(R).status == 503 and time.monotonic() < until:
        time.sleep(0.05)
    org.get(R).must(200)


@scenario
def nobody_gets_in_without_a_good_token(org):
    id, secret = org.token.split('|')
    for token in ('x', '|', f'{id}|', f'{id}|x', f'{id}{secret}', f'|{secret}',
                  f'0|{secret}', f'{int(id) + 1000}|{secret}',
                  f'{id}|{secret}x', f'{id}|{secret[:-1]}',
                  f'99999999999999999999|{secret}', f'-{id}|{secret}'):
        answer = org.get(R, token=token).must(401, 'UNAUTHENTICATED')
        assert answer.headers['www-authenticate'] == 'Bearer'
        org.post(R, {'number': '10', 'name': 'x'}, token=token).must(401)
    org.get(R, token='').must(401)
    org.get(R, token='', headers={'Authorization': f'Basic {id}'}).must(401)
    org.get(R).must(200)
    org.sql(f"UPDATE token SET expires_at = '2020-01-01' WHERE "
            f'organization_id = {org.id} AND id = {id}')
    org.get(R).must(401)
    org.sql(f'UPDATE token SET expires_at = NULL, deleted_at = NOW() WHERE '
            f'organization_id = {org.id} AND id = {id}')
    org.get(R).must(401)


@scenario
def what_befalls_a_user_befalls_the_token_at_once(org):
    admin = org.as_('admin')
    id = org.user_of('admin')
    mine = f'WHERE organization_id = {org.id} AND id = {id}'
    admin.get(R).must(200)
    org.sql(f"UPDATE user SET status = 'inactive' {mine}")
    admin.get(R).must(401)
    org.sql(f"UPDATE user SET status = 'active', role = 'user' {mine}")
    admin.post(R, {'number': '10', 'name': 'x'}).must(403)
    org.sql(f"UPDATE user SET role = 'admin', password_changed_at = "
            f'UTC_TIMESTAMP(3) + INTERVAL 1 SECOND {mine}')
    admin.get(R).must(401)
    org.sql(f"UPDATE organization SET status = 'suspended' "
            f'WHERE id = {org.id}')
    org.get(R).must(403, 'FORBIDDEN')


@scenario
def a_token_does_what_it_is_able_to(org):
    id = org.extension('1001')
    reader = org.as_('owner', 'extensions:read')
    reader.get(R).must(200)
    reader.page(f'{R}/{id}').must(200)
    for answer in (reader.post(R, {'number': '10', 'name': 'x'}),
                   reader.patch(f'{R}/{id}', {'name': 'x'}),
                   reader.delete(f'{R}/{id}'), reader.get('/ring-groups'),
                   reader.form(f'{R}/{id}', {'_method': 'DELETE'})):
        assert answer.status == 403, answer.text
    writer = org.as_('owner', 'extensions:write,ring-groups:read')
    writer.get(R).must(403)
    writer.get('/ring-groups').must(200)
    writer.delete(f'{R}/{id}').must(204)
    # What nobody could have made does nothing.
    strange = org.as_('owner', 'users:read')
    for each in ('extensions', 'extension:read', ''):
        org.sql(f"UPDATE token SET abilities = '[\"{each}\"]' WHERE id ="
                f' {strange.token.split("|")[0]}')
        strange.get(R).must(403)


@scenario
def another_tenant_is_not_there(org):
    there = org.instance.organization(org.by)
    id = there.extension('1001')
    group = there.post('/ring-groups', {'name': 'G', 'members': [
        {'extension_id': id}]}).must(201).id
    for path in (f'{R}/{id}', f'/ring-groups/{group}'):
        org.get(path).must(404, 'NOT_FOUND')
        org.page(path).must(404)
        org.page(f'{path}/delete').must(404)
        org.get(f'{path}?deleted=with').must(404)
        org.patch(path, {'name': 'x'}).must(404)
        org.put(path, {'name': 'x', 'number': '10'}).must(404)
        org.delete(path).must(404)
        org.post(f'{path}/restore').must(404)
    org.post(f'{R}/{id}/sip-password').must(404)
    assert org.get(R).data == []
    mine = org.extension('1002')
    for kind, key in (('extension', id), ('voicemail', id),
                      ('ring_group', group)):
        org.patch(f'{R}/{mine}', {'forward': {'busy': {
            'type': kind, 'id': key}}}).must(
            422, forward__busy__id='does not exist')
    for header in (str(there.id), '0', 'x', f'{org.id} '):
        status = 200 if header.strip() == str(org.id) else 403
        org.get(R, headers={'X-Organization-Id': header}).must(status)
    org.get(f'{R}?organization_id={there.id}').must(403)
    org.get(f'{R}?organization_id={org.id}').must(200)
    there.get(f'{R}/{id}').must(200)


@scenario
def two_changes_at_once_come_one_after_the_other(org):
    import threading
    id = org.extension('1001')
    etag = org.get(f'{R}/{id}').headers['etag']
    answers = []
    threads = [threading.Thread(target=lambda n=n: answers.append(
        org.patch(f'{R}/{id}', {'name': f'N{n}'},
                  headers={'If-Match': etag}).status)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412, 412, 412], answers
    assert len(org.audit('extension', id)) == 2


@scenario
def every_answer_names_its_request(org):
    answer = org.get(R, headers={'X-Correlation-ID': 'abc-123'}).must(200)
    assert answer.headers['x-request-id'] == 'abc-123'
    answer = org.get(f'{R}/999', headers={'X-Correlation-ID': 'abc-124'})
    assert answer.must(404).json['request_id'] == 'abc-124'
    answer = org.get(R, headers={'X-Correlation-ID': '<b>'}).must(200)
    assert re.fullmatch(r'[0-9a-f-]{36}', answer.headers['x-request-id'])
    id = org.post(R, {'number': '10', 'name': 'x'},
                  headers={'X-Correlation-ID': 'made-it'}).must(201).id
    rows = org.sql('SELECT request_id, remote FROM audit_entry WHERE '
                   f"object_id = {id} AND object_type = 'extension' "
                   f'AND organization_id = {org.id}')
    assert rows == [['made-it', '127.0.0.1']], rows


if __name__ == '__main__':
    main(patient=False)
