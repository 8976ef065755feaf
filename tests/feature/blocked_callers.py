"""Blocked callers: how they are written down, and what befalls them."""
from support import main, only, scenario

R = '/blocked-callers'
NUMBER = '+442079460000'


def block(org, number=NUMBER, **more):
    return org.post(R, {'number': number, **more})


def routed(org, caller, *more):
    """What a caller meets who calls 1001."""
    number = org.number(90)
    if not org.sql(f'SELECT id FROM did WHERE organization_id = {org.id}'):
        ann = org.extension('1001', voicemail={'enabled': True})
        # By a change that is told, or the warmed cache would stay.
        org.patch(f'/dids/{org.did(number)}', {'target': {
            'type': 'extension', 'id': ann}}).must(200)
    return org.instance.ctl('route', '--org', org.slug, '--from', caller,
                            '--to', number, *more)


@scenario
def a_number_is_stored_as_e164(org):
    answer = block(org, '011 44 (20) 7946-0000').must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{data["id"]}'
    assert data['number'] == NUMBER and data['prefix'] is False
    assert data['action'] == 'reject' and data['note'] == ''
    assert data['expires_at'] is None
    assert org.get(f'{R}/{data["id"]}').must(200).data == data
    # The tenant's country says what a national number is.
    assert block(org, '(212) 555-0199').must(201).data[
        'number'] == '+12125550199'
    there = org.instance.organization(org.by, country='GB',
                                      timezone='Europe/London')
    assert block(there, '020 7946 0000').must(201).data['number'] == NUMBER
    only(block(there, '011 1 212 555 0199').must(422), 'number')


@scenario
def what_is_no_number_is_refused(org):
    for bad in ('', None, 'nobody', '+', '+1', '123', '911', '+0123456789',
                '+12125550199x', "+1' OR 1=1", '*67', '1' * 41,
                'sip:a@b.example', '+1212555019912345', 'anonymous2',
                '+1900', '１２１２５５５０１９９'):
        only(block(org, bad).must(422), 'number')
    for bad in (12125550199, True, ['+12125550199'], {}):
        only(block(org, bad).must(422), 'number')
    only(org.post(R, {}).must(422, number='required'), 'number')
    only(org.post(R, {'number': NUMBER, 'pattern': NUMBER}).must(422),
         'pattern')
    assert org.get(R).json['meta']['total'] == 0


@scenario
def a_prefix_is_how_numbers_begin(org):
    for bad in ('1900', '900', '00', '+', '+0', '+01', 'anonymous', '',
                '+12a', '++1', '+1234567890123456', '0044', '+1 900 x'):
        answer = block(org, bad, prefix=True).must(422)
        only(answer, 'prefix' if bad == 'anonymous' else 'number')
    for good, stored in (('+1900', '+1900'), ('+1', '+1'),
                         ('+44 (20) 79', '+442079'),
                         ('+123456789012345', '+123456789012345')):
        assert block(org, good, prefix=True).must(201).data[
            'number'] == stored
    # A whole number can be one, too; the reverse cannot.
    id = block(org, '+12125550199').id
    org.patch(f'{R}/{id}', {'prefix': True}).must(200)
    org.patch(f'{R}/{id}', {'number': '+12125'}).must(200)
    only(org.patch(f'{R}/{id}', {'prefix': False}).must(422), 'number')


@scenario
def the_same_is_blocked_once(org):
    first = block(org).id
    block(org, '00 44 20 7946 0000').must(422, number='taken')
    block(org, prefix=True).must(201)
    block(org, prefix=True).must(422, number='taken')
    block(org, 'anonymous').must(201)
    block(org, 'Anonymous').must(422, number='taken')
    block(org.instance.organization(org.by)).must(201)
    org.delete(f'{R}/{first}').must(204)
    second = block(org).id
    org.post(f'{R}/{first}/restore').must(422, number='taken')
    org.delete(f'{R}/{second}').must(204)
    org.post(f'{R}/{first}/restore').must(200)


@scenario
def bounds_of_the_rest(org):
    def refused(field, *values):
        for value in values:
            only(block(org, **{field: value}).must(422), field)

    refused('action', 'hangup', '', None, 1, 'Reject')
    refused('prefix', None, 'true', 1)
    refused('note', 'x' * 501, 'a\x07b', 7)
    refused('expires_at', 'tomorrow', 5, '2026-13-01T00:00:00Z', True)
    refused('colour', 'red')
    data = block(org, action='busy', note='é' * 500,
                 expires_at='2999-01-01T00:00:00+01:00').must(201).data
    assert data['expires_at'] == '2998-12-31T23:00:00Z'
    assert org.patch(f'{R}/{data["id"]}', {
        'note': None, 'expires_at': None}).must(200).data['note'] == ''


@scenario
def it_expires_later(org):
    for past in ('2001-01-01T00:00:00Z', '1970-01-01T00:00:00.001Z'):
        only(block(org, expires_at=past).must(422, expires_at='later'),
             'expires_at')
    id = block(org, expires_at='2999-01-01T00:00:00Z').id
    only(org.patch(f'{R}/{id}', {
        'expires_at': '2001-01-01T00:00:00Z'}).must(422), 'expires_at')
    # What has expired can be changed otherwise.
    org.sql("UPDATE blocked_caller SET expires_at = '2001-01-01'"
            f' WHERE id = {id}')
    data = org.patch(f'{R}/{id}', {'note': 'was rude'}).must(200).data
    assert data['expires_at'] == '2001-01-01T00:00:00Z'
    org.put(f'{R}/{id}', data).must(200)


@scenario
def the_blocked_are_turned_away(org):
    assert '<Number>1001</Number>' in routed(org, NUMBER)
    id = block(org, '011 44 20 7946 0000').id
    assert '<Reject' in routed(org, NUMBER)
    assert '<Reject' in routed(org, '442079460000')
    assert '<Number>1001</Number>' in routed(org, '+442079460001')
    org.patch(f'{R}/{id}', {'action': 'busy'}).must(200)
    assert 'reason="busy"' in routed(org, NUMBER)
    org.patch(f'{R}/{id}', {'action': 'voicemail'}).must(200)
    assert '<Record' in routed(org, NUMBER)
    org.patch(f'{R}/{id}', {'action': 'reject',
                            'expires_at': '2998-01-01T00:00:00Z'}).must(200)
    assert '<Reject' in routed(org, NUMBER, '--at', '2997-12-31T23:59:59Z')
    assert '<Number>1001</Number>' in routed(
        org, NUMBER, '--at', '2998-01-01T00:00:00Z')
    org.delete(f'{R}/{id}').must(204)
    assert '<Number>1001</Number>' in routed(org, NUMBER)
    org.post(f'{R}/{id}/restore').must(200)
    assert '<Reject' in routed(org, NUMBER)


@scenario
def beginnings_and_the_hidden_are_turned_away(org):
    assert '<Number>1001</Number>' in routed(org, 'anonymous')
    block(org, '+4420', prefix=True).must(201)
    assert '<Reject' in routed(org, NUMBER)
    assert '<Number>1001</Number>' in routed(org, '+441614960000')
    assert '<Number>1001</Number>' in routed(org, 'anonymous')
    assert block(org, 'ANONYMOUS').must(201).data['number'] == 'anonymous'
    for caller in ('anonymous', 'Restricted'):
        assert '<Reject' in routed(org, caller)
    assert '<Number>1001</Number>' in routed(org, '+441614960000')


@scenario
def they_are_listed_and_found(org):
    block(org, note='sells windows', action='busy').must(201)
    block(org, '+1900', prefix=True).must(201)
    block(org, 'anonymous').must(201)

    def numbers(query):
        return [each['number'] for each in
                org.get(f'{R}?{query}').must(200).data]

    assert numbers('') == ['+1900', NUMBER, 'anonymous']
    assert numbers('sort=-number')[0] == 'anonymous'
    assert numbers('prefix=true') == ['+1900']
    assert numbers('action=busy') == [NUMBER]
    assert numbers('q=windows') == [NUMBER]
    assert numbers('q=7946') == [NUMBER]
    for bad in ('action=x', 'prefix=x', 'sort=note', 'pattern=x'):
        org.get(f'{R}?{bad}').must(422)
    text = org.get(R, accept='text/csv').must(200).text
    assert 'sells windows' in text and len(text.splitlines()) == 4


@scenario
def a_form_blocks_a_caller(org):
    answer = org.form(R, {'number': '(212) 555-0199', 'prefix': 'false',
                          'action': 'busy', 'note': 'a\r\nb',
                          'expires_at': ''}).must(303)
    data = org.get(answer.headers['location'][len('/cgi-bin'):]).data
    assert data['number'] == '+12125550199' and data['action'] == 'busy'
    page = org.form(R, {'number': '<i>', 'action': 'busy'}).must(422).text
    assert '&lt;i&gt;' in page and '<i>' not in page
    assert 'it' in org.page(f'{R}/{data["id"]}/delete').must(200).text
    org.form(f'{R}/{data["id"]}', {'_method': 'DELETE'}).must(303)
    org.get(f'{R}/{data["id"]}').must(404)


@scenario
def every_change_is_audited(org):
    id = block(org).id
    org.patch(f'{R}/{id}', {'number': 'nobody'}).must(422)
    org.patch(f'{R}/{id}', {'number': '+12125550199'}).must(200)
    org.delete(f'{R}/{id}').must(204)
    rows = org.audit('blocked_caller', id)
    assert [row[0] for row in rows] == ['create', 'update', 'delete']
    assert rows[1][1]['number'] == NUMBER
    assert rows[1][2]['number'] == '+12125550199'


@scenario
def admins_change_and_others_read(org):
    id = block(org).id
    for role in ('agent', 'user'):
        they = org.as_(role)
        they.get(R).must(200)
        they.get(f'{R}/{id}').must(200)
        block(they, '+12125550199').must(403)
        they.put(f'{R}/{id}', {'number': NUMBER}).must(403)
        they.patch(f'{R}/{id}', {'note': 'x'}).must(403)
        they.delete(f'{R}/{id}').must(403)
        they.post(f'{R}/{id}/restore').must(403)
        they.page(f'{R}/new').must(403)
    org.as_('owner', 'blocked-callers:read').delete(f'{R}/{id}').must(403)
    org.as_('admin').patch(f'{R}/{id}', {'note': 'x'}).must(200)
    there = org.instance.organization(org.by)
    there.get(f'{R}/{id}').must(404)
    there.patch(f'{R}/{id}', {'note': 'x'}).must(404)
    there.delete(f'{R}/{id}').must(404)
    there.post(f'{R}/{id}/restore').must(404)


@scenario
def there_are_as_many_as_a_call_can_read(org):
    org.sql('INSERT INTO blocked_caller (organization_id, pattern, action)'
            f" SELECT {org.id}, CONCAT('+1212555', 1000 + seq), 'reject'"
            ' FROM seq_1_to_9999')
    block(org).must(201)
    block(org, '+442079460001').must(409, 'CONFLICT')
    heard = routed(org, NUMBER)
    assert '<Reject/>' in heard, heard
    id = org.sql('SELECT MIN(id) FROM blocked_caller WHERE organization_id ='
                 f' {org.id}')[0][0]
    org.delete(f'{R}/{id}').must(204)
    block(org, '+442079460001').must(201)
    org.post(f'{R}/{id}/restore').must(409, 'CONFLICT')


if __name__ == '__main__':
    main()
