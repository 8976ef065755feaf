"""Business hours: a copy, open or closed by hand, and how they stand now."""
from schedules import HANGUP, R, Office, make, period, span, to
from support import main, only, scenario


@scenario
def hours_are_duplicated(org):
    ann = org.extension('1001')
    made = make(org, timezone='Europe/London', open=to('extension', ann),
                exception=to('voicemail', ann),
                periods=[period(1, '09:00', '17:00'),
                         period(5, '22:00', '02:00')],
                exceptions=[{'name': 'Xmas', 'from': '12-24', 'to': '01-02',
                             'yearly': True,
                             'periods': [span('09:00', '10:00')]},
                            {'from': '2026-07-03'}],
                override={'state': 'closed',
                          'until': '2999-01-01T00:00:00Z'}).must(201).data
    path = f'{R}/{made["id"]}'
    answer = org.post(f'{path}/duplicate', {'name': 'Second'}).must(201)
    copy = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{copy["id"]}'
    own = ('id', 'name', 'override', 'created_at', 'updated_at')
    assert {key: value for key, value in copy.items() if key not in own} == {
        key: value for key, value in made.items() if key not in own}
    assert (copy['name'], copy['override']) == (
        'Second', {'state': None, 'until': None})
    assert org.get(path).data == made
    # Each goes its own way from here.
    org.patch(f'{R}/{copy["id"]}', {'periods': []}).must(200)
    assert org.get(path).data == made
    for name in ('', None, 'x' * 101, 7, 'a\nb'):
        only(org.post(f'{path}/duplicate', {'name': name}).must(422), 'name')
    only(org.post(f'{path}/duplicate', {}).must(422, name='required'), 'name')
    only(org.post(f'{path}/duplicate', {'name': 'Second'}).must(
        422, name='taken'), 'name')
    only(org.post(f'{path}/duplicate', {'name': 'c', 'open': HANGUP}).must(
        422), 'open')
    org.post(f'{R}/999999/duplicate', {'name': 'c'}).must(404)
    there = org.instance.organization(org.by)
    there.post(f'{path}/duplicate', {'name': 'c'}).must(404)
    for role in ('agent', 'user'):
        org.as_(role).post(f'{path}/duplicate', {'name': 'c'}).must(403)
    assert [row[0] for row in org.audit('business_hours', copy['id'])] == [
        'create', 'update']


@scenario
def an_override_is_set_and_taken_back(org):
    office = Office(org, timezone='UTC', periods=[
        period(day, '09:00', '17:00') for day in range(7)])
    path = f'{R}/{office.id}'
    night = '2026-11-23T20:00:00Z'
    assert office.at(night) == 'closed'
    data = org.post(f'{path}/override', {'override': 'open'}).must(200).data
    assert data['override'] == {'state': 'open', 'until': None}
    assert office.at(night) == 'open'
    data = org.post(f'{path}/override', {
        'override': 'closed', 'until': '2999-01-01T01:00:00+01:00'}).must(
        200).data
    assert data['override'] == {'state': 'closed',
                                'until': '2999-01-01T00:00:00Z'}
    assert office.at('2998-12-31T12:00:00Z') == 'closed'
    assert office.at('2999-01-01T12:00:00Z') == 'open'
    # The one before does not linger in the next.
    assert org.post(f'{path}/override', {'override': 'open'}).must(
        200).data['override']['until'] is None
    assert org.delete(f'{path}/override').must(200).data['override'] == {
        'state': None, 'until': None}
    org.delete(f'{path}/override').must(200)
    assert office.at(night) == 'closed'
    org.post(f'{path}/override', {'override': 'open'}).must(200)
    assert org.post(f'{path}/override', {'override': 'none'}).must(
        200).data['override']['state'] is None
    for body, field in (
            ({'override': 'ajar'}, 'override'), ({'override': 7}, 'override'),
            ({'override': None}, 'override'),
            ({'override': 'open', 'until': '2001-01-01T00:00:00Z'}, 'until'),
            ({'override': 'open', 'until': 'noon'}, 'until'),
            ({'override': 'none', 'until': '2999-01-01T00:00:00Z'}, 'until'),
            ({'until': '2999-01-01T00:00:00Z'}, 'until'),
            ({'override': 'open', 'state': 'x'}, 'state')):
        only(org.post(f'{path}/override', body).must(422), field)
    there = org.instance.organization(org.by)
    there.post(f'{path}/override', {'override': 'open'}).must(404)
    there.delete(f'{path}/override').must(404)
    for role in ('agent', 'user'):
        org.as_(role).post(f'{path}/override', {'override': 'open'}).must(403)
        org.as_(role).delete(f'{path}/override').must(403)
    tag = org.get(path).headers['etag']
    org.post(f'{path}/override', {'override': 'open'},
             headers={'If-Match': tag}).must(200)
    org.delete(f'{path}/override', headers={'If-Match': tag}).must(412)


@scenario
def its_status_is_what_a_call_finds(org):
    office = Office(org, periods=[period(day, '09:00', '17:00')
                                  for day in range(1, 6)], exceptions=[
        {'name': 'Xmas', 'from': '12-25', 'yearly': True},
        {'name': 'Half', 'from': '2026-12-24',
         'periods': [span('09:00', '12:00')]}])
    path = f'{R}/{office.id}/status'

    def status(at):
        data = org.get(f'{path}?at={at}').must(200).data
        assert data['at'] == at and data['open'] is (data['state'] == 'open')
        assert data['state'] == office.at(at), at
        return data

    # New York: UTC-5 in winter, and in summer UTC-4.
    for at, state, until in (
            ('2026-11-23T13:59:59Z', 'closed', '2026-11-23T14:00:00Z'),
            ('2026-11-23T14:00:00Z', 'open', '2026-11-23T22:00:00Z'),
            ('2026-11-27T22:00:00Z', 'closed', '2026-11-30T14:00:00Z'),
            ('2026-07-06T12:59:59Z', 'closed', '2026-07-06T13:00:00Z'),
            ('2026-12-24T14:00:00Z', 'open', '2026-12-24T17:00:00Z'),
            ('2026-12-24T17:00:00Z', 'exception', '2026-12-26T05:00:00Z'),
            ('2026-12-25T15:00:00Z', 'exception', '2026-12-26T05:00:00Z')):
        data = status(at)
        assert (data['state'], data['next_change_at']) == (state, until), at
        assert data['overridden'] is False
    assert status('2026-12-24T15:00:00Z')['exception'] == 'Half'
    data = status('2026-12-25T15:00:00Z')
    assert data['exception'] == 'Xmas'
    shown = org.get(f'{R}/{office.id}').data
    assert data['target'] == shown['exception']
    assert status('2026-11-23T14:00:00Z')['target'] == shown['open']
    assert status('2026-11-22T14:00:00Z')['target'] == shown['closed']
    org.patch(f'{R}/{office.id}', {'exception': None}).must(200)
    assert org.get(f'{path}?at=2026-12-25T15:00:00Z').data['target'] == \
        shown['closed']
    office.change(exception=shown['exception'])
    org.post(f'{R}/{office.id}/override', {
        'override': 'open', 'until': '2998-01-01T00:00:00Z'}).must(200)
    data = org.as_('user').get(path).must(200).data
    assert (data['open'], data['overridden']) == (True, True)
    org.post(f'{R}/{office.id}/override', {'override': 'closed'}).must(200)
    data = status('2026-11-23T14:00:00Z')
    assert (data['open'], data['next_change_at']) == (False, None)
    org.delete(f'{R}/{office.id}/override').must(200)
    for query, field in (('at=noon', 'at'), ('at=x&when=1', 'at'),
                         ('when=1', 'when'), ('at=9999-12-31T00:00:00Z',
                                              'at')):
        answer = org.get(f'{path}?{query}').must(422)
        assert field in answer.errors
    org.get(f'{path}?at=0001-01-01T00:00:00Z').must(422, at='')
    org.get(f'{path}?organization_id={org.id}').must(200)
    org.get(f'{R}/999999/status').must(404)
    there = org.instance.organization(org.by)
    there.get(path).must(404)


@scenario
def a_browser_overrides_and_duplicates(org):
    id = make(org).must(201).id
    page = org.page(f'{R}/{id}').must(200).text
    assert f'action="/cgi-bin{R}/{id}/override"' in page
    assert f'action="/cgi-bin{R}/{id}/duplicate"' in page
    assert f'href="/cgi-bin{R}/{id}/status"' in page
    page = org.as_('user').page(f'{R}/{id}').must(200).text
    assert '/override"' not in page and f'{R}/{id}/status"' in page
    done = org.form(f'{R}/{id}/override', {'override': 'open',
                                           'until': ''}).must(303)
    assert done.headers['location'] == f'/cgi-bin{R}/{id}'
    assert org.get(f'{R}/{id}').data['override']['state'] == 'open'
    refused = org.form(f'{R}/{id}/override', {
        'override': 'closed', 'until': 'noon <b>'}).must(422)
    assert 'must be an instant' in refused.text
    assert 'noon &lt;b&gt;' in refused.text and 'selected' in refused.text
    org.form(f'{R}/{id}/override', {'_method': 'DELETE'}).must(303)
    assert org.get(f'{R}/{id}').data['override']['state'] is None
    refused = org.form(f'{R}/{id}/duplicate', {'name': 'Office'}).must(422)
    assert 'taken' in refused.text and 'value="Office"' in refused.text
    copy = org.form(f'{R}/{id}/duplicate', {'name': 'Copy'}).must(303)
    assert 'value="Copy"' in org.page(
        copy.headers['location'].removeprefix('/cgi-bin')).must(200).text
    page = org.page(f'{R}/{id}/status').must(200).text
    assert 'Open' in page and 'closed' in page


if __name__ == '__main__':
    main()
