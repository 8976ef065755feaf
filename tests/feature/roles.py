"""Roles: who may do what with whom, computed from the rule's own words."""
import subprocess
import threading
import time

from support import main, only, scenario

R = '/users'
ROLES = ('owner', 'admin', 'agent', 'user')


def manages(actor, other):
    """Nobody manages a role at or above their own except owners."""
    if actor == 'owner':
        return True
    return actor == 'admin' and other in ('agent', 'user')


def person(org, role, n=[0], **more):
    n[0] += 1
    return org.insert('user', name=f'{role} {n[0]}', role=role,
                      email=f'{role}{n[0]}@{org.slug}.example', **more)


def role_of(org, id):
    return org.sql(f'SELECT role, status FROM user WHERE id = {id}')[0]


@scenario
def who_creates_whom(org):
    for actor in ROLES:
        they = org.as_(actor)
        for role in ROLES:
            email = f'{actor}-{role}@new.example'
            answer = they.post(R, {'name': 'x', 'email': email, 'role': role,
                                   'status': 'inactive'})
            if manages(actor, role):
                assert answer.must(201).data['role'] == role
                continue
            answer.must(403, 'FORBIDDEN')
            if actor == 'admin':
                only(answer, 'role')
            assert org.sql(f"SELECT COUNT(*) FROM user WHERE email ="
                           f" '{email}'") == [['0']]
        # The least there is, when nobody says.
        if manages(actor, 'user'):
            assert they.post(R, {'name': 'x', 'status': 'inactive',
                                 'email': f'{actor}@least.example'}
                             ).must(201).data['role'] == 'user'


@scenario
def who_makes_what_of_whom(org):
    for actor in ROLES:
        they = org.as_(actor)
        for was in ROLES:
            for becomes in ROLES:
                id = person(org, was)
                answer = they.patch(f'{R}/{id}', {'role': becomes})
                allowed = manages(actor, was) and manages(actor, becomes)
                answer.must(200 if allowed else 403)
                assert role_of(org, id) == [becomes if allowed else was,
                                            'active']


@scenario
def who_replaces_whom(org):
    for actor in ROLES:
        they = org.as_(actor)
        for was in ROLES:
            id = person(org, was)
            answer = they.put(f'{R}/{id}', {
                'name': 'New', 'email': f'{actor}-{was}@put.example',
                'role': was})
            answer.must(200 if manages(actor, was) else 403)


@scenario
def who_deactivates_deletes_restores_and_invites_whom(org):
    for actor in ROLES:
        they = org.as_(actor)
        for other in ROLES:
            may = manages(actor, other)
            id = person(org, other)
            at = f'{R}/{id}'
            they.post(f'{at}/invite').must(200 if may else 403)
            they.patch(at, {'name': 'Renamed'}).must(200 if may else 403)
            they.patch(at, {'email': f'{actor}.{other}@else.example'}).must(
                200 if may else 403)
            they.patch(at, {'password': 'a long enough one'}).must(
                200 if may else 403)
            they.patch(at, {'settings': {'a': 1}}).must(200 if may else 403)
            they.patch(at, {'status': 'inactive'}).must(200 if may else 403)
            assert role_of(org, id)[1] == ('inactive' if may else 'active')
            they.page(f'{at}/delete').must(
                200 if actor in ('owner', 'admin') else 403)
            they.delete(at).must(204 if may else 403)
            org.sql(f'UPDATE user SET deleted_at = NOW() WHERE id = {id}')
            they.post(f'{at}/restore').must(200 if may else 403)
            living = org.sql(f'SELECT deleted_at IS NULL FROM user WHERE id'
                             f' = {id}')[0][0] == '1'
            assert living == may


@scenario
def who_resets_the_second_factor_of_whom(org):
    for actor in ROLES:
        they = org.as_(actor)
        for other in ROLES:
            id = person(org, other, totp_confirmed_at='2026-01-01')
            they.post(f'{R}/{id}/reset-two-factor').must(
                200 if manages(actor, other) else 403)
        they.post(f'{R}/{org.user_of(actor)}/reset-two-factor').must(403)


@scenario
def nobody_changes_what_he_is(org):
    person(org, 'owner')  # so that none of them is the last one
    for actor in ROLES:
        they = org.as_(actor)
        at = f'{R}/{org.user_of(actor)}'
        for role in ROLES:
            if role != actor:
                only(they.patch(at, {'role': role}).must(403), 'role')
        only(they.patch(at, {'status': 'inactive'}).must(403), 'status')
        only(they.patch(at, {'role': 'user' if actor != 'user' else 'owner',
                             'status': 'inactive',
                             'password': 'a long enough one'}).must(403),
             'role', 'status', 'password')
        they.delete(at).must(403)
        they.post(f'{at}/invite').must(403)
        if actor in ('owner', 'admin'):
            # What a PUT leaves out is the default, and that is less.
            only(they.put(at, {'name': 'x', 'email':
                               f'{actor}@{org.slug}.example'}).must(403),
                 'role')
        changed = they.patch(at, {
            'name': 'Me', 'phone': '+12025550123', 'role': actor,
            'status': 'active', 'settings': {'theme': 'dark'},
            'email': f'{actor}@{org.slug}.example'}).must(200).data
        assert changed['name'] == 'Me' and changed['role'] == actor
        assert changed['phone'] == '+12025550123'
        assert changed['settings'] == {'theme': 'dark'}
        answer = they.patch(at, {'email': f'{actor}@new.example'})
        if actor == 'owner':
            answer.must(200)
        else:
            only(answer.must(403), 'email')


@scenario
def a_demotion_counts_with_the_next_request(org):
    admin = org.as_('admin')
    id = org.user_of('admin')
    admin.post('/extensions', {'number': '1001', 'name': 'x'}).must(201)
    org.patch(f'{R}/{id}', {'role': 'agent'}).must(200)
    admin.post('/extensions', {'number': '1002', 'name': 'x'}).must(403)
    admin.get('/extensions').must(200)
    org.patch(f'{R}/{id}', {'role': 'admin'}).must(200)
    admin.post('/extensions', {'number': '1002', 'name': 'x'}).must(201)


@scenario
def inactive_is_nobody_with_the_next_request(org):
    agent = org.as_('agent')
    id = org.user_of('agent')
    agent.get('/extensions').must(200)
    org.patch(f'{R}/{id}', {'status': 'inactive'}).must(200)
    agent.get('/extensions').must(401)
    org.patch(f'{R}/{id}', {'status': 'active'}).must(200)
    agent.get('/extensions').must(200)


def sessions(org, id):
    return int(org.sql(f'SELECT COUNT(*) FROM session WHERE user_id = {id}'
                       )[0][0])


def open_session(org, id, n=[0]):
    n[0] += 1
    org.sql('INSERT INTO session (organization_id, user_id, hash, expires_at)'
            f" VALUES ({org.id}, {id}, UNHEX(SHA2('{org.id}-{n[0]}', 256)),"
            ' NOW() + INTERVAL 1 DAY)')


@scenario
def sessions_end_with_what_they_stood_on(org):
    id = person(org, 'agent')
    for change in ({'role': 'user'}, {'password': 'another long one'},
                   {'status': 'inactive'}):
        open_session(org, id)
        org.patch(f'{R}/{id}', change).must(200)
        assert sessions(org, id) == 0, change
    for change in ({'status': 'active'}, {'name': 'Bea'}, {'role': 'agent'},
                   {'phone': '+12025550123'}):
        open_session(org, id)
        org.patch(f'{R}/{id}', change).must(200)
    assert sessions(org, id) == 4
    org.patch(f'{R}/{id}', {'role': 'owner', 'name': ''}).must(422)
    assert sessions(org, id) == 4
    org.delete(f'{R}/{id}').must(204)
    assert sessions(org, id) == 0


@scenario
def a_browser_is_signed_out_by_what_managers_do(org):
    id = org.user_of('agent')
    for change in ({'role': 'user'}, {'status': 'inactive'},
                   {'password': 'something else'}):
        browser = org.sign_in('agent')
        browser.get('/extensions').must(200)
        org.patch(f'{R}/{id}', {'name': 'Renamed'}).must(200)
        browser.get('/extensions').must(200)
        org.patch(f'{R}/{id}', change).must(200)
        browser.get('/extensions').must(401)
        org.patch(f'{R}/{id}', {'role': 'agent', 'status': 'active'}
                  ).must(200)
        browser.get('/extensions').must(401)
    org.post('/session', {'email': f'agent@{org.slug}.example',
                          'password': 'something else'}, token='').must(201)
    browser = org.sign_in('admin')
    org.delete(f'{R}/{org.user_of("admin")}').must(204)
    browser.get('/extensions').must(401)


@scenario
def what_a_user_had_ends_with_him(org):
    agent = org.as_('agent')
    id = org.user_of('agent')
    agent.get('/extensions').must(200)
    org.delete(f'{R}/{id}').must(204)
    agent.get('/extensions').must(401)
    org.post(f'{R}/{id}/restore').must(200)
    agent.get('/extensions').must(401)


class Held:
    """Holds the tenant's generation row until all who come wait for it."""

    def __init__(self, org):
        self.org = org
        self.client = subprocess.Popen(
            ['mariadb', '--no-defaults', '-S', org.instance.socket, '-N',
             '-B', '-n', 'opbx'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.say('BEGIN; UPDATE generation SET number = number + 1 WHERE '
                 f'organization_id = {org.id}; SELECT 1;')
        self.client.stdout.readline()

    def say(self, text):
        self.client.stdin.write(text + '\n')
        self.client.stdin.flush()

    def release(self, waiting):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            self.say('SELECT COUNT(*) FROM information_schema.processlist'
                     " WHERE info LIKE '%generation%'"
                     ' AND id <> CONNECTION_ID();')
            if int(self.client.stdout.readline()) >= waiting:
                break
        self.say('COMMIT;')
        self.client.stdin.close()
        self.client.wait()


def at_once(org, *requests):
    """The statuses of requests that wait for the same lock."""
    answers = [None] * len(requests)

    def run(i):
        answers[i] = requests[i]()

    held = Held(org)
    threads = [threading.Thread(target=run, args=[i])
               for i in range(len(requests))]
    for thread in threads:
        thread.start()
    held.release(len(requests))
    for thread in threads:
        thread.join()
    return [answer.status for answer in answers]


@scenario
def two_owners_do_not_put_each_other_down(org):
    first = org.user_of('owner')
    for change in ({'role': 'user'}, {'status': 'inactive'}, None):
        email = f'second@{org.slug}.example'
        second = org.insert('user', name='Second', role='owner', email=email)
        other = org.as_('owner')
        other.token = org.instance.ctl('token', 'create', '--org', org.slug,
                                       '--email', email).strip()

        def put_down(who, whom):
            if change is None:
                return who.delete(f'{R}/{whom}')
            return who.patch(f'{R}/{whom}', change)

        statuses = at_once(org, lambda: put_down(org, second),
                           lambda: put_down(other, first))
        # Whoever is no more, or waits, is not known any more.
        assert sorted(statuses) in ([200, 401], [200, 403], [204, 401],
                                    [204, 403]), statuses
        owners = org.sql(
            f"SELECT id FROM user WHERE organization_id = {org.id} AND role"
            " = 'owner' AND status = 'active' AND deleted_at IS NULL")
        assert len(owners) == 1, owners
        org.sql(f"UPDATE user SET role = 'owner', status = 'active',"
                f' deleted_at = NULL WHERE id = {first};'
                f"UPDATE user SET role = 'user', email = CONCAT(id, email)"
                f' WHERE id = {second}')
        if org.get(R).status == 401:  # it ended with its deletion
            org.token = org.instance.ctl(
                'token', 'create', '--org', org.slug, '--email',
                f'owner@{org.slug}.example').strip()


@scenario
def the_last_active_owner_stays(org):
    """Nobody can be there to ask for it but a token of somebody else whose
    own owner's role ends at the same time; so it is asked of an admin who
    became one in between, too."""
    second = person(org, 'owner', status='inactive')
    admin = org.as_('admin')
    first = org.user_of('owner')
    for change in ({'role': 'user'}, {'status': 'inactive'}):
        admin.patch(f'{R}/{first}', change).must(403)
        org.patch(f'{R}/{first}', change).must(403)
    org.delete(f'{R}/{first}').must(403)
    # The inactive one does not count and may go.
    org.delete(f'{R}/{second}').must(204)


@scenario
def secrets_stay_with_owner_and_admin(org):
    body = {'number': '7100', 'name': 'Bot', 'type': 'ai_assistant',
            'configuration': {'url': 'https://bot.example',
                              'token': 'tok-4711-secret'}}
    bot = org.post('/extensions', body).must(201).id
    ann = org.post('/extensions', {
        'number': '1001', 'name': 'Ann', 'voicemail': {
            'enabled': True, 'pin': '918273'}}).must(201)
    room = org.post('/conference-rooms', {
        'name': 'Room', 'pin': '556677', 'host_pin': '665544',
        'wait_for_host': True}).must(201).id
    secrets = ('tok-4711-secret', '918273', ann.data['sip_password'],
               '556677', '665544')
    for role in ('agent', 'user'):
        they = org.as_(role)
        for path in (f'/extensions/{bot}', f'/extensions/{ann.id}',
                     '/extensions', '/conference-rooms',
                     f'/conference-rooms/{room}', '/extensions?q=Ann'):
            for accept in ('application/json', 'text/html', 'text/csv'):
                text = they.get(path, accept=accept).must(200).text
                for secret in secrets:
                    assert secret not in text, (role, path, accept)
    rows = org.sql('SELECT COALESCE(value_before, ""), COALESCE(value_after,'
                   f' "") FROM audit_entry WHERE organization_id = {org.id}')
    for secret in secrets:
        assert all(secret not in cell for row in rows for cell in row)


@scenario
def an_agent_is_told_which_fields_are_not_his(org):
    mine = org.extension('1001', user_id=org.user_of('agent'))
    agent = org.as_('agent')
    at = f'/extensions/{mine}'
    only(agent.patch(at, {
        'name': 'x', 'status': 'inactive', 'do_not_disturb': True,
        'voicemail': {'email': 'a@else.example', 'enabled': True}}).must(
            403, 'FORBIDDEN'),
         'name', 'status', 'voicemail.email', 'voicemail.enabled')
    assert agent.get(at).data['do_not_disturb'] is False
    page = agent.form(at, {'_method': 'PATCH', 'name': 'Other'}).must(403)
    assert 'not for your role to change' in page.text
    assert '<output>Other</output>' in page.text
    # Of what he may change the rules are the same as for everybody.
    only(agent.patch(at, {'forward': {'busy': {
        'type': 'external', 'number': '+442079460000'}}}).must(422),
         'forward.busy.number')
    org.rule('GB', countries=['GB'], extensions=[mine])
    agent.patch(at, {'forward': {'busy': {
        'type': 'external', 'number': '+442079460000'}}}).must(200)
    other = org.extension('1002')
    org.as_('agent').patch(f'/extensions/{other}', {
        'do_not_disturb': True}).must(403)
    # The rule is for his extension alone, and so is another's.
    org.patch(f'/extensions/{other}', {'forward': {'busy': {
        'type': 'external', 'number': '+442079460000'}}}).must(422)
    org.patch(at, {'user_id': None}).must(200)
    agent.patch(at, {'do_not_disturb': True}).must(403)


if __name__ == '__main__':
    main()
