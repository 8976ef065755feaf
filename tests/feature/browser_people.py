"""Who one is and what one may, by pages alone: signing in, one's account, what
each role sees and may press, and the operator's work."""
import base64
import hashlib
import hmac
import re
import struct
import time
import urllib.parse

from browsing import Browser, by_http, new_of, save, sign_in, sign_in_as
from support import FORM, main


def code(secret, later=0):
    """What an authenticator shows (RFC 6238)."""
    step = struct.pack('>Q', int(time.time()) // 30 + later)
    hash = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    at = hash[-1] & 15
    number = struct.unpack('>I', hash[at:at + 4])[0] & 0x7fffffff
    return f'{number % 1000000:06}'


@by_http
def one_signs_in_and_out(org):
    page = sign_in_as(org, f'owner@{org.slug}.example', 'wrong <b>words')
    page.must(401)
    form = page.form('Sign in')
    assert form.input('E-mail address').value == f'owner@{org.slug}.example'
    assert form.input('Password').value == ''
    assert 'wrong <b>words' not in page.source and 'words' not in page.text
    assert page.root.all('p')[0].attrs.get('role') == 'alert', page.source
    page = form.fill_in({'Password': org.password_of('owner')}).submit()
    page.must(200)
    assert f'owner@{org.slug}.example' in page.main.text
    out = page.press('Sign out').must(200)
    assert not out.navigation and 'Sign in' in out.buttons
    # The way back from a page that was asked for without a name.
    page = out.browser.open('/cgi-bin/extensions?sort=name').must(401)
    page = page.click('Sign in').form('Sign in').fill_in({
        'E-mail address': f'owner@{org.slug}.example',
        'Password': org.password_of('owner')}).submit().must(200)
    assert page.heading == 'Extensions' and page.url.endswith('sort=name')


@by_http
def a_forgotten_password_is_set_anew(org):
    """The link itself is in the mail: account.py."""
    page = sign_in_as(org, f'owner@{org.slug}.example', 'forgotten')
    page = page.must(401).click('Forgotten password').must(200)
    page = page.form('Send').fill_in({'E-mail address': ''}).submit()
    assert page.must(422).form('Send').input('E-mail address').complaint(page)
    page = page.form('Send').fill_in({
        'E-mail address': f'owner@{org.slug}.example'}).submit().must(200)
    assert 'is on its way' in page.main.text
    assert org.slug not in page.main.text


def listed(document):
    """The resources that have a list: {path: operation}."""
    return {path: methods['get'] for path, methods in
            document['paths'].items()
            if re.fullmatch(r'/[a-z-]+', path) and 'get' in methods}


@by_http
def from_every_page_one_gets_to_what_ones_role_may_see(org):
    document = org.get('/schema', token='').must(200).json
    for role in ('owner', 'admin', 'agent', 'user'):
        page = sign_in(org, role).must(200)
        led = {re.sub(r'/(configuration|\d+)$', '', urllib.parse.urlsplit(
            href).path[8:]) for href in page.navigation.values()}
        for path, operation in listed(document).items():
            sees = role in operation['x-roles']
            if path not in ('/organizations', '/health', '/schema'):
                assert sees == (path in led), (role, path, led)
        assert ('/organizations' in led) == (role in ('owner', 'admin'))
        assert ('/health' in led) == (role != 'user')
        for text in page.navigation:
            there = page.click(text).must(200)
            assert there.navigation == page.navigation
            assert f'{role.title()}, {role}' in there.text


@by_http
def people_and_mails_have_their_buttons(org):
    org.user_of('agent')
    start = sign_in(org)
    page = start.click('Users').click('Agent').must(200)
    page.press('Send an invitation').must(200)
    org.post('/notifications', {'name': 'Missed', 'event': 'missed_call',
                                'email': 'eve@x.example'}).must(201)
    page = start.click('Notifications').click('Missed').must(200)
    page.press('Send a test').must(200)
    assert org.sql('SELECT COUNT(*) FROM delivery WHERE organization_id ='
                   f' {org.id}') == [['2']]


@by_http
def ones_account_is_kept_by_forms(org):
    start = sign_in(org, 'admin')
    other = sign_in(org, 'admin').browser
    page = start.click('Your account').click('Sessions').must(200)
    page = page.press('End all other sessions').must(200)
    other.signed_in = False
    other.open('/cgi-bin/session').must(401)
    # One-time codes.
    page = page.click('Your account').click('One-time codes (not in use)')
    page = page.press('Begin').must(200)
    secret = re.search(r'\b[A-Z2-7]{32}\b', page.main.text).group(0)
    wrong = page.press('Confirm', **{
        'The code that it shows': '000000'}).must(422)
    assert wrong.form('Confirm').input('The code that it shows').complaint(
        wrong)
    page = wrong.press('Confirm', **{
        'The code that it shows': code(secret)}).must(200)
    codes = re.findall(r'\b[a-z2-7]{5}-[a-z2-7]{5}\b', page.main.text)
    assert len(codes) == 10
    page = page.press('Sign out')
    page = sign_in(org, 'admin').must(401)
    again = page.form('Sign in')
    field = 'One-time code, if you use one'
    assert again.input(field).complaint(page)
    page = again.fill_in({'Password': org.password_of('admin'),
                          field: codes[0]}).submit().must(200)
    # Another password.
    page = page.click('Change the password').must(200)
    page = page.press('Change', **{
        'Password until now': 'not this one',
        'New password': 'a newer password'}).must(422)
    form = page.form('Change')
    assert form.input('Password until now').complaint(page)
    assert 'not this one' not in page.source
    page = form.fill_in({'Password until now': org.password_of('admin'),
                         'New password': 'a newer password'}).submit()
    page.must(200).press('Sign out').must(200)
    sign_in(org, 'admin').must(401)


@by_http
def nobody_sees_what_he_may_not_press(org):
    own = org.extension('1001', 'Mine', user_id=org.user_of('agent'))
    org.extension('1002', 'Other')
    org.post('/conference-rooms', {'name': 'Board', 'pin': '98765'}).must(201)
    org.user_of('admin')
    presses = {'Show', 'Sign out'}
    for role in ('agent', 'user'):
        start = sign_in(org, role).must(200)
        for name in start.navigation:
            page = start.click(name).must(200)
            if name in ('Your account', 'Access tokens', 'Simulator'):
                continue
            assert set(page.buttons) <= presses, (name, page.buttons)
            assert not [each.text for each in page.main.all('a')
                        if each.text.startswith('New ')], name
        for list, name in (('Extensions', 'Other'),
                           ('Conference rooms', 'Board'),
                           ('Users', 'Admin')):
            page = start.click(list).click(name).must(200)
            assert set(page.buttons) == {'Sign out'}, page.buttons
            assert not page.links('Delete') and '98765' not in page.source
            assert not [each for form in page.forms for each in form.inputs
                        if each.type != 'hidden']
            # A form of one's own making, with the session's own token.
            token = page.forms[0].inputs[0].value
            for method in ('PATCH', 'DELETE'):
                forged = page.browser.open(
                    page.url, 'POST', urllib.parse.urlencode({
                        '_csrf': token, '_method': method,
                        'name': 'Forged'}).encode(),
                    FORM).must(403)
                assert forged.heading == 'Not allowed'
                assert forged.navigation == page.navigation
            assert start.click(list).links(name)
            start.browser.open(f'{start.click(list).url}/new').must(403)
    # One's own extension, and of it what is one's own.
    start = sign_in(org, 'agent')
    page = start.click('Extensions').click('Mine').must(200)
    assert {each.title for each in save(page).inputs
            if each.type != 'hidden'} == {
        'Do not disturb', 'Voicemail greeting prompt',
        'Voicemail greeting text', 'Forward always / Where to',
        'Forward always / Number, if external', 'Forward busy / Where to',
        'Forward busy / Number, if external', 'Forward no answer / Where to',
        'Forward no answer / Number, if external'}
    page = save(page).fill_in({'Do not disturb': 'yes'}).submit().must(200)
    assert org.get(f'/extensions/{own}').data['do_not_disturb'] is True
    # Oneself, and who is above.
    page = start.click('Users').click('Agent').must(200)
    page = save(page).fill_in({'Name': 'Myself'}).submit().must(200)
    assert 'Myself' in page.heading
    page = sign_in(org, 'admin').click('Users').click('Owner').must(200)
    assert set(page.buttons) == {'Sign out'} and not page.links('Delete')
    # Without the session's token nothing is done at all.
    page = sign_in(org).click('Extensions').click('Other')
    form = save(page).fill_in({'Name': 'Forged'})
    for each in form.inputs:
        if each.name == '_csrf':
            each.value = 'x' * 43
    assert form.submit().must(403).heading == 'Not allowed'


@by_http
def an_operator_makes_and_ends_organizations(org):
    password = org.password_of('admin')
    email = f'op@{org.slug}.example'
    org.sql("INSERT INTO operator (name, email, password_hash) SELECT 'Op',"
            f" '{email}', password_hash FROM user WHERE organization_id ="
            f" {org.id} AND id = {org.user_of('admin')}")
    start = sign_in_as(org, email, password).must(200)
    assert set(start.navigation) == {'Organizations', 'Your account'}
    list = start.click('Organizations').must(200)
    page = new_of(list)
    slug = f'{org.slug}-new'
    page = save(page).fill_in({
        'Name': 'Acme', 'Slug': slug, 'Country': 'Nowhere',
        'Time zone': 'UTC', 'Owner name': 'Eve',
        'Owner e-mail': f'eve@{slug}.example'}).submit().must(422)
    assert save(page).input('Country').complaint(page)
    assert save(page).input('Name').value == 'Acme'
    page = save(page).fill_in({'Country': 'US'}).submit().must(201)
    link = re.search(r'http\S+/session/link\S+', page.main.text).group(0)
    assert re.search(r'[\w-]{40,}', page.main.text)
    there = Browser(org.instance.port).open(link).must(200)
    there.press('Set', **{'New password': 'the first password'}).must(200)
    owner = sign_in_as(org, f'eve@{slug}.example', 'the first password')
    owner.must(200)
    page = owner.click('Organization').must(200)
    assert 'Slug' not in [each.title for each in save(page).inputs]
    save(page).fill_in({'Name': 'Acme Phones'}).submit().must(200)
    # Suspended, resumed, deleted, restored.
    list = list.form('Show').fill_in({'Search': slug}).submit().must(200)
    page = list.click('Acme Phones').must(200)
    assert link not in page.source
    page = page.press('Suspend').must(200)
    owner.browser.signed_in = False
    assert owner.browser.open('/cgi-bin/extensions').status in (401, 403)
    page = page.press('Resume').must(200)
    gone = page.click('Delete').press('Delete').must(200)
    gone = gone.form('Show').fill_in({
        'Search': slug, 'Which': 'only deleted'}).submit().must(200)
    page = gone.click('Acme Phones').press('Restore').must(200)
    assert 'Save' in page.buttons
    sign_in_as(org, f'eve@{slug}.example', 'the first password').must(200)


if __name__ == '__main__':
    main()
