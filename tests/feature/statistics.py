"""Statistics: of calls by hour, day, state, number and extension; of CDRs by
hour, day, disposition and number."""
from support import main, only, scenario

R = '/calls'


def add(org, n, **more):
    """A call n minutes after noon."""
    return org.insert('`call`', **{
        'call_key': f'k{n}', 'direction': 'inbound', 'state': 'completed',
        'started_at': f'2026-03-10 12:{n:02}:00', **more})


@scenario
def statistics_count_by_hour_day_disposition_and_number(org):
    there = org.instance.organization(org.by)
    for tenant, hour, direction, disposition, calls in (
            (org, '2026-03-10 12:00:00', 'inbound', 'answered', 3),
            (org, '2026-03-10 12:00:00', 'inbound', 'busy', 1),
            (org, '2026-03-10 12:00:00', 'outbound', 'answered', 2),
            (org, '2026-03-10 13:00:00', 'inbound', 'no_answer', 4),
            (org, '2026-04-30 13:00:00', 'inbound', 'answered', 9),
            (there, '2026-03-10 12:00:00', 'inbound', 'answered', 7)):
        tenant.sql('INSERT INTO cdr_hour (organization_id, hour, direction,'
                   f" disposition, calls, duration) VALUES ({tenant.id},"
                   f" '{hour}', '{direction}', '{disposition}', {calls},"
                   f' {calls * 10})')
    for day, number, direction, calls in (
            ('2026-03-09', '+12125550100', 'inbound', 5),
            ('2026-03-10', '+12125550100', 'inbound', 3),
            ('2026-03-10', '+12125550101', 'inbound', 4),
            ('2026-03-10', '', 'outbound', 2)):
        org.sql('INSERT INTO cdr_day (organization_id, day, number,'
                f' direction, calls, answered, duration) VALUES ({org.id},'
                f" '{day}', '{number}', '{direction}', {calls}, 1, 10)")

    def found(query):
        rows = org.get(f'/cdrs/statistics?{query}').must(200).data
        return [(row['group'], row['calls'], row['answered'],
                 row['duration']) for row in rows]
    march = 'from=2026-03-01&to=2026-03-31'
    assert found(march) == found(f'{march}&by=hour') == [
        ('2026-03-10T12:00:00Z', 6, 5, 60),
        ('2026-03-10T13:00:00Z', 4, 0, 40)]
    assert found(f'{march}&direction=outbound') == [
        ('2026-03-10T12:00:00Z', 2, 2, 20)]
    assert found(f'{march}&by=disposition') == [
        ('answered', 5, 5, 50), ('no_answer', 4, 0, 40), ('busy', 1, 0, 10)]
    assert found(f'{march}&by=day') == [
        ('2026-03-09', 5, 1, 10), ('2026-03-10', 9, 3, 30)]
    assert found('from=2026-03-10&to=2026-03-10&by=day') == [
        ('2026-03-10', 9, 3, 30)]
    assert found(f'{march}&by=number') == [
        ('+12125550100', 8, 2, 20), ('+12125550101', 4, 1, 10)]
    assert found('from=2026-03-10T13:00:00Z&to=2026-03-10T14:00:00Z') == [
        ('2026-03-10T13:00:00Z', 4, 0, 40)]
    # Of years, more seconds than an int has.
    org.sql('INSERT INTO cdr_hour (organization_id, hour, direction,'
            f' disposition, calls, duration) VALUES ({org.id},'
            " '2028-03-10 12:00:00', 'inbound', 'answered', 4000000000,"
            ' 90000000000)')
    assert found('from=2028-03-10&to=2028-03-10') == [
        ('2028-03-10T12:00:00Z', 4000000000, 4000000000, 90000000000)]
    assert found('from=2027-01-01&to=2027-01-02') == []
    assert found('') == []
    page = org.page(f'/cdrs/statistics?{march}&by=day').must(200).text
    assert '2026-03-09' in page and 'name="by"' in page
    # None of these is a call that we know of.
    assert org.get(f'{R}/statistics?{march}').must(200).data == []


@scenario
def calls_were_counted_by_their_records(org):
    """A call without a CDR counted for nothing, one with two for two."""
    number = org.number(7)
    did = org.did(number)
    add(org, 1, duration=10, answered_at='2026-03-10 12:01:05', did_id=did)
    add(org, 2, state='no_answer', did_id=did, duration=20)
    add(org, 3, state='busy', started_at='2026-03-11 03:59:59',
        direction='outbound')
    add(org, 4, started_at='2026-03-11 04:00:00')

    def found(query, resource=R):
        rows = org.get(f'{resource}/statistics?from=2026-03-01&to=2026-03-31'
                       f'&{query}').must(200).data
        return [(row['group'], row['calls'], row['answered'],
                 row['duration']) for row in rows]
    assert found('by=hour') == [
        ('2026-03-10T12:00:00Z', 2, 1, 30), ('2026-03-11T03:00:00Z', 1, 0, 0),
        ('2026-03-11T04:00:00Z', 1, 0, 0)]
    # In New York, four hours behind.
    assert found('by=day') == [('2026-03-10', 3, 1, 30),
                               ('2026-03-11', 1, 0, 0)]
    assert found('by=state') == [
        ('completed', 2, 1, 10), ('busy', 1, 0, 0), ('no_answer', 1, 0, 20)]
    assert found('by=number') == [(number, 2, 1, 30)]
    assert found('by=hour&direction=outbound') == [
        ('2026-03-11T03:00:00Z', 1, 0, 0)]
    for by in ('hour', 'day', 'disposition', 'number'):
        assert found(f'by={by}', '/cdrs') == []
    page = org.page(f'{R}/statistics?from=2026-03-01&to=2026-03-31'
                    '&by=state').must(200).text
    assert 'no_answer' in page and 'name="by"' in page
    # Each counts what its name says.
    only(org.get(f'{R}/statistics?by=disposition').must(422), 'by')
    only(org.get('/cdrs/statistics?by=extension').must(422), 'by')


@scenario
def statistics_count_by_extension(org):
    ann, bob = org.extension('1001'), org.extension('1002')
    add(org, 1, extension_id=ann, duration=10,
        answered_at='2026-03-10 12:01:05')
    add(org, 2, extension_id=ann)
    add(org, 3, from_extension_id=ann, extension_id=bob)
    add(org, 4, from_extension_id=bob, extension_id=bob)
    add(org, 5)
    add(org, 6, extension_id=bob, started_at='2025-01-01')
    add(org, 7, extension_id=bob, direction='outbound')
    rows = org.get(f'{R}/statistics?by=extension&from=2026-03-10'
                   '&to=2026-03-10').must(200).data
    assert rows == [
        {'group': str(ann), 'label': '1001', 'calls': 3, 'answered': 1,
         'duration': 10},
        {'group': str(bob), 'label': '1002', 'calls': 3, 'answered': 0,
         'duration': 0}]
    rows = org.get(f'{R}/statistics?by=extension&from=2026-03-10'
                   '&to=2026-03-10&direction=outbound').must(200).data
    assert [(row['label'], row['calls']) for row in rows] == [('1002', 1)]


@scenario
def statistics_have_bounds(org):
    for query, field in (
            ('by=colour', 'by'), ('direction=x', 'direction'),
            ('from=x', 'from'), ('to=x', 'to'), ('sort=group', 'sort'),
            ('from=2026-03-02&to=2026-02-28', 'from'),
            ('by=hour&from=2026-01-01&to=2026-12-31', 'from'),
            ('by=extension&from=2026-01-01&to=2026-04-05', 'from'),
            ('by=day&from=2020-01-01&to=2026-04-05', 'from')):
        only(org.get(f'{R}/statistics?{query}').must(422), field)
        if 'extension' not in query:
            only(org.get(f'/cdrs/statistics?{query}').must(422), field)
    org.get(f'{R}/statistics?by=hour&from=2026-01-01&to=2026-04-02').must(
        200)
    org.get('/cdrs/statistics?by=day&from=2024-01-01&to=2026-12-31').must(
        200)
    for role, status in (('owner', 200), ('admin', 200), ('agent', 200),
                         ('user', 403)):
        org.as_(role).get(f'{R}/statistics').must(status)
    for role, status in (('owner', 200), ('admin', 200), ('agent', 403)):
        org.as_(role).get(f'{R}/statistics?by=extension').must(status)



@scenario
def what_is_asked_again_was_an_error(org):
    """Of a process that had the statement prepared already."""
    did = org.insert('did', number=org.number(3), name='Front')
    add(org, 1, did_id=did)
    for responder, groups in (
            ('calls', ('hour', 'day', 'state', 'number', 'extension')),
            ('cdrs', ('hour', 'day', 'disposition', 'number'))):
        for by in groups:
            path = (f'/{responder}/statistics?by={by}&from=2026-03-01'
                    '&to=2026-03-31')
            first = org.get(path).must(200).data
            for _ in range(8):
                assert org.get(path).must(200).data == first, path
    assert len(org.get('/calls/statistics?by=number&from=2026-03-01'
                       '&to=2026-03-31').data) == 1


if __name__ == '__main__':
    main()
