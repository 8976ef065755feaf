"""Settings: one object of a tenant, its keys, the carrier's side, and what
the next call has of it."""
import urllib.parse

from support import main, only, scenario

R = '/settings'


class Phone:
    """Calls of a tenant that has a domain and a voice key."""

    def __init__(self, org):
        self.org = org
        self.domain = f'{org.slug}.voice.example'
        org.sql(f"UPDATE organization SET domain = '{self.domain}'"
                f' WHERE id = {org.id}')
        self.key = self.rotate()

    def rotate(self, **body):
        return self.org.post(f'{R}/voice-key', body).must(200).data[
            'voice_key']

    def call(self, to, by=None, key=None):
        """The document, with every process asked once at least."""
        said = {'To': to, 'From': by or '+16175551212', 'Domain': self.domain,
                'Direction': 'subscriber' if by else 'inbound'}
        ask = {'cgi': self.org.by_cgi, 'http': self.org.by_http}[self.org.by]
        answers = {ask('GET', '/cgi-bin/voice?' +
                       urllib.parse.urlencode(said), None,
                       {'Authorization': f'Bearer {key or self.key}'}).text
                   for _ in range(1 if self.org.by == 'cgi' else 5)}
        # Cursors are signed anew each time.
        assert len({text.split('action=')[0] for text in answers}) == 1
        return answers.pop()


def change(org, **more):
    return org.patch(R, more)


@scenario
def a_tenant_begins_with_defaults(org):
    answer = org.get(R).must(200)
    data = answer.data
    assert data['id'] == org.id and len(answer.headers['etag']) > 10
    assert len(data['webhook_secret']) >= 43
    [key] = data['voice_keys']
    assert key['expires_at'] is None and key['created_at'] > '20'
    assert {name: data[name] for name in data if name not in (
        'id', 'webhook_secret', 'voice_keys', 'created_at', 'updated_at')
    } == {
        'carrier': 'cloudonix', 'base_url': None, 'require_signature': False,
        'carrier_api_key': None, 'default_ring_timeout': 30, 'voice': None,
        'language': None, 'default_target': None,
        'forward_caller_number': False, 'emergency_numbers': [],
        'sip_hosts': [], 'rates': {'voice': 0, 'api': 600, 'webhook': 6000},
        'retention': {'recordings': 0, 'voicemails': 0}, 'deleted_at': None}
    org.post(R, {}).must(405)
    org.delete(R).must(405)
    org.get(f'{R}/{org.id}').must(404)
    org.get(f'{R}/new').must(404)


@scenario
def each_bound_is_kept(org):
    def good(**more):
        data = change(org, **more).must(200).data
        assert {name: data[name] for name in more} == more

    def bad(field, **more):
        only(change(org, **more).must(422), field)

    for value in ('cloudonix', 'twilio', 'signalwire', 'telnyx'):
        good(carrier=value)
    for value in ('CLOUDONIX', '', None, 'x', 7):
        bad('carrier', carrier=value)
    good(base_url='https://pbx.example.com')
    good(base_url='https://pbx.example.com:8443/phone')
    good(base_url=f'https://{"x" * 243}.com')
    for value in ('http://pbx.example.com', 'pbx.example.com', 'https://',
                  'https://a.example/?x', 'https://a.example/#x',
                  'https://user@a.example', 'https://a b.example', 7,
                  f'https://{"x" * 244}.com', 'javascript:alert(1)'):
        bad('base_url', base_url=value)
    assert change(org, base_url='https://a.example//').must(
        200).data['base_url'] == 'https://a.example'
    good(base_url=None)
    for field, least, most in (('webhook_secret', 16, 200),
                               ('carrier_api_key', 8, 200)):
        good(**{field: 'x' * least})
        good(**{field: '~' * most})
        for value in ('x' * (least - 1), 'x' * (most + 1), 'é' * least,
                      'x' * least + ' y', 'x' * least + '\n', 7, True):
            bad(field, **{field: value})
        good(**{field: None})
    for value in (5, 300):
        good(default_ring_timeout=value)
    for value in (4, 301, 0, -1, 30.5, '30', None):
        bad('default_ring_timeout', default_ring_timeout=value)
    good(voice='x' * 64, language='en-US')
    good(voice=None, language='zh-Hant-TW-x-a12'[:16])
    bad('voice', voice='x' * 65)
    for value in ('x' * 17, 'en_US', '-en', 'en-', 'en US', 7):
        bad('language', language=value)
    good(voice=None, language=None, forward_caller_number=True)
    for value in (None, 'yes', 1):
        bad('forward_caller_number', forward_caller_number=value)
    for folder, fields, most in (
            ('rates', ('voice', 'api', 'webhook'), 1000000),
            ('retention', ('recordings', 'voicemails'), 3650)):
        for field in fields:
            for value in (0, 1, most):
                assert change(org, **{folder: {field: value}}).must(
                    200).data[folder][field] == value
                org.sql('UPDATE setting SET api_rate = 0 WHERE'
                        f' organization_id = {org.id}')
            for value in (-1, most + 1, 1.5, '5', None):
                bad(f'{folder}.{field}', **{folder: {field: value}})
    org.put(R, {}).must(200)


@scenario
def all_complaints_come_at_once(org):
    only(change(org, carrier='x', base_url='x', webhook_secret='x',
                carrier_api_key='x', default_ring_timeout=1, voice='x' * 65,
                language='_', default_target={'type': 'moon'},
                emergency_numbers=['1', 'x'], sip_hosts=['-', 7],
                rates={'voice': -1, 'more': 1}, retention=7,
                colour=1).must(422, 'VALIDATION_ERROR'),
         'carrier', 'base_url', 'webhook_secret', 'carrier_api_key',
         'default_ring_timeout', 'voice', 'language', 'default_target.type',
         'emergency_numbers.0', 'emergency_numbers.1', 'sip_hosts.0',
         'sip_hosts.1', 'rates.voice', 'rates.more', 'retention', 'colour')
    before = org.generation()
    change(org, carrier='x').must(422)
    assert org.generation() == before
    org.patch(R, []).must(400)


@scenario
def emergency_numbers_are_nobodys_extension(org):
    numbers = [f'{n}' for n in range(101, 121)]
    assert change(org, emergency_numbers=numbers).must(
        200).data['emergency_numbers'] == numbers
    only(change(org, emergency_numbers=numbers + ['121']).must(422),
         'emergency_numbers')
    for value in ('1', '1234567', '+911', '9a', '', None, 911, '9 1'):
        only(change(org, emergency_numbers=['99', value]).must(422),
             'emergency_numbers.1')
    only(change(org, emergency_numbers=['99', '99']).must(
        422, emergency_numbers__1='twice'), 'emergency_numbers.1')
    assert org.get(R).data['emergency_numbers'] == numbers
    assert change(org, emergency_numbers=['12', '123456']).must(200)
    org.post('/extensions', {'number': '12', 'name': 'x'}).must(
        422, number='emergency')
    org.extension('1001')
    only(change(org, emergency_numbers=['1001']).must(
        422, emergency_numbers__0="extension's"), 'emergency_numbers.0')
    assert change(org, emergency_numbers=None).must(
        200).data['emergency_numbers'] == []


@scenario
def hosts_are_the_owners(org):
    hosts = [f'h{n}.example.com' for n in range(20)]
    assert change(org, sip_hosts=hosts).must(200).data['sip_hosts'] == hosts
    only(change(org, sip_hosts=hosts + ['x']).must(422), 'sip_hosts')
    assert change(org, sip_hosts=['PBX.Example.COM', '192.0.2.1',
                                  'x' * 253]).must(200).data['sip_hosts'] == [
        'pbx.example.com', '192.0.2.1', 'x' * 253]
    for value in ('a_b', '-a', 'a.', '.a', 'a..b', 'a/b', 'a:5060', 'a b',
                  'sip:a', '[::1]', 'é', '', None, 7, 'x' * 254, '*'):
        only(change(org, sip_hosts=['ok', value]).must(422), 'sip_hosts.1')
    only(change(org, sip_hosts=['a.example', 'A.EXAMPLE']).must(
        422, sip_hosts__1='twice'), 'sip_hosts.1')
    admin = org.as_('admin')
    answer = change(admin, sip_hosts=['evil.example']).must(403, 'FORBIDDEN')
    assert 'sip_hosts' in answer.json['message']
    change(admin, base_url='https://other.example').must(200)
    change(admin, base_url=None).must(200)
    change(org.as_('agent'), base_url='https://evil.example').must(403)
    # What it was may be said again, and the rest is the admin's, too.
    data = admin.get(R).must(200).data
    data['default_ring_timeout'] = 20
    assert admin.put(R, data).must(200).data['sip_hosts'][0] == \
        'pbx.example.com'
    admin.put(R, {}).must(403)


@scenario
def a_default_target_is_there(org):
    ann = org.extension('1001')
    other = org.instance.organization(org.by)
    theirs = other.extension('1001')
    for place in ({'type': 'extension', 'id': ann}, {'type': 'hangup'},
                  {'type': 'voicemail', 'id': ann}, None):
        assert change(org, default_target=place).must(
            200).data['default_target'] == place
    for place, field in (
            ({'type': 'extension', 'id': theirs}, 'default_target.id'),
            ({'type': 'ring_group', 'id': ann}, 'default_target.id'),
            ({'type': 'external', 'number': '+442079460000'},
             'default_target.number'),
            ({'type': 'external', 'number': 'sip:a@b.example'},
             'default_target.number'),
            ({'type': 'moon'}, 'default_target.type'),
            ('x', 'default_target')):
        only(change(org, default_target=place).must(422), field)
    change(org, default_target={'type': 'extension', 'id': ann}).must(200)
    answer = org.delete(f'/extensions/{ann}').must(409, 'CONFLICT')
    assert answer.json['references'] == [
        {'type': 'settings', 'id': 0, 'name': 'default target'}]
    change(org, default_target=None).must(200)
    org.delete(f'/extensions/{ann}').must(204)
    # A host that is allowed, once it is.
    change(org, sip_hosts=['b.example']).must(200)
    change(org, default_target={
        'type': 'external', 'number': 'sip:a@b.example'}).must(200)


@scenario
def secrets_are_sealed_and_shown_to_few(org):
    api, hook = 'an-api-key-0123456789', 'a-webhook-secret-0123456789'
    change(org, carrier_api_key=api, webhook_secret=hook,
           require_signature=True).must(200)
    for role, seen in (('owner', True), ('admin', True), ('agent', False),
                       ('user', False)):
        answer = org.as_(role).get(R).must(200)
        assert answer.data['carrier_api_key'] == (api if seen else '***')
        assert answer.data['webhook_secret'] == (hook if seen else '***')
        page = org.as_(role).page(R).must(200).text
        assert (api in page) is seen and (hook in page) is seen
    kept = org.sql('SELECT CONCAT(HEX(carrier_api_key_sealed),'
                   ' HEX(webhook_secret_sealed)) FROM setting WHERE'
                   f' organization_id = {org.id}')[0][0]
    assert len(kept) > 2 * (len(api) + len(hook))
    for secret in (api, hook):
        assert secret.encode().hex().upper() not in kept
        assert secret not in str(org.audit('setting', org.id))
    [_, _, after, _, _] = org.audit('setting', org.id)[-1]
    assert after['carrier_api_key'] == '*** (changed)'
    assert after['webhook_secret'] == '*** (changed)'
    # Moved to another tenant's row it is worth nothing.
    other = org.instance.organization(org.by)
    org.sql('UPDATE setting a JOIN setting b ON b.organization_id ='
            f' {org.id} SET a.carrier_api_key_sealed ='
            ' b.carrier_api_key_sealed WHERE a.organization_id ='
            f' {other.id}')
    other.get(R).must(500)
    only(change(org, webhook_secret=None).must(
        422, require_signature='needs'), 'require_signature')
    change(org, webhook_secret=None, require_signature=False).must(200)


@scenario
def a_secret_is_renewed(org):
    change(org, require_signature=True).must(200)
    before = org.get(R).data['webhook_secret']
    said = org.post(f'{R}/webhook-secret').must(200).data
    assert list(said) == ['webhook_secret']
    assert len(said['webhook_secret']) >= 43
    assert said['webhook_secret'] == org.get(R).data['webhook_secret'] \
        != before
    assert org.audit('setting', org.id)[-1][0] == 'renew_secret'
    assert said['webhook_secret'] not in str(org.audit('setting', org.id))


@scenario
def two_keys_are_good_meanwhile(org):
    phone = Phone(org)
    first = phone.key
    assert 'Say' in phone.call('1', key=first)
    answer = org.post(f'{R}/voice-key', {'grace_minutes': 10080}).must(200)
    second = answer.data['voice_key']
    new, old = org.get(R).data['voice_keys']
    assert new['expires_at'] is None
    assert old['expires_at'] == answer.data['previous_expires_at'] > '20'
    assert first not in org.get(R).text and second not in org.get(R).text
    assert 'Say' in phone.call('1', key=first)
    assert 'Say' in phone.call('1', key=second)
    # Of three the oldest ends at once; without a grace the other does.
    third = phone.rotate(grace_minutes=5)
    assert 'Reject' in phone.call('1', key=first)
    assert 'Say' in phone.call('1', key=second)
    fourth = phone.rotate(grace_minutes=0)
    for key in (first, second, third, 'x'):
        assert 'Reject' in phone.call('1', key=key)
    assert 'Say' in phone.call('1', key=fourth)
    assert len(org.get(R).data['voice_keys']) == 1
    for value in (-1, 10081, 1.5, '5', None):
        only(org.post(f'{R}/voice-key', {'grace_minutes': value}).must(422),
             'grace_minutes')
    only(org.post(f'{R}/voice-key', {'x': 1}).must(422), 'x')
    assert [row[0] for row in org.audit('setting', org.id)] == [
        'rotate_key'] * 4
    kept = org.sql('SELECT CONCAT(HEX(hash), HEX(key_sealed)) FROM voice_key'
                   f' WHERE organization_id = {org.id}')[0][0]
    assert fourth.encode().hex().upper() not in kept


@scenario
def the_next_call_has_it(org):
    phone = Phone(org)
    ann, bob = org.extension('1001'), org.extension('1002')
    number = org.number(1)
    did = org.did(number)
    org.patch(f'/dids/{did}', {'target': {'type': 'extension',
                                          'id': ann}}).must(200)
    assert 'timeout="30"' in phone.call(number)
    change(org, default_ring_timeout=55).must(200)
    assert 'timeout="55"' in phone.call(number)
    nobody = phone.call(org.number(2))
    assert '<Dial' not in nobody
    change(org, default_target={'type': 'extension', 'id': bob}).must(200)
    assert '<Number>1002</Number>' in phone.call(org.number(2))
    change(org, default_target=None).must(200)
    assert '<Dial' not in phone.call(org.number(2))
    org.sql("UPDATE organization SET emergency_trunk = 'help'"
            f' WHERE id = {org.id}')
    assert '<Dial' not in phone.call('5555', by='1001')
    change(org, emergency_numbers=['5555']).must(200)
    document = phone.call('5555', by='1001')
    assert '<Number>5555</Number>' in document and 'help' in document
    change(org, emergency_numbers=[]).must(200)
    assert '<Dial' not in phone.call('5555', by='1001')
    for always in ('911', '112'):
        assert f'<Number>{always}</Number>' in phone.call(always, by='1001')
    change(org, sip_hosts=['pbx.example.com']).must(200)
    away = org.extension('1003', type='forward', target={
        'type': 'external', 'number': 'sip:ann@pbx.example.com'})
    assert away and 'sip:ann@pbx.example.com' in phone.call('1003', by='1001')
    change(org, sip_hosts=['other.example.com']).must(200)
    assert 'sip:ann' not in phone.call('1003', by='1001')
    change(org, voice='Polly.Amy', language='en-GB').must(200)
    document = phone.call(org.number(2))
    assert 'Polly.Amy' in document and 'en-GB' in document
    change(org, base_url='https://calls.example.com/pbx').must(200)
    assert 'https://calls.example.com/pbx/cgi-bin/voice' in phone.call(number)


@scenario
def rates_are_limits(org):
    """Counted in each process, and between them by Redis."""
    if org.by == 'cgi':
        return
    change(org, rates={'api': 5}).must(200)
    answers = [org.get(R) for _ in range(40)]
    assert {answer.status for answer in answers} == {200, 429}
    refused = next(each for each in answers if each.status == 429)
    refused.must(429, 'RATE_LIMITED')
    assert 1 <= int(refused.headers['retry-after']) <= 60


@scenario
def what_to_tell_the_carrier(org):
    phone = Phone(org)
    data = org.get(f'{R}/carrier').must(200).data
    base = data['voice_application']['url'].removesuffix('/cgi-bin/voice')
    assert base.startswith('http') and data['carrier'] == 'cloudonix'
    assert data['domain'] == phone.domain and data['has_api_key'] is False
    assert data['voice_application']['method'] == 'POST'
    assert data['webhooks'] == {
        name: f'{base}/cgi-bin/webhook/{name.replace("_", "-")}'
        for name in ('session_update', 'cdr', 'call_initiated',
                     'call_status', 'recording')}
    assert data['redirect_unknown_to_border'] is False
    assert phone.key not in str(data)
    assert [(step['step'], step['state']) for step in data['steps']] == [
        ('domain_profile', 'pending'), ('voice_application', 'pending'),
        ('default_application', 'pending')]
    change(org, base_url='https://own.example', carrier='twilio',
           carrier_api_key='x' * 34).must(200)
    org.sql('INSERT INTO carrier_step (organization_id, step, state, failure)'
            f" VALUES ({org.id}, 'domain_profile', 'done', NULL),"
            f" ({org.id}, 'voice_application', 'failed', '401 <no>')")
    data = org.as_('user').get(f'{R}/carrier').must(200).data
    assert data['voice_application']['url'] == \
        'https://own.example/cgi-bin/voice'
    assert data['has_api_key'] is True and data['carrier'] == 'twilio'
    assert [(step['state'], step['failure']) for step in data['steps']] == [
        ('done', None), ('failed', '401 <no>'), ('pending', None)]
    page = org.page(f'{R}/carrier').must(200).text
    assert 'https://own.example/cgi-bin/voice' in page
    assert '401 &lt;no&gt;' in page and 'x' * 34 not in page


@scenario
def only_owner_and_admin_change_them(org):
    for role in ('agent', 'user'):
        them = org.as_(role)
        them.get(R).must(200)
        them.patch(R, {'voice': 'x'}).must(403, 'FORBIDDEN')
        them.put(R, {}).must(403)
        them.post(f'{R}/voice-key', {}).must(403)
        them.post(f'{R}/webhook-secret').must(403)
        page = them.page(R).must(200).text
        assert 'Save' not in page and 'voice-key' not in page
    org.as_('admin').patch(R, {'voice': 'x'}).must(200)
    org.as_('admin').post(f'{R}/voice-key', {}).must(200)
    org.as_('owner', 'settings:read').patch(R, {'voice': 'y'}).must(403)
    org.as_('owner', 'settings:read').get(R).must(200)
    org.get(R, token='').must(401)
    other = org.instance.organization(org.by)
    assert other.get(R).data['voice'] is None
    org.get(R, headers={'X-Organization-Id': str(other.id)}).must(403)


@scenario
def a_change_is_guarded_and_audited(org):
    tag = org.get(R).headers['etag']
    answer = change(org, voice='a').must(200)
    assert answer.headers['etag'] != tag
    org.patch(R, {'voice': 'b'}, headers={'If-Match': tag}).must(
        412, 'PRECONDITION_FAILED')
    org.put(R, {}, headers={'If-Match': answer.headers['etag']}).must(200)
    rows = org.audit('setting', org.id)
    assert [(row[0], row[1]['voice'], row[2]['voice']) for row in rows] == [
        ('update', None, 'a'), ('update', 'a', None)]
    # What was read can be sent back, keys and all.
    data = org.get(R).data
    kept = org.put(R, data).must(200).data
    assert {**kept, 'updated_at': 0} == {**data, 'updated_at': 0}


@scenario
def a_browser_does_it_all_without_scripts(org):
    page = org.page(R).must(200).text
    for name in ('carrier', 'default_target.to', 'sip_hosts.0',
                 'emergency_numbers.0', 'rates.api', 'grace_minutes'):
        assert f'name="{name}"' in page, name
    assert 'name="voice_keys' not in page and '/settings/carrier"' in page
    assert '/settings/delete' not in page and '/settings/new' not in page
    assert 'action="/cgi-bin/settings/voice-key"' in page
    refused = org.form(R, {'_method': 'PATCH', 'default_ring_timeout': '4',
                           'language': 'e<b>'}).must(422)
    assert 'between 5 and 300' in refused.text
    assert 'e&lt;b&gt;' in refused.text and 'value="4"' in refused.text
    done = org.form(R, {
        '_method': 'PATCH', 'default_ring_timeout': '45', 'base_url': '',
        'emergency_numbers.0': '', 'emergency_numbers.1': '777',
        'sip_hosts.0': 'pbx.example.com', 'sip_hosts.1': '',
        'rates.api': '600', 'default_target.type': '',
        'default_target.id': ''}).must(303)
    assert done.headers['location'] == f'/cgi-bin{R}'
    data = org.get(R).data
    assert data['default_ring_timeout'] == 45
    assert data['emergency_numbers'] == ['777']
    assert data['sip_hosts'] == ['pbx.example.com']
    refused = org.form(f'{R}/voice-key', {'grace_minutes': '-5'}).must(422)
    assert 'between 0 and 10080' in refused.text and \
        'value="-5"' in refused.text
    shown = org.form(f'{R}/voice-key', {'grace_minutes': '5'}).must(200)
    assert 'Voice key' in shown.text
    shown = org.form(f'{R}/webhook-secret', {}).must(200)
    assert org.get(R).data['webhook_secret'] in shown.text


if __name__ == '__main__':
    main()
