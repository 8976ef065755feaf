#!/usr/bin/env python3
"""A thousand calls through every destination there is, each event told twice
and in no order: each call ends as one row, and that is right.
"""
import collections
import time

from carrier import Document, Site, finish, run, scenario
from crowd import LAST, Crowd, Office

CALLS = 1000
RATE = 100


def rows(tenant, what):
    """By the call's key."""
    return collections.Counter({key: int(count) for key, count in tenant.sql(
        f'SELECT call_key, COUNT(*) FROM {what} WHERE organization_id ='
        f' {tenant.id} GROUP BY call_key')})


def folded(tenant, patience=60):
    until = time.monotonic() + patience
    # In this order: out of the queue an event becomes a row.
    while tenant.site.redis('XLEN', 'opbx:queue:events') != '0' or \
            tenant.sql('SELECT COUNT(*) FROM call_event WHERE unfolded = 1'
                       f' AND organization_id = {tenant.id}') != [['0']]:
        assert time.monotonic() < until, 'the fold does not end'
        time.sleep(0.1)


def seen(site, calls):
    """For the checks of the whole: every document is CXML."""
    for call in calls:
        for leg in call.legs:
            document = Document(leg['status'], {}, leg['document'].encode(),
                                call.session, str(call))
            document.lined = False
            site.sent.append(document)


@scenario
def a_thousand_calls(site):
    office = Office(site)
    tenant = office.tenant
    lines = office.lines(CALLS, repeat=2, shuffle=1)
    crowd = Crowd(site, lines, RATE)
    calls = crowd.finish()
    assert len(calls) == CALLS and len({c.session for c in calls}) == CALLS
    seen(site, calls)
    wrong = [str(call) for call in calls if not call.right()]
    assert not wrong, f'{len(wrong)} went wrong:\n' + '\n'.join(wrong[:20])
    for call in calls:
        for event in call.events:
            assert event['taken'] >= 2, (str(call), event)
    folded(tenant)
    found = {row[0]: row[1:] for row in tenant.sql(
        'SELECT call_key, state, COALESCE(did_id, 0),'
        ' COALESCE(extension_id, 0), duration, from_raw, to_raw, emergency,'
        ' direction FROM `call` WHERE organization_id ='
        f' {tenant.id}')}
    count = rows(tenant, '`call`')
    parts = {name: rows(tenant, name)
             for name in ('cdr', 'voicemail', 'recording', 'call_event')}
    complaints = collections.defaultdict(list)
    for call, (case, line) in zip(
            sorted(calls, key=lambda c: c.session), lines):
        assert call.case is case
        row, wanted = found[call.session], call.case.row
        voice = len(call.legs)
        extension = wanted['extension'] or 0
        if extension == LAST:
            extension = office.of_number(call.dialled[-1])
        for name, is_, should in (
                ('rows', count[call.session], 1),
                ('state', row[0], wanted['state']),
                ('did', int(row[1]), wanted['did'] or 0),
                ('extension', int(row[2]), extension),
                ('duration', row[3], '33'),
                ('from', row[4], line['from']),
                ('to', row[5], line['to']),
                ('emergency', int(row[6]), wanted.get('emergency', 0)),
                ('cdrs', parts['cdr'][call.session], 1),
                ('messages', parts['voicemail'][call.session],
                 case.messages),
                ('recordings', parts['recording'][call.session],
                 case.recordings),
                ('events', parts['call_event'][call.session],
                 len(call.events) + voice)):
            if is_ != should:
                complaints[case.name, name, str(is_), str(should)].append(
                    call.session)
    assert not complaints, '\n'.join(
        f'{name}: {what} is {is_} instead of {should}, {len(which)} times:'
        f' {which[0]}'
        for (name, what, is_, should), which in complaints.items())
    assert tenant.sql('SELECT COUNT(*) FROM parked_job') == [['0']]
    assert site.redis('HLEN', f'opbx:{tenant.id}:live') == '0'
    # The hours know each call once.
    assert len(tenant.get('/calls?per_page=100').must(200).data) == 100


if __name__ == '__main__':
    finish(*run(Site()))
