"""What the tests of signing in share: tries, browsers, Redis that is away."""
import base64
import contextlib
import hashlib
import hmac
import os
import re
import signal
import struct
import subprocess
import time

from support import Browser

S = '/session'
WRONG = 'The e-mail address or the password is wrong.'


def address(org, role='owner'):
    return f'{role}@{org.slug}.example'


def sign_in(org, role='owner', password=None, **more):
    """The answer to a try."""
    headers = more.pop('headers', None)
    return org.post(S, {'email': address(org, role),
                        'password': password or org.password_of(role),
                        **more}, token='', headers=headers)


def browser(org, answer):
    other = object.__new__(Browser)
    other.__dict__.update(org.__dict__)
    return other.keep(answer)


def times(me):
    """How often to ask until every process was asked."""
    return range(6 if me.by == 'http' else 1)


def dead(me):
    for _ in times(me):
        me.get(S).must(401, 'UNAUTHENTICATED')
        me.get('/extensions').must(401)


def alive(me):
    for _ in times(me):
        me.get(S).must(200)


def redis(org, *words):
    run = re.search(r'^redis\.socket *= *(\S+)',
                    org.instance.conf.read_text(), re.M).group(1)
    return subprocess.run(['redis-cli', '-s', run, *words], check=True,
                          capture_output=True, text=True).stdout


@contextlib.contextmanager
def without_redis(org):
    """It does not answer; afterwards the breakers of all processes close."""
    pid = org.instance.pid('redis')
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def code(secret, ahead=0, at=None):
    """The one-time code of now (or of the second at), or of a later step (RFC
    6238)."""
    seed = base64.b32decode(secret)
    step = int(time.time() if at is None else at) // 30 + ahead
    mac = hmac.new(seed, struct.pack('>Q', step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 10**6:06}"


def second(me):
    """Takes up one-time codes: secret and recovery codes."""
    secret = me.post(f'{S}/totp').must(200).data['secret']
    codes = me.post(f'{S}/totp/confirm', {'otp': code(secret)}).must(200)
    return secret, codes.data['recovery_codes']


def actions(org, role='owner'):
    rows = org.sql(
        f"SELECT action FROM audit_entry WHERE organization_id = {org.id} AND"
        f" object_type = 'user' AND object_id = {org.user_of(role)}"
        " ORDER BY id")
    return [row[0] for row in rows]


def link_of(org, role='owner', life='1 HOUR'):
    """The token of a link, as if it had come by mail."""
    token = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip('=')
    hashed = hashlib.sha256(token.encode()).hexdigest()
    org.sql(f"INSERT INTO password_link (organization_id, user_id, hash,"
            f" expires_at) VALUES ({org.id}, {org.user_of(role)},"
            f" X'{hashed}', UTC_TIMESTAMP(3) + INTERVAL {life})")
    return token


def operator(org, *way):
    """A new operator's address and what opbxctl said."""
    email = f'op-{os.urandom(4).hex()}@platform.example'
    said = org.instance.ctl('operator', 'create', '--name', 'Op', '--email',
                            email, *way, given='platform password\n')
    return email, said
