"""The plain pages that a browser gets, and the forms that work without
scripts."""
import re
import urllib.parse

from support import BUILD, FORM, ROOT, main, scenario

R = '/extensions'


@scenario
def a_browser_gets_pages(org):
    evil = '<script>alert(1)</script>'
    id = org.extension('1001', name=evil)
    org.extension('1002', name='"onload="x')
    for path in (R, f'{R}/new', f'{R}/{id}', f'{R}/{id}/delete',
                 f'{R}?q=%3Cscript%3E&sort=-name&per_page=1'):
        answer = org.page(path).must(200)
        assert answer.headers['content-type'] == 'text/html; charset=utf-8'
        policy = answer.headers['content-security-policy']
        assert "default-src 'none'" in policy and 'unsafe' not in policy
        assert '<script' not in answer.text
        assert 'style=' not in answer.text and '<style' not in answer.text
        assert 'onload="x' not in answer.text.replace('&quot;onload', '')
        assert '/style.css' in answer.text
        assert not re.search(r'\son\w+=', answer.text.replace(
            '&quot;onload=&quot;x', ''))
    page = org.page(f'{R}/{id}').text
    assert 'name="_method" value="PATCH"' in page
    assert 'name="_csrf"' in page
    assert '&lt;script&gt;' in page
    assert f'href="/cgi-bin{R}/{id}"' in org.page(R).text
    assert 'value="DELETE"' in org.page(f'{R}/{id}/delete').text
    # A browser's own Accept header asks for HTML.
    assert org.get(R, accept='text/html,application/xhtml+xml,'
                   'application/xml;q=0.9,*/*;q=0.8').text.startswith('<!')
    assert org.get(R, accept='*/*').json['data']
    org.page(f'{R}/999999').must(404)
    assert '<h1>Not valid</h1>' in org.page(f'{R}?sort=x').must(422).text
    assert '<h1>Not found</h1>' in org.page(f'{R}/999999').text
    assert '<h1>Not signed in</h1>' in org.page(R, token='x').must(401).text
    assert '<h1>Not possible here</h1>' in org.form(
        R, {'_method': 'PUT'}).must(405).text
    assert f'{R}/new"' not in org.as_('user').page(R).must(200).text
    assert '<button>Save' not in org.as_('user').page(f'{R}/{id}').text


RESOURCES = {
    'blocked-callers': ('Blocked callers', 'blocked caller'),
    'business-hours': ('Business hours', 'business hours'),
    'conference-rooms': ('Conference rooms', 'conference room'),
    'dids': ('DIDs', 'DID'),
    'extensions': ('Extensions', 'extension'),
    'ivr-menus': ('IVR menus', 'IVR menu'),
    'outbound-rules': ('Outbound rules', 'outbound rule'),
    'ring-groups': ('Ring groups', 'ring group'),
}


def labels(page):
    return [re.sub(r'<[^>]*>', '', each).strip() for each in re.findall(
        r'<h1>.*?</h1>|<th .*?</th>|<legend>.*?</legend>|<button>.*?</button>'
        r'|<span class="label">.*?</span>|<label[^>]*>[^<]*|<option[^>]*>.*?</option>|<title>.*?</title>', page,
        re.S)]


@scenario
def pages_are_in_words(org):
    user = org.user_of('owner')
    id = org.extension('1001', user_id=user)
    for name, (title, one) in RESOURCES.items():
        page = org.page(f'/{name}').must(200).text
        assert f'<h1>{title}</h1>' in page, page
        new = org.page(f'/{name}/new').must(200).text
        assert f'<h1>New {one}</h1>' in new, new
        # What it is, where that has a page.
        doc = f'<a href="/docs/{name}.html">What '
        assert (doc in page, doc in new) == ((
            ROOT / 'www' / 'docs' / f'{name}.html').exists(),) * 2, name
        for label in labels(page) + labels(new):
            assert label == '-' or not re.search(r'_|\w\.\w|\w-\w', label) \
                or 'e-mail' in label, (name, label)
            assert label[:1] != '', (name, labels(new))
        answer = org.get(f'/{name}/999999').must(404)
        be = 'are' if one.endswith('s') else 'is'
        assert answer.json['message'] == f'There {be} no such {one}.'
    page = org.page(f'{R}/{id}').text
    assert '<h1>Extension 1001 Ann</h1>' in page
    for label in ('User', 'Voicemail enabled', 'Voicemail PIN', 'Caller ID',
                  'Emergency DID', 'SIP password', 'Do not disturb',
                  'Configuration URL', 'ring group'):
        assert label in labels(page), (label, labels(page))
    assert 'User' in labels(org.page(R).text)
    page = org.form('/ring-groups', {'name': 'x',
                                     'members.0.extension_id': 'x'}).must(422)
    assert '<li>Members 1 extension ID must be' in page.text, page.text
    assert 'Extension' in labels(page.text)


@scenario
def links_lead_to_what_there_is(org):
    user = org.user_of('owner')
    id = org.extension('1001', user_id=user)
    seen = set()
    for name in RESOURCES:
        for path in (f'/{name}', f'/{name}/new'):
            seen.update(re.findall(r'href="([^"]*)"', org.page(path).text))
    seen.update(re.findall(r'href="([^"]*)"', org.page(f'{R}/{id}').text))
    inside = sorted(each.replace('&amp;', '&')[8:] for each in seen
                    if each.startswith('/cgi-bin/'))
    assert '/extensions' in inside and f'{R}/{id}' in inside
    for path in inside:
        assert (BUILD / 'cgi-bin' / path.split('/')[1].split('?')[0]
                ).exists(), f'{path} leads to nothing'
        org.page(path).must(200)
    # And once there is a page, the link is there.
    for name in ('users', 'prompts'):
        assert (BUILD / 'cgi-bin' / name).exists() == (
            f'/{name}' in inside), inside


@scenario
def an_answer_varies_by_what_was_accepted_once(org):
    id = org.extension('1001')
    for path in (R, f'{R}/new', f'{R}/{id}', f'{R}/{id}/delete', f'{R}/9999',
                 f'{R}?sort=x', f'{R}/x'):
        for accept in ('text/html', 'application/json', 'text/csv'):
            answer = org.get(path, accept=accept)
            assert answer.lines('vary') == ['Accept'], (path, answer.headers)


@scenario
def every_form_that_is_shown_can_be_posted(org):
    """What a page holds, sent back unchanged, changes nothing."""
    org.rule('all', countries=['US'])
    a = org.extension('1001', voicemail={'enabled': True, 'pin': '1234'},
                      forward={'busy': {'type': 'hangup'}, 'always': {
                          'type': 'external', 'number': '+12125550188'}})
    b = org.extension('1002')
    group = org.post('/ring-groups', {
        'name': 'G', 'members': [{'extension_id': a}, {'extension_id': b}],
        'fallback': {'type': 'extension', 'id': a}}).must(201).id
    for path in (f'{R}/{a}', f'/ring-groups/{group}'):
        before = org.get(path).data
        fields = form_fields(org.page(path).text)
        assert ('_method', 'PATCH') in fields
        org.form(path, fields).must(303)
        after = org.get(path).data
        after.pop('updated_at')
        before.pop('updated_at')
        assert after == before, (after, before)
    fields = form_fields(org.page(f'{R}/new').text)
    fields = [(k, {'number': '1003', 'name': 'Eve'}.get(k, v))
              for k, v in fields]
    answer = org.form(R, fields).must(303)
    assert org.get(answer.headers['location'][8:]).data['name'] == 'Eve'


def form_fields(page):
    """What a browser would send of the page's post form."""
    import html
    form = re.search(r'<form method="post".*?</form>', page, re.S).group(0)
    fields = []
    for tag in re.finditer(
            r'<input type="\w+" name="([^"]*)" value="([^"]*)"[^>]*>'
            r'|<select name="([^"]*)"[^>]*>(.*?)</select>'
            r'|<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.S):
        if tag.group(1) is not None:
            fields.append((tag.group(1), html.unescape(tag.group(2))))
        elif tag.group(3) is not None:
            chosen = (re.search(r'value="([^"]*)" selected', tag.group(4)) or
                      re.search(r'value="([^"]*)"', tag.group(4)))
            fields.append((tag.group(3), chosen.group(1)))
        else:
            fields.append((tag.group(5), html.unescape(tag.group(6))))
    return fields


@scenario
def a_page_has_a_button_for_each_action(org):
    id = org.extension('1001')
    page = org.page(f'{R}/{id}').text
    assert f'action="/cgi-bin{R}/{id}/sip-password"' in page
    assert '/restore"' not in page
    assert 'sip-password"' not in org.as_('user').page(f'{R}/{id}').text
    old = org.get(f'{R}/{id}').data['sip_password']
    org.form(f'{R}/{id}/sip-password', {'_csrf': ''}).must(303)
    assert org.get(f'{R}/{id}').data['sip_password'] != old
    org.form(f'{R}/{id}', {'_method': 'DELETE'}).must(303)
    page = org.page(f'{R}/{id}?deleted=with').text
    assert f'action="/cgi-bin{R}/{id}/restore"' in page
    assert '<button>Save' not in page and 'sip-password"' not in page


@scenario
def a_refused_form_comes_again_with_what_was_typed(org):
    page = org.form(R, {'number': '1', 'name': 'A<b>',
                        'ring_timeout': 'soon',
                        'voicemail.pin': 'abc'}).must(422)
    assert page.headers['content-type'].startswith('text/html')
    for text in ('value="1"', 'value="A&lt;b&gt;"', 'value="soon"',
                 'value="abc"', 'must be a whole number',
                 'must have at least 2 characters', 'must be digits only'):
        assert text in page.text, text
    id = org.extension('1001')
    page = org.form(f'{R}/{id}', {'_method': 'PATCH', 'number': 'x'}).must(
        422)
    assert f'action="/cgi-bin{R}/{id}"' in page.text
    ann = org.extension('1002')
    org.post('/ring-groups', {'name': 'G', 'members': [
        {'extension_id': ann}]}).must(201)
    page = org.form(f'{R}/{ann}', {'_method': 'DELETE'}).must(409)
    assert 'ring group G</a></li>' in page.text


@scenario
def a_form_with_a_next_page_goes_there_whatever_is_accepted(org):
    fields = urllib.parse.urlencode({'number': '1001', 'name': 'Ann',
                                     '_next': '/cgi-bin/dids'})
    answer = org.ask('POST', R, fields, type=FORM, accept='*/*').must(303)
    assert answer.headers['location'] == '/cgi-bin/dids'
    org.ask('POST', R, fields, type=FORM, accept='application/json').must(
        422, number='taken')


@scenario
def a_form_goes_on_to_its_next_page_on_this_site(org):
    good = {'name': 'x'}
    for n, (next, where) in enumerate((
            ('/menu.html?a=1', '/menu.html?a=1'), ('', None),
            ('//evil.example', None), ('https://evil.example', None),
            ('/\\evil.example', None), ('/a\r\nX-Evil: 1', None),
            ('evil', None), ('/' + 'x' * 3000, None), ('javascript:1', None),
            ('/\tx', None), ('/a b', None))):
        answer = org.form(R, {**good, 'number': str(100 + n),
                              '_next': next}).must(303)
        location = answer.headers['location']
        assert 'x-evil' not in answer.headers
        if where:
            assert location == where
        else:
            assert re.fullmatch(r'/cgi-bin/extensions/\d+', location), next
    id = org.extension('999')
    answer = org.form(f'{R}/{id}', {'_method': 'DELETE'}).must(303)
    assert answer.headers['location'] == f'/cgi-bin{R}'
    answer = org.form(f'{R}/{id}/restore', {}).must(303)
    assert answer.headers['location'] == f'/cgi-bin{R}/{id}'


if __name__ == '__main__':
    main()
