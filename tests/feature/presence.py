#!/usr/bin/env python3
"""What telephones and people do now, beside what they are: `presence` of
extensions, which calls, do-not-disturb and people decide and nobody sets.
"""
import time

from carrier import finish, run, scenario, Site
from events import begin, calm, people
from fold import cdr, folded, redis, session, tell
from patience import until
from outside import own_scenarios
from watcher import presence


def of(org, number):
    """As GET /extensions shows it."""
    [row] = org.get(f'/extensions?number={number}').must(200).data
    return row['presence']


def becomes(org, number, wanted):
    until(lambda: of(org, number) == wanted, f'{number} {wanted}')


@scenario
def a_telephone_rings_talks_and_is_free_again(site):
    tenant, number, _, _ = calm(site)
    tenant.users('1002')
    assert of(tenant, '1001') == 'idle'
    call = tenant.call(number).must('Dial(1001)')
    becomes(tenant, '1001', 'ringing')
    tell(tenant, *session(call.said['Session'], 'connected',
                          callAnswerTime=int(time.time() * 1000)))
    becomes(tenant, '1001', 'talking')
    assert of(tenant, '1002') == 'idle'
    call.then('completed')
    tell(tenant, *cdr(call.said['Session'], 'ANSWER'))
    becomes(tenant, '1001', 'idle')
    # Who calls is on the telephone, too.
    call = tenant.call('1001', by='1002').must('Dial(1001)')
    becomes(tenant, '1002', 'talking')
    assert of(tenant, '1001') == 'ringing'
    # And the same without Redis.
    redis(site, 'FLUSHALL')
    assert of(tenant, '1002') == 'talking' and of(tenant, '1001') == \
        'ringing'
    call.then('busy')
    tell(tenant, *cdr(call.said['Session'], 'BUSY'))
    folded(tenant, call.said['Session'], state='busy')
    becomes(tenant, '1002', 'idle')


@scenario
def do_not_disturb_is_told_to_who_watches(site):
    tenant, number, _, ann = calm(site)
    with begin(tenant) as watcher:
        assert presence(watcher.first.data, '1001') == 'idle'
        tenant.patch(f'/extensions/{ann}', {'do_not_disturb': True}).must(200)
        watcher.until('presence', which=lambda data: presence(
            data, '1001') == 'do_not_disturb')
        assert of(tenant, '1001') == 'do_not_disturb'
        tenant.patch(f'/extensions/{ann}', {'status': 'inactive'}).must(200)
        watcher.until('presence', which=lambda data: presence(
            data, '1001') == 'none')
    assert of(tenant, '1001') == 'none'
    assert presence(tenant.get('/events').data, '1001') is None


@scenario
def nobody_sets_it_and_it_changes_nothing(site):
    tenant, number, _, ann = calm(site)
    path = f'/extensions/{ann}'
    for body in ({'presence': 'talking'}, {'presence': 'none'}):
        # What came back with the rest is passed over, as other such fields.
        assert tenant.patch(path, body).must(200).data['presence'] == 'idle'
        tenant.post('/extensions', {'number': '1009', 'name': 'X',
                                    **body}).must(422, presence='')
    tenant.get('/extensions?presence=idle').must(422)
    tenant.get('/extensions?sort=presence').must(422)
    assert tenant.get(path).must(200).data['presence'] == 'idle'
    etag = tenant.get(path).must(200).headers['etag']
    before = len(tenant.audit('extension', ann))
    tenant.call(number).must('Dial(1001)')
    becomes(tenant, '1001', 'ringing')
    assert tenant.get(path).headers['etag'] == etag
    changed = tenant.patch(path, {'name': 'Ann'},
                           headers={'If-Match': etag}).must(200)
    assert changed.data['presence'] == 'ringing', changed.data
    rows = tenant.audit('extension', ann)
    assert len(rows) == before + 1, rows
    _, was, now, _, _ = rows[-1]
    assert {name for name in now if now[name] != was[name]} <= {
        'name', 'updated_at'}, rows[-1]
    # What is no telephone does nothing.
    room = tenant.post('/conference-rooms', {'name': 'Board'}).must(201).id
    tenant.post('/extensions', {
        'number': '3000', 'name': 'Board', 'type': 'conference',
        'target': {'type': 'conference_room', 'id': room}}).must(201)
    assert of(tenant, '3000') == 'none'
    tenant.as_('user').get('/extensions').must(200)
    tenant.get('/extensions', token='').must(401)


@scenario
def people_come_and_go(site):
    tenant, _, _, _ = calm(site)
    people(tenant)
    for role in ('agent', 'user'):
        tenant.password_of(role)

    def present(org):
        return {each['id']: each['presence'] for each in
                org.get('/events').must(200).data['people']}
    assert present(tenant) == {}
    agent, user = tenant.sign_in('agent'), tenant.sign_in('user')
    ids = {role: tenant.user_of(role) for role in ('agent', 'user')}
    assert present(tenant) == {ids['agent']: 'signed_in',
                               ids['user']: 'signed_in'}
    # A user knows of himself alone, an agent of all.
    assert present(user) == {ids['user']: 'signed_in'}
    assert set(present(agent)) == set(ids.values())
    with begin(tenant) as watcher:
        user.post('/session/end', {}).must(204)
        told = watcher.until('presence', which=lambda data: data['people'])
        assert [(each['id'], each['presence'])
                for each in told.data['people']] == [
                    (ids['user'], 'signed_out')], told
    tenant.sql('UPDATE session SET last_seen_at = UTC_TIMESTAMP(3) - INTERVAL'
               f' 6 MINUTE WHERE organization_id = {tenant.id}')
    assert present(tenant) == {ids['agent']: 'away'}
    assert present(site.tenant()) == {}


if __name__ == '__main__':
    finish(*run(Site(), own_scenarios()))
