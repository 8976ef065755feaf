"""opbxctl org export and import: a tenant's configuration as a text."""
import http.client
import pathlib
import struct
import subprocess
import tempfile

from support import BUILD, Instance, main, scenario


def command(function):
    """opbxctl is a command: how the responders run makes no difference."""
    def run(org):
        if org.by == 'cgi':
            function(org)
    run.__name__ = function.__name__
    return scenario(run)


def fill(org):
    """One of each kind, all of which refer to one another."""
    number, other = org.number(1), org.number(2)
    for each in (number, other):
        org.did(each)
    org.post('/outbound-rules', {'name': 'B', 'trunk': 'main', 'countries': [
        'US', 'GB'], 'caller_id': number}).must(201)
    org.post('/outbound-rules', {'name': 'A', 'trunk': 'main',
                                 'prefixes': ['+4420']}).must(201)
    room = org.post('/conference-rooms', {
        'name': 'Board "1"', 'pin': '2718', 'host_pin': '3141',
        'wait_for_host': True}).must(201).id
    # The order of ids is not the order of numbers.
    bob = org.extension('1002', name='Bob', voicemail={
        'enabled': True, 'pin': '4711', 'greeting': {'text': 'Hi\nthere'}})
    ann = org.extension('1001', name='Änn', caller_id=other)
    sales = org.post('/ring-groups', {
        'name': 'Sales', 'strategy': 'sequential', 'members': [
            {'extension_id': bob}, {'extension_id': ann}],
        'fallback': {'type': 'voicemail', 'id': bob}}).must(201).id
    menu = org.post('/ivr-menus', {
        'name': 'Main', 'greeting': {'text': 'One'}, 'options': [
            {'digits': '2', 'label': 'Ann',
             'target': {'type': 'extension', 'id': ann}},
            {'digits': '1', 'label': 'Sales',
             'target': {'type': 'ring_group', 'id': sales}}],
        'timeout': {'type': 'hangup'}}).must(201).id
    hours = org.post('/business-hours', {
        'name': 'Office', 'timezone': 'Europe/Berlin', 'periods': [
            {'day': 1, 'from': '09:00', 'to': '17:00'}],
        'exceptions': [{'name': 'Xmas', 'from': '12-24', 'to': '12-26',
                        'yearly': True}],
        'open': {'type': 'ivr_menu', 'id': menu},
        'closed': {'type': 'voicemail', 'id': bob}}).must(201).id
    org.extension('3000', type='conference', target={
        'type': 'conference_room', 'id': room})
    org.extension('4000', type='ivr', target={'type': 'ivr_menu',
                                              'id': menu})
    org.extension('5000', type='ai_assistant', configuration={
        'url': 'https://ai.example/x', 'token': 'a secret token',
        'params': {'b': '2', 'a': '1'}})
    org.extension('6000', type='forward', target={
        'type': 'external', 'number': '+442079460000'})
    org.patch(f'/extensions/{ann}', {'forward': {'busy': {
        'type': 'business_hours', 'id': hours}}}).must(200)
    org.patch(f'/ring-groups/{sales}', {'fallback': {
        'type': 'ivr_menu', 'id': menu}}).must(200)
    ids = {row[1]: row[0] for row in org.sql(
        f'SELECT id, number FROM did WHERE organization_id = {org.id}')}
    org.patch(f'/dids/{ids[number]}', {'target': {
        'type': 'business_hours', 'id': hours}, 'name': 'Main'}).must(200)
    user = org.post('/users', {'name': 'Eve', 'role': 'agent', 'email':
                               'eve@tenant.example'}).must(201).id
    org.patch(f'/extensions/{ann}', {'user_id': user}).must(200)
    hello = org.post('/prompts', {'name': 'Hello', 'text': 'Hi',
                                  'language': 'en-GB'}).must(201).id
    org.patch(f'/ivr-menus/{menu}', {'invalid': {
        'prompt_id': hello}}).must(200)
    org.post('/notifications', {
        'name': 'Missed', 'event': 'missed_call', 'url':
        'https://hooks.example/x', 'secret': 'a shared secret 1',
        'subjects': [{'type': 'ring_group', 'id': sales},
                     {'type': 'extension', 'id': bob},
                     {'type': 'extension', 'id': ann},
                     {'type': 'did', 'id': int(ids[other])}]}).must(201)
    org.patch('/settings', {
        'default_ring_timeout': 25, 'sip_hosts': ['sip.example'],
        'emergency_numbers': ['112', '118'], 'default_target': {
            'type': 'ring_group', 'id': sales}}).must(200)
    org.patch(f'/organizations/{org.id}', {
        'caller_id': number, 'emergency_trunk': 'main'}).must(200)
    org.post('/blocked-callers', {'number': 'anonymous'}).must(201)
    org.post('/blocked-callers', {'number': '+1900', 'prefix': True,
                                  'note': 'two\nlines'}).must(201)


def wav():
    samples = bytes(8000)
    return (b'RIFF' + struct.pack('<I', 36 + len(samples)) + b'WAVEfmt ' +
            struct.pack('<IHHIIHH', 16, 1, 1, 8000, 8000, 1, 8) + b'data' +
            struct.pack('<I', len(samples)) + samples)


def upload(org, name, bytes):
    part = ('--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n'
            f'{name}\r\n--x\r\nContent-Disposition: form-data; name="audio"; '
            'filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n')
    return org.post('/prompts', part.encode() + bytes + b'\r\n--x--\r\n',
                    type='multipart/form-data; boundary=x').must(201).id


def raw(port, path):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    connection.request('GET', path)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    return answer.read()


def export(org, *words):
    return org.instance.ctl('org', 'export', '--org', org.slug, *words)


def plain(text):
    """Without comments and empty lines."""
    return [line for line in text.splitlines()
            if line and not line.startswith('#')]


def load(org, text, *words):
    """(exit code, what it printed)"""
    words = [str(word) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / 'configuration'
        file.write_text(text, encoding='utf-8')
        done = subprocess.run(
            [BUILD / 'sbin' / 'opbxctl', 'org', 'import', '--org', org.slug,
             '--file', file, *words],
            env={'OPBX_CONF': str(org.instance.conf),
                 'PATH': '/usr/bin:/bin'}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@command
def an_export_imported_changes_nothing(org):
    fill(org)
    for words in ((), ('--secrets',)):
        text = export(org, *words)
        before = org.generation(), org.sql('SELECT COUNT(*) FROM audit_entry')
        assert load(org, text) == (0, '0 objects changed\n')
        assert load(org, text, '--dry-run', '--delete') == (
            0, '0 objects would be changed\n')
        assert before == (org.generation(),
                          org.sql('SELECT COUNT(*) FROM audit_entry'))
        assert export(org, *words) == text


@command
def an_empty_installation_becomes_the_same(org):
    fill(org)
    there = Instance()
    try:
        empty = there.organization()
        org.sql(f"UPDATE user SET email = 'owner@{empty.slug}.example' "
                f"WHERE organization_id = {org.id} AND role = 'owner'")
        upload(org, 'Music', wav())
        text = export(org, '--secrets', '--audio')
        code, said = load(empty, export(org, '--secrets'))
        assert code == 1 and 'audio_sha256' in said, said
        code, said = load(empty, text)
        assert code == 0 and '+ ring_group "Sales"' in said, said
        assert '"4711"' not in said and 'a secret token' not in said, said
        assert export(empty, '--secrets', '--audio') == text
        music = empty.get('/prompts?name=Music').data[0]
        assert music['seconds'] == 1 and music['media_type'] == 'audio/wav'
        assert load(empty, text) == (0, '0 objects changed\n')
        # A carrier gets the same bytes there.
        said = there.sql(f'SELECT audio_token FROM prompt WHERE id = '
                         f"{music['id']}")[0][0]
        answer = raw(there.port, f'/cgi-bin/prompts/audio/{said}')
        assert answer == wav()
        # It is what calls are routed by, and every change is told.
        said = there.ctl('route', '--org', empty.slug, '--from',
                         '+12025550199', '--to', org.number(1), '--at',
                         '2026-06-29T10:00:00Z')
        assert 'Gather' in said, said
        rows = there.sql('SELECT action, object_type FROM audit_entry WHERE '
                         f"organization_id = {empty.id} AND actor_name = "
                         "'opbxctl' AND object_type = 'ring_group'")
        assert rows == [['create', 'ring_group']], rows
        sip = org.sql('SELECT COUNT(*) FROM extension WHERE organization_id '
                      f'= {org.id} AND sip_password_sealed IS NOT NULL')
        assert sip == there.sql(
            'SELECT COUNT(*) FROM extension WHERE organization_id = '
            f'{empty.id} AND sip_password_sealed IS NOT NULL')
    finally:
        there.stop()


@command
def secrets_leave_only_when_asked(org):
    fill(org)
    text = export(org)
    password = org.get('/extensions?number=1001').data[0]['id']
    password = org.get(f'/extensions/{password}').data['sip_password']
    for secret in ('a shared secret 1', '4711', '2718', '3141', 'a secret token', password):
        assert secret not in text, secret
        assert secret in export(org, '--secrets')
    assert '# voicemail.pin is a secret' in text
    # Elsewhere a rule may need one that is left out, and says so.
    there = org.instance.organization(org.by)
    code, said = load(there, text, '--without-numbers')
    assert code == 1 and 'wait_for_host needs a host_pin' in said, said
    # What is there keeps its own.
    assert load(org, text.replace('Änn', 'Anna'))[0] == 0
    id = org.get('/extensions?number=1001').data[0]['id']
    data = org.get(f'/extensions/{id}').data
    assert data['name'] == 'Anna' and data['sip_password'] == password


@command
def a_dry_run_tells_and_changes_nothing(org):
    fill(org)
    text = export(org)
    other = text.replace('name = "Änn"', 'name = "Anna"').replace(
        'strategy = "sequential"', 'strategy = "simultaneous"')
    other += '\n[conference_room "New"]\nmax_participants = 5\n'
    code, said = load(org, other, '--dry-run')
    lines = said.splitlines()
    assert code == 0, said
    assert '~ extension "1001": name: "Änn" -> "Anna"' in lines, said
    assert '~ ring_group "Sales": strategy: "sequential" -> ' \
        '"simultaneous"' in lines, said
    assert '+ conference_room "New"' in lines, said
    assert '~ conference_room "New": max_participants: 5' in lines, said
    assert lines[-1] == '3 objects would be changed', said
    assert export(org) == text
    code, said = load(org, other)
    assert code == 0 and said.endswith('3 objects changed\n'), said
    assert load(org, other) == (0, '0 objects changed\n')


@command
def what_is_wrong_is_named_by_its_line_and_nothing_is_done(org):
    fill(org)
    text = export(org)
    for old, new, line, complaint in (
            ('max_participants = 25', 'max_participants = 1', True,
             'between 2 and 250'),
            ('strategy = "sequential"', 'strategy = "random"', True,
             'one of'),
            ('strategy = "sequential"', 'colour = "red"', True,
             'is no field here'),
            ('"extension_id":"1002"', '"extension_id":"1009"', True,
             'names nothing: 1009'),
            ('target = "conference_room:', 'target = "conference_room:x',
             True, 'names nothing'),
            ('target = "conference_room:', 'target = "nowhere:', True,
             'target'),
            ('type = "conference"', 'type = "user"', True, 'target'),
            ('name = "Änn"', 'name = ""', True, 'required'),
            ('name = "Änn"', 'number = "1005"', True, 'key'),
            ('target = "external:+442079460000"',
             'target = "external:+882169000000"', True, 'target.number'),
            ('[extension "1001"]', '[extension "9"]', True, ''),
            ('[extension "1001"]', '[extension "911"]', True, ''),
            ('name = "Änn"', 'name = Änn', False, 'line '),
            ('name = "Änn"', 'name "Änn"', False, 'field = value'),
            ('name = "Änn"', 'name = "a"\nname = "b"', False, 'twice'),
            ('[extension "1001"]', '[extension "1001"', False, 'ends with'),
            ('[extension "1001"]', '[extensions "1001"]', False,
             'there is no [extensions]'),
            ('[extension "1001"]', '[extension]', False, 'there is no'),
            ('[extension "1001"]', '[extension "1002"]', False, 'already'),
            ('members = [', 'members = [\n\t{', False, 'line '),
            ('[user', 'x = 1\n[user', False,
             'stands in a section')):
        assert old in text, old
        code, said = load(org, text.replace(old, new, 1))
        assert code == 1, (new, said)
        assert complaint in said, (new, complaint, said)
        assert 'line ' in said, (new, said)
        if line:
            assert '\n! line' in '\n' + said and \
                'nothing was changed' in said, said
        assert export(org) == text, new


@command
def all_complaints_come_at_once(org):
    fill(org)
    text = export(org).replace('name = "Änn"', 'name = ""').replace(
        'max_participants = 25', 'max_participants = 1000')
    code, said = load(org, text)
    assert code == 1 and '2 to mend' in said, said
    assert 'extension "1001": name' in said, said
    assert 'conference_room "Board \\"1\\"": max_participants' in said, said


@command
def a_rule_that_only_the_whole_breaks_is_found(org):
    fill(org)
    text = export(org)
    # The mailbox of 1002 is used, and 1002 is a user no more.
    part = text.index('[extension "1002"]')
    other = text[:part] + '[extension "1002"]\nname = "Bob"\n' \
        'type = "forward"\ntarget = "extension:1001"\n\n' + \
        text[text.index('[extension "3000"]'):]
    code, said = load(org, other)
    assert code == 1 and 'extension "1002"' in said, said
    assert export(org) == text


@command
def what_is_not_in_the_file_stays_unless_told(org):
    fill(org)
    text = export(org)
    part = text.index('[ivr_menu "Main"]')
    less = text[:part] + text[text.index('[business_hours'):]
    less = less.replace('"ivr_menu:Main"\nclosed', '"hangup"\nclosed').replace(
        'fallback = "ivr_menu:Main"\n', '')
    part = less.index('[extension "4000"]')
    less = less[:part] + less[less.index('[extension "5000"]'):]
    code, said = load(org, less)
    assert code == 0 and '- ivr_menu "Main" is not in the file and stays' \
        in said, said
    assert org.get('/ivr-menus').json['meta']['total'] == 1
    code, said = load(org, less, '--delete', '--dry-run')
    assert code == 0 and '- ivr_menu "Main"\n' in said, said
    assert org.get('/ivr-menus').json['meta']['total'] == 1
    code, said = load(org, less, '--delete')
    assert code == 0, said
    assert org.get('/ivr-menus').json['meta']['total'] == 0
    assert org.get('/extensions?number=4000').json['meta']['total'] == 0
    assert plain(export(org)) == plain(less)
    # What is still used does not go.
    part = less.index('[extension "1002"]')
    none = less[:part] + less[less.index('[extension "3000"]'):]
    code, said = load(org, none, '--delete')
    assert code == 1, said
    assert plain(export(org)) == plain(less)


@command
def numbers_taken_elsewhere_are_conflicts(org):
    fill(org)
    there = org.instance.organization(org.by)
    text = export(org, '--secrets')
    code, said = load(there, text)
    assert code == 1 and '2 to mend' in said, said
    for n in (1, 2):
        assert f'did "{org.number(n)}" belongs to another organization' \
            in said, said
    assert org.slug not in said
    assert there.get('/extensions').json['meta']['total'] == 0
    code, said = load(there, text, '--without-numbers')
    assert code == 0 and 'left out' in said, said
    assert there.get('/dids').json['meta']['total'] == 0
    id = there.get('/extensions?number=1001').data[0]['id']
    assert there.get(f'/extensions/{id}').data['caller_id'] is None
    part = text.index('[did')
    same = text[:part] + text[text.index('[outbound_rule'):]
    for n in (1, 2):
        same = same.replace(f'caller_id = "{org.number(n)}"\n', '')
    same = same.replace('\t{"type":"did","id":"%s"}\n' % org.number(2), '')

    def configured(text):
        return plain(text[text.index('[prompt'):])
    assert configured(export(there, '--secrets')) == configured(same)
    # About that number alone: it must not become about everything.
    row = '\t{"type":"did","id":"%s"}\n' % org.number(2)
    text = text[:text.index('subjects = [')] + f'subjects = [\n{row}]\n' + \
        text[text.index('status', text.index('[notification')):]
    code, said = load(there, text, '--without-numbers')
    assert code == 1 and 'subjects would be empty' in said, said


@command
def limits_hold_here_too(org):
    fill(org)
    text = export(org) + '\n[extension "7000"]\nname = "One more"\n'
    org.sql('UPDATE organization SET limit_extensions = 6 WHERE id = '
            f'{org.id}')
    code, said = load(org, text)
    assert code == 1 and '6 extensions' in said, said
    assert org.get('/extensions?number=7000').json['meta']['total'] == 0


if __name__ == '__main__':
    main()
