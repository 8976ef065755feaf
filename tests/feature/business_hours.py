"""Business hours: periods, exceptions, overrides, and where calls go."""
import re

from schedules import HANGUP, R, Office, make, period, span, to
from support import main, only, scenario


def merged(org, *periods):
    """What becomes of the periods of a week, as (day, from, to)."""
    data = make(org, 'm', periods=[period(*each) for each in periods]).must(
        201).data
    org.delete(f'{R}/{data["id"]}').must(204)
    return [(each['day'], each['from'], each['to'])
            for each in data['periods']]


@scenario
def new_hours_have_what_nobody_said(org):
    answer = make(org).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{data["id"]}'
    assert data['timezone'] is None and data['exception'] is None
    assert data['periods'] == [] and data['exceptions'] == []
    assert data['override'] == {'state': None, 'until': None}
    assert data['open'] == data['closed'] == HANGUP
    assert org.get(f'{R}/{data["id"]}').must(200).data == data


@scenario
def all_complaints_come_at_once(org):
    only(org.post(R, {}).must(422), 'name', 'open', 'closed')
    only(org.post(R, {'name': '', 'open': None, 'closed': 'x',
                      'timezone': 'Mars', 'override': {'state': 'ajar'},
                      'periods': 7, 'exceptions': {}, 'colour': 1}).must(
        422), 'name', 'open', 'closed', 'timezone', 'override.state',
        'periods', 'exceptions', 'colour')


@scenario
def a_zone_is_one_of_the_iana_database(org):
    for bad in ('Mars/Base', 'EST5EDT,M3.2.0,M11.1.0', '../../etc/passwd',
                '/etc/localtime', 'localtime', 'posixrules', 'x' * 65,
                'Europe/london', 'Europe/', 'Europe', 'UTC+1', 7, True, [],
                "Europe/London' --", 'Europe/Lon\ndon'):
        only(make(org, timezone=bad).must(422), 'timezone')
    for n, good in enumerate(('Europe/London', 'UTC', 'Asia/Kolkata',
                              'America/Argentina/Ushuaia', None, '')):
        data = make(org, f'z{n}', timezone=good).must(201).data
        assert data['timezone'] == (good or None)


@scenario
def times_of_day_are_hours_and_minutes(org):
    for bad in ('9:00', '09.00', '24:01', '25:00', '09:60', '0900', '09:00 x',
                ' ', '', None, '-9:00', '+9:00', '09:0', '٠٩:٠٠'):
        answer = make(org, periods=[period(1, bad, '17:00')]).must(422)
        only(answer, 'periods.0.from')
        answer = make(org, periods=[period(1, '09:00', bad)]).must(422)
        only(answer, 'periods.0.to')
        only(make(org, exceptions=[{
            'from': '2026-12-24', 'periods': [span(bad, '17:00')]}]).must(
            422), 'exceptions.0.periods.0.from')
    for bad in (9, 540, True, [], {}):
        only(make(org, periods=[period(1, bad, '17:00')]).must(422),
             'periods.0.from')
    only(make(org, periods=[period(1, '24:00', '24:00')]).must(
        422, periods__0__from='before 24:00'), 'periods.0.from')
    only(make(org, periods=[{'day': 1}]).must(422), 'periods.0.from',
         'periods.0.to')


@scenario
def days_are_zero_to_six(org):
    for bad in (-1, 7, 1.5, '1', 'monday', True):
        only(make(org, periods=[period(bad, '09:00', '17:00')]).must(422),
             'periods.0.day')
    only(make(org, periods=[period(1, '09:00', '17:00'),
                            span('09:00', '17:00')]).must(
        422, periods__1__day='required'), 'periods.1.day')
    only(make(org, periods=[period(None, '09:00', '17:00')]).must(422),
         'periods.0.day')
    week = [(day, '09:00', '17:00') for day in range(7)]
    assert merged(org, *reversed(week)) == week


@scenario
def overlaps_of_a_day_become_one(org):
    assert merged(org, (1, '09:00', '13:00'), (1, '12:00', '17:00')) == [
        (1, '09:00', '17:00')]
    assert merged(org, (1, '12:00', '13:00'), (1, '09:00', '17:00'),
                  (1, '09:00', '10:00')) == [(1, '09:00', '17:00')]
    assert merged(org, (1, '09:00', '12:00'), (1, '12:00', '17:00')) == [
        (1, '09:00', '17:00')]
    assert merged(org, (1, '09:00', '17:00'), (1, '09:00', '17:00')) == [
        (1, '09:00', '17:00')]
    apart = [(1, '09:00', '12:00'), (1, '12:01', '17:00'),
             (2, '09:00', '17:00')]
    assert merged(org, *apart) == apart
    assert merged(org, (5, '18:00', '02:00'), (5, '20:00', '24:00')) == [
        (5, '18:00', '02:00')]
    assert merged(org, (5, '18:00', '00:00')) == [(5, '18:00', '24:00')]
    assert merged(org, (5, '00:00', '00:00')) == [(5, '00:00', '24:00')]
    assert merged(org, (5, '09:00', '09:00')) == [(5, '09:00', '09:00')]


@scenario
def what_crosses_midnight_ends_where_the_next_day_goes_on(org):
    assert merged(org, (6, '22:00', '06:00'), (0, '05:00', '12:00')) == [
        (0, '05:00', '12:00'), (6, '22:00', '05:00')]
    assert merged(org, (1, '22:00', '06:00'), (2, '00:00', '12:00')) == [
        (1, '22:00', '24:00'), (2, '00:00', '12:00')]
    # An exception on Monday leaves Tuesday's own.
    inside = [(1, '22:00', '06:00'), (2, '02:00', '04:00')]
    assert merged(org, *inside) == inside


@scenario
def periods_have_a_bound(org):
    many = [period(n % 7, f'{n // 7 % 24:02}:{n // 168 * 2:02}',
                   f'{n // 7 % 24:02}:{n // 168 * 2 + 1:02}')
            for n in range(501)]
    only(make(org, periods=many).must(422, periods='at most 500'), 'periods')
    assert len(make(org, periods=many[:500]).must(201).data[
        'periods']) == 500
    only(make(org, 'e', exceptions=[{'from': '2026-12-24'}] * 1001).must(
        422, exceptions='at most 1000'), 'exceptions')
    only(make(org, 'p', exceptions=[{
        'from': '2026-12-24', 'periods': [span('09:00', '10:00')] * 501}])
        .must(422), 'exceptions.0.periods')


@scenario
def dates_are_dates_that_there_are(org):
    for bad in ('2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31',
                '2026-1-1', '12-24', '24.12.2026', '2026-12-24T', 'today',
                '0000-00-00', '1969-12-31', '2026/12/24', '+026-12-24'):
        only(make(org, exceptions=[{'from': bad}]).must(
            422, exceptions__0__from='like 2026-12-24'
            if len(bad) < 11 else 'at most'), 'exceptions.0.from')
        only(make(org, exceptions=[{'from': '1980-01-01', 'to': bad}]).must(
            422), 'exceptions.0.to')
    for bad in ('02-30', '13-01', '00-10', '2026-12-24', '1-1', '12-', '24'):
        only(make(org, exceptions=[{'from': bad, 'yearly': True}]).must(
            422, exceptions__0__from='like 12-24'), 'exceptions.0.from')
        only(make(org, exceptions=[{'from': '01-01', 'to': bad,
                                    'yearly': True}]).must(422),
             'exceptions.0.to')
    for bad in (None, '', 20261224, [], True):
        only(make(org, exceptions=[{'from': bad}]).must(422),
             'exceptions.0.from')
    only(make(org, exceptions=[{'from': '2026-12-26', 'to': '2026-12-24'}])
         .must(422, exceptions__0__to='before'), 'exceptions.0.to')


@scenario
def each_wrong_exception_is_named(org):
    answer = make(org, exceptions=[
        {'from': '2026-12-24', 'name': 'x' * 101},
        {'from': '2026-12-24', 'yearly': None},
        {'from': '2026-12-24', 'yearly': 'yes'},
        {'from': '2026-12-24', 'colour': 1},
        {'from': '2026-12-24', 'periods': [span('09:00', '08:00')]},
        {'from': '2026-12-24', 'periods': [period(1, '09:00', '10:00')]},
        {'from': '2026-12-24', 'periods': [span('09:00', '10:00'), 7]},
        {'to': '2026-12-24'}, {'from': '2026-12-24', 'periods': 'closed'}])
    only(answer.must(422, exceptions__4__periods__0__to='end at 24:00',
                     exceptions__5__periods__0__day='is no field'),
         'exceptions.0.name', 'exceptions.1.yearly', 'exceptions.2.yearly',
         'exceptions.3.colour', 'exceptions.4.periods.0.to',
         'exceptions.5.periods.0.day', 'exceptions.6.periods.1',
         'exceptions.6.periods.1.from', 'exceptions.6.periods.1.to',
         'exceptions.7.from', 'exceptions.8.periods')


@scenario
def exceptions_keep_their_order_and_their_own_periods(org):
    said = [
        {'name': 'Xmas', 'from': '12-24', 'to': '01-02', 'yearly': True,
         'periods': [span('13:00', '15:00'), span('09:00', '10:00'),
                     span('14:00', '00:00')]},
        {'from': '2026-07-03', 'to': None},
        {'from': '02-29', 'yearly': True, 'periods': None},
        {'from': '2026-01-01', 'to': '2026-01-05',
         'periods': [span('00:00', '24:00')]}]
    data = make(org, exceptions=said).must(201).data
    assert data['exceptions'] == [
        {'name': 'Xmas', 'from': '12-24', 'to': '01-02', 'yearly': True,
         'periods': [span('09:00', '10:00'), span('13:00', '24:00')]},
        {'name': '', 'from': '2026-07-03', 'to': '2026-07-03',
         'yearly': False, 'periods': []},
        {'name': '', 'from': '02-29', 'to': '02-29', 'yearly': True,
         'periods': []},
        {'name': '', 'from': '2026-01-01', 'to': '2026-01-05',
         'yearly': False, 'periods': [span('00:00', '24:00')]}]
    path = f'{R}/{data["id"]}'
    assert org.get(path).must(200).data == data
    assert org.get(R).must(200).data == [data]
    # What was read can be sent back, in another order, too.
    assert org.put(path, data).must(200).data['exceptions'] == \
        data['exceptions']
    turned = data['exceptions'][::-1]
    assert org.patch(path, {'exceptions': turned}).must(200).data[
        'exceptions'] == turned
    assert org.patch(path, {'name': 'New'}).must(200).data[
        'exceptions'] == turned
    org.delete(path).must(204)
    assert org.post(f'{path}/restore').must(200).data['exceptions'] == turned
    rows = org.sql('SELECT COUNT(*) FROM business_hour_exception_period'
                   f' WHERE organization_id = {org.id} AND living = 1')
    assert rows == [['3']], rows


@scenario
def an_override_is_open_or_closed(org):
    for bad in ('ajar', 'OPEN', 'none', 1, True, []):
        only(make(org, override={'state': bad}).must(422), 'override.state')
    only(make(org, override={'until': '2999-01-01T00:00:00Z'}).must(
        422, override__until='belongs to'), 'override.until')
    for bad in ('2001-01-01T00:00:00Z', 'tomorrow', 5):
        only(make(org, override={'state': 'open', 'until': bad}).must(422),
             'override.until')
    for bad in ('open', 7, []):
        only(make(org, override=bad).must(422), 'override')
    id = make(org, override={'state': 'closed',
                             'until': '2999-01-01T00:00:00Z'}).must(201).id
    # One that is over can stay, and be taken back.
    org.sql("UPDATE business_hour SET override_until = '2001-01-01'"
            f' WHERE id = {id}')
    data = org.patch(f'{R}/{id}', {'name': 'New'}).must(200).data
    assert data['override'] == {'state': 'closed',
                                'until': '2001-01-01T00:00:00Z'}
    only(org.patch(f'{R}/{id}', {'override': {'state': None}}).must(422),
         'override.until')
    assert org.patch(f'{R}/{id}', {'override': None}).must(200).data[
        'override'] == {'state': None, 'until': None}


@scenario
def targets_are_needed_and_checked(org):
    id = make(org).id
    there = make(org.instance.organization(org.by)).id
    for field in ('open', 'closed', 'exception'):
        only(org.patch(f'{R}/{id}', {field: to('business_hours', id)}).must(
            422), f'{field}.id')
        for bad in (to('extension', 999999), to('business_hours', there)):
            only(org.patch(f'{R}/{id}', {field: bad}).must(422),
                 f'{field}.id')
        only(org.patch(f'{R}/{id}', {field: {
            'type': 'external', 'number': '+442079460000'}}).must(422),
            f'{field}.number')
        only(org.patch(f'{R}/{id}', {field: {'type': 'moon'}}).must(422),
             f'{field}.type')
    for field in ('open', 'closed'):
        only(org.patch(f'{R}/{id}', {field: None}).must(422), field)
    org.patch(f'{R}/{id}', {'exception': None}).must(200)


@scenario
def calls_go_by_the_week(org):
    office = Office(org, periods=[period(day, '09:00', '17:00')
                                  for day in range(1, 6)])
    # The organization is in New York: UTC-5 in winter, UTC-4 in summer.
    for instant, state in (('2026-11-23T13:59:59Z', 'closed'),
                           ('2026-11-23T14:00:00Z', 'open'),
                           ('2026-11-23T21:59:59Z', 'open'),
                           ('2026-11-23T22:00:00Z', 'closed'),
                           ('2026-07-06T13:00:00Z', 'open'),
                           ('2026-11-22T16:00:00Z', 'closed')):
        assert office.at(instant) == state, instant
    office.change(timezone='Asia/Kolkata')
    assert office.at('2026-11-23T03:30:00Z') == 'open'
    assert office.at('2026-11-23T14:00:00Z') == 'closed'
    office.change(periods=[period(0, '22:00', '02:00')],
                  timezone='UTC')
    assert office.at('2026-11-23T01:59:59Z') == 'open'
    assert office.at('2026-11-23T02:00:00Z') == 'closed'
    office.change(periods=[period(1, '00:00', '24:00')])
    assert office.at('2026-11-23T23:59:59Z') == 'open'
    assert office.at('2026-11-24T00:00:00Z') == 'closed'


@scenario
def calls_go_by_the_later_exception(org):
    every = [period(day, '00:00', '24:00') for day in range(7)]
    office = Office(org, timezone='UTC', periods=every, exceptions=[
        {'from': '12-24', 'to': '01-01', 'yearly': True},
        {'from': '2026-12-28', 'periods': [span('10:00', '12:00')]}])
    for instant, state in (('2026-12-23T23:59:59Z', 'open'),
                           ('2026-12-24T00:00:00Z', 'exception'),
                           ('2031-01-01T12:00:00Z', 'exception'),
                           ('2031-01-02T00:00:00Z', 'open'),
                           ('2026-12-28T09:59:59Z', 'exception'),
                           ('2026-12-28T10:00:00Z', 'open'),
                           ('2027-12-28T10:00:00Z', 'exception')):
        assert office.at(instant) == state, instant
    office.change(exceptions=list(reversed(office.change()['exceptions'])))
    assert office.at('2026-12-28T10:00:00Z') == 'exception'
    office.change(exception=None)
    assert office.at('2026-12-28T10:00:00Z') == 'closed'


@scenario
def an_override_goes_before_everything(org):
    office = Office(org, timezone='UTC', exceptions=[{'from': '2998-12-24'}])
    at = '2998-12-24T12:00:00Z'
    assert office.at(at) == 'exception'
    office.change(override={'state': 'open', 'until': at})
    assert office.at('2998-12-24T11:59:59Z') == 'open'
    assert office.at(at) == 'exception'
    office.change(override={'state': 'closed', 'until': None})
    assert office.at(at) == 'closed'
    office.change(override=None)
    assert office.at(at) == 'exception'


@scenario
def a_name_is_taken_once(org):
    first = make(org).id
    make(org).must(422, name='taken')
    make(org.instance.organization(org.by)).must(201)
    org.delete(f'{R}/{first}').must(204)
    make(org).must(201)
    org.post(f'{R}/{first}/restore').must(422, name='taken')


@scenario
def who_leads_to_hours_is_said_before_they_are_deleted(org):
    id = make(org).id
    here = to('business_hours', id)
    org.extension('1001', forward={'busy': here})
    org.post('/ivr-menus', {'name': 'Main', 'greeting': {'text': 'Hi.'},
                            'timeout': here, 'options': [
                                {'digits': '1', 'target': here}]}).must(201)
    make(org, 'Night', closed=here).must(201)
    org.did(org.number(0))
    org.sql("UPDATE did SET target_type = 'business_hours', target_id = "
            f'{id} WHERE organization_id = {org.id}')
    answer = org.delete(f'{R}/{id}').must(409, 'CONFLICT')
    said = sorted((each['type'], each['name'])
                  for each in answer.json['references'])
    assert said == [('business_hours', 'Night'), ('did', org.number(0)),
                    ('extension', 'Ann'), ('ivr_menu', 'Main')], said
    org.get(f'{R}/{id}').must(200)


@scenario
def what_hours_lead_to_is_held(org):
    ann = org.extension('1001')
    for n, field in enumerate(('open', 'closed', 'exception')):
        id = make(org, f'h{n}', **{field: to('voicemail', ann)}).id
        said = org.delete(f'/extensions/{ann}').must(409).json['references']
        assert said == [{'type': 'business_hours', 'id': id,
                         'name': f'h{n}'}]
        org.delete(f'{R}/{id}').must(204)
    org.delete(f'/extensions/{ann}').must(204)
    org.post(f'{R}/{id}/restore').must(422)


@scenario
def a_refused_change_changes_nothing(org):
    id = make(org, periods=[period(1, '09:00', '17:00')],
              exceptions=[{'from': '2026-12-24',
                           'periods': [span('09:00', '10:00')]}]).id
    before = org.get(f'{R}/{id}').data
    generation = org.generation()
    org.patch(f'{R}/{id}', {'periods': [], 'exceptions': [
        {'from': '2026-12-24'}, {'from': 'never'}]}).must(422)
    assert org.get(f'{R}/{id}').data == before
    assert org.generation() == generation
    org.patch(f'{R}/{id}', {'exceptions': None, 'periods': None}).must(200)
    assert org.generation() > generation
    create, update = org.audit('business_hours', id)
    assert create[0] == 'create' and update[0] == 'update'
    assert update[1]['exceptions'] == before['exceptions']
    assert update[2]['exceptions'] == update[2]['periods'] == []


@scenario
def a_form_holds_lists_in_lists(org):
    page = org.page(f'{R}/new').must(200).text
    for name in ('periods.0.day', 'exceptions.2.from',
                 'exceptions.0.periods.2.to', 'override.state'):
        assert f'name="{name}"' in page, name
    fields = {'name': 'Office', 'timezone': '', 'open.type': 'hangup',
              'open.id': '', 'open.number': '', 'closed.type': 'hangup',
              'exception.type': '', 'override.state': '',
              'override.until': '', 'periods.0.day': '1',
              'periods.0.from': '09:00', 'periods.0.to': '17:00',
              'periods.1.day': '', 'periods.1.from': '',
              'periods.1.to': '', 'exceptions.0.name': 'Xmas',
              'exceptions.0.from': '12-25', 'exceptions.0.to': '',
              'exceptions.0.yearly': 'true',
              'exceptions.0.periods.0.from': '',
              'exceptions.0.periods.0.to': '',
              'exceptions.0.periods.1.from': '10:00',
              'exceptions.0.periods.1.to': '12:00',
              'exceptions.1.name': '', 'exceptions.1.from': '',
              'exceptions.1.to': '', 'exceptions.1.yearly': '',
              'exceptions.1.periods.0.from': '',
              'exceptions.1.periods.0.to': '',
              # No choice was made: once.
              'exceptions.2.from': '2026-12-31', 'exceptions.2.yearly': ''}
    answer = org.form(R, fields).must(303)
    path = answer.headers['location'][len('/cgi-bin'):]
    data = org.get(path).must(200).data
    assert data['periods'] == [period(1, '09:00', '17:00')]
    assert data['exceptions'] == [
        {'name': 'Xmas', 'from': '12-25', 'to': '12-25', 'yearly': True,
         'periods': [span('10:00', '12:00')]},
        {'name': '', 'from': '2026-12-31', 'to': '2026-12-31',
         'yearly': False, 'periods': []}]
    page = org.page(path).must(200).text
    assert 'name="exceptions.0.periods.0.from" value="10:00"' in page
    # The line for one more begins without a choice.
    assert re.search(r'<select name="exceptions.2.yearly"[^>]*>'
                     r'<option value="" selected>', page), page
    fields['exceptions.0.periods.1.to'] = '<b>'
    page = org.form(R, {**fields, 'name': 'x'}).must(422).text
    assert '&lt;b&gt;' in page and 'time of day' in page
    text = org.get(R, accept='text/csv').must(200).text
    assert 'Xmas 12-25' in text, text


@scenario
def admins_change_and_others_read(org):
    id = make(org).id
    body = {'name': 'x', 'open': HANGUP, 'closed': HANGUP}
    for role in ('agent', 'user'):
        they = org.as_(role)
        they.get(R).must(200)
        they.get(f'{R}/{id}').must(200)
        they.post(R, body).must(403)
        they.put(f'{R}/{id}', body).must(403)
        they.patch(f'{R}/{id}', {'name': 'x'}).must(403)
        they.delete(f'{R}/{id}').must(403)
        they.post(f'{R}/{id}/restore').must(403)
        they.page(f'{R}/new').must(403)
    org.as_('owner', 'business-hours:read').delete(f'{R}/{id}').must(403)
    org.as_('admin').patch(f'{R}/{id}', {'name': 'x'}).must(200)
    there = org.instance.organization(org.by)
    there.get(f'{R}/{id}').must(404)
    there.patch(f'{R}/{id}', {'name': 'x'}).must(404)
    there.delete(f'{R}/{id}').must(404)
    there.post(f'{R}/{id}/restore').must(404)


if __name__ == '__main__':
    main()
