#!/usr/bin/env python3
"""opbxctl call: a newcomer places a call without a carrier, and sees it."""
import os
import re
import subprocess

from carrier import BUILD, Site, finish, run, scenario

CALLER = '+12025550199'


def call(site, *words, conf=None, **environment):
    """Exit status, what it told, what it complained of."""
    env = {**os.environ, 'OPBX_CONF': str(conf or site.conf), **environment}
    done = subprocess.run([BUILD / 'sbin' / 'opbxctl', 'call', *words],
                          env=env, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def told(site, *words, **environment):
    status, out, err = call(site, *words, **environment)
    assert status == 0 and err == '', (words, status, out, err)
    return out


def row(tenant, out):
    """The call's row, where the command says that it is."""
    id = re.search(rf'its row: {tenant.site.base}/cgi-bin/calls/(\d+) ',
                   out)
    assert id, out
    return tenant.get(f'/calls/{id[1]}').must(200).data


@scenario
def the_demo_needs_no_key(site):
    out = told(site, '--from', CALLER, '--to', '+12125550100')
    assert re.search('dials 1001 for 30 s\n  1001 answers', out), out
    found = row(site.demo, out)
    assert found['state'] == 'completed' and found['from'] == CALLER
    assert found['to'] == '+12125550100' and found['duration'] == 33
    assert sorted(event['kind'] for event in found['events']) == [
        'call-initiated', 'call-status', 'cdr', 'session-update',
        'session-update', 'session-update', 'voice', 'voice']


@scenario
def busy_and_nobody_and_the_second_of_three(site):
    for answer, words in (
            ('busy', 'busy'), ('no-answer', 'no-answer'),
            ('answer=2', '1002 answers'), ('canceled', 'canceled'),
            ('failed', 'failed')):
        out = told(site, '--from', CALLER, '--to', '+12125550101',
                   '--answer', answer)
        assert f'  dials 1001 1002 1003 for 30 s\n  {words}' in out, out
    # Support rings one after the other, twice, and then 1004.
    out = told(site, '--from', CALLER, '--to', '+12125550102', '--answer',
               'busy,no-answer,busy,busy,answer')
    assert re.findall(r'dials (\d+)', out) == \
        ['1001', '1002', '1001', '1002', '1004'], out


@scenario
def a_menu_hears_keys_and_silence(site):
    out = told(site, '--from', CALLER, '--to', '+12125550104', '--digits',
               ',2')
    assert re.search('silence\n.*keys 2\n.*dials 1002', out, re.S), out
    assert row(site.demo, out)['extension_id']


@scenario
def a_message_is_left(site):
    words = ('--from', CALLER, '--to', '1002', '--direction', 'subscriber',
             '--from', '1001', '--answer', 'no-answer')
    out = told(site, *words, '--speech', '9', '--repeat', '2', '--shuffle',
               '5')
    assert 'records 9 s' in out, out
    [message] = row(site.demo, out)['voicemails']
    assert message['seconds'] == 9, message
    silent = told(site, *words, '--speech', '0')
    assert row(site.demo, silent)['voicemails'] == [], silent


@scenario
def an_organization_of_ones_own(site):
    tenant = site.tenant()
    [one] = tenant.users('1001')
    number, _ = tenant.own(1, ('extension', one))
    who = {'VOICE_KEY': tenant.key, 'DOMAIN': tenant.domain}
    out = told(site, '--from', CALLER, '--to', number, '--org', tenant.slug,
               '--form', **who)
    assert 'dials 1001' in out and row(tenant, out)['state'] == 'completed'
    out = told(site, '--from', CALLER, '--to', number, '--org', tenant.slug,
               '--key', tenant.key, '--domain', tenant.domain)
    assert row(tenant, out)['state'] == 'completed'
    assert tenant.key not in out
    # The wrong key: nothing is told of anything.
    status, out, err = call(site, '--from', CALLER, '--to', number, '--key',
                            'wrong', '--domain', tenant.domain)
    assert status == 1 and 'asked: 401' in out and 'its row' not in out, out


@scenario
def what_is_refused(site):
    here = ('--from', CALLER, '--to', '1')
    for words, said in (
            ((), '--from is required'),
            (('--from', '1'), '--to is required'),
            ((*here, '--answer', 'maybe'), '"maybe"'),
            ((*here, '--answer', 'busy,answer=0'), '"answer=0"'),
            ((*here, '--answer', 'busy,,answer'), '""'),
            ((*here, '--speech', '-1'), '--speech'),
            ((*here, '--speech', 'long'), '--speech'),
            ((*here, '--repeat', '0'), '--repeat'),
            ((*here, '--repeat', '10'), '--repeat'),
            ((*here, '--shuffle', 'x'), '--shuffle'),
            ((*here, '--nothing', '1'), '--nothing'),
            ((*here, 'more'), '"more"')):
        status, out, err = call(site, *words)
        assert status == 2 and said in err and out == '', (words, out, err)
    elsewhere = site.var / 'else' / 'where'
    elsewhere.mkdir(parents=True)
    conf = elsewhere / 'opbx.conf'
    conf.write_text(site.conf.read_text())
    status, out, err = call(site, *here, conf=conf)
    assert status == 2 and 'whose call' in err, (status, out, err)
    status, out, err = call(site, *here, '--base', 'http://127.0.0.1:1')
    assert status == 1 and 'asked: 0' in out, (status, out, err)


if __name__ == '__main__':
    finish(*run(Site()))
