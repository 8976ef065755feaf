"""A browser that knows nothing of what it looks at: it opens pages, finds
links, forms and inputs by what people read, fills them in, sends them as
browsers do, follows redirections and keeps cookies.  Every page that it is
shown is looked over for what no page may lack.
"""
import html.parser
import http.client
import re
import urllib.parse

from support import Answer, FORM, note_seen, scenario

VOID = {'area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link',
        'meta', 'source', 'track', 'wbr'}
ACCEPT = ('text/html,application/xhtml+xml,application/xml;q=0.9,'
          'image/avif,image/webp,*/*;q=0.8')


class Node:
    def __init__(self, tag, attrs=(), parent=None):
        self.tag = tag
        self.attrs = {key: value if value is not None else ''
                      for key, value in attrs}
        self.parent = parent
        self.inside = []  # nodes and texts

    def walk(self):
        """All nodes below, in the page's order."""
        for each in self.inside:
            if isinstance(each, Node):
                yield each
                yield from each.walk()

    def all(self, *tags):
        return [each for each in self.walk() if each.tag in tags]

    def above(self, tag):
        """From the nearest to the farthest."""
        node = self.parent
        while node is not None:
            if node.tag == tag:
                yield node
            node = node.parent

    @property
    def raw(self):
        return ''.join(each if isinstance(each, str) else each.raw
                       for each in self.inside)

    @property
    def text(self):
        return ' '.join(self.raw.split())


class Parser(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node('')
        self.feed(text)
        self.close()
        assert self.at is self.root, f'<{self.at.tag}> is not closed'

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs, self.at)
        assert len(node.attrs) == len(attrs), (tag, attrs)
        self.at.inside.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag):
        assert self.at.tag == tag, f'</{tag}> in <{self.at.tag}>'
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.inside.append(data)


class Input:
    """What can be filled in, called "Fallback / Where to"."""

    def __init__(self, page, node):
        self.node = node
        self.name = node.attrs.get('name', '')
        self.type = (node.attrs.get('type', 'text') if node.tag == 'input'
                     else node.tag)
        labels = [each.text for each in page.root.all('label')
                  if each.attrs.get('for', '?') == node.attrs.get('id')]
        labels += [re.sub(r'\s+', ' ', ''.join(
            each for each in label.inside if isinstance(each, str))).strip()
            for label in node.above('label')]
        self.labels = labels
        legends = [each.text for box in node.above('fieldset')
                   for each in box.inside
                   if isinstance(each, Node) and each.tag == 'legend']
        self.title = ' / '.join(
            [re.sub(r' \(empty: none\)$', '', each)
             for each in reversed(legends)] + labels[:1])
        self.options = [(each.attrs['value'], each.text)
                        for each in node.all('option')]
        self.file = None
        self.value = self.first()

    def first(self):
        if self.type == 'select':
            chosen = [each.attrs['value'] for each in self.node.all('option')
                      if 'selected' in each.attrs]
            assert len(chosen) < 2, (self.name, chosen)
            return (chosen + [value for value, _ in self.options] + [''])[0]
        if self.type == 'textarea':
            # A line break right behind the tag is no part of it.
            return re.sub(r'^\n', '', self.node.raw)
        return self.node.attrs.get('value', '')

    @property
    def shown(self):
        """What a person reads in it."""
        if self.type == 'select':
            return dict(self.options)[self.value]
        return self.value

    def fill(self, value):
        if isinstance(value, tuple):
            assert self.type == 'file', self.title
            self.file = value
            return
        if self.type == 'select':
            fit = ([key for key, text in self.options if text == value] or
                   [key for key, text in self.options if value in text])
            assert fit, f'{value} is none of {self.options} in {self.title}'
            value = fit[0]
        self.value = value

    def complaint(self, page):
        """What stands at it as wrong, tied to it; or None."""
        ids = self.node.attrs.get('aria-describedby', '').split()
        said = [page.by_id(each) for each in ids]
        said = [each.text for each in said
                if 'complaint' in each.attrs.get('class', '')]
        assert bool(said) == ('aria-invalid' in self.node.attrs), self.title
        return ' '.join(said) if said else None


class Form:
    def __init__(self, page, node):
        self.page = page
        self.node = node
        self.method = node.attrs.get('method', 'get').lower()
        self.action = urllib.parse.urljoin(
            page.url, node.attrs.get('action', page.url))
        self.inputs = [Input(page, each)
                       for each in node.all('input', 'select', 'textarea')]
        self.buttons = [each.text for each in node.all('button')]

    def input(self, title):
        found = [each for each in self.inputs
                 if each.title == title and each.type != 'hidden']
        assert len(found) == 1, (f'{title} is {len(found)} of '
                                 f'{[each.title for each in self.inputs]}')
        return found[0]

    def fill(self, **values):
        return self.fill_in(values)

    def fill_in(self, values):
        for title, value in values.items():
            self.input(title).fill(value)
        return self

    def pairs(self):
        for each in self.inputs:
            if not each.name or 'disabled' in each.node.attrs:
                continue
            if (each.type in ('checkbox', 'radio') and
                    'checked' not in each.node.attrs):
                continue
            yield each

    def submit(self):
        browser = self.page.browser
        plain = [(each.name, each.value) for each in self.pairs()
                 if each.type != 'file']
        if self.method == 'get':
            url = self.action.partition('?')[0]
            return browser.open(url + '?' + urllib.parse.urlencode(plain))
        if self.node.attrs.get('enctype') != 'multipart/form-data':
            return browser.open(self.action, 'POST', urllib.parse.urlencode(
                plain).encode(), FORM)
        mark = 'a-line-that-is-in-no-file'
        body = b''
        for each in self.pairs():
            head = f'--{mark}\r\nContent-Disposition: form-data; ' \
                f'name="{each.name}"'
            data = each.value.encode()
            if each.type == 'file':
                name, kind, data = each.file or (
                    '', 'application/octet-stream', b'')
                head += f'; filename="{name}"\r\nContent-Type: {kind}'
            body += head.encode() + b'\r\n\r\n' + data + b'\r\n'
        body += f'--{mark}--\r\n'.encode()
        return browser.open(self.action, 'POST', body,
                            f'multipart/form-data; boundary={mark}')


class Page:
    def __init__(self, browser, url, answer):
        self.browser = browser
        self.url = url
        self.answer = answer
        self.status = answer.status
        self.kind = answer.headers.get('content-type', '')
        self.source = answer.text
        self.root = Parser(answer.text).root if 'html' in self.kind else None

    def must(self, status):
        assert self.status == status, (
            f'{self.url}: {self.status} instead of {status}: '
            f'{self.main.text if self.root else self.source}'[:2000])
        return self

    def by_id(self, id):
        found = [each for each in self.root.walk()
                 if each.attrs.get('id') == id]
        assert len(found) == 1, f'{len(found)} elements are called {id}'
        return found[0]

    @property
    def text(self):
        return self.root.text

    @property
    def main(self):
        """What the page is about, without its head."""
        return self.root.all('main')[0]

    @property
    def heading(self):
        return self.root.all('h1')[0].text

    @property
    def navigation(self):
        """{text: address} of the links that every page has."""
        return {each.text: each.attrs['href'] for nav in self.root.all('nav')
                for each in nav.all('a')}

    def links(self, text):
        return [each.attrs['href'] for each in self.root.all('a')
                if each.text == text]

    def has(self, text):
        """A link or a button of that text."""
        return bool(self.links(text)) or text in self.buttons

    def click(self, text):
        """Follows the first link of that text."""
        found = self.links(text)
        assert found, (f'{self.url} has no link "{text}" but '
                       f'{[each.text for each in self.root.all("a")]}')
        return self.browser.open(urllib.parse.urljoin(self.url, found[0]))

    @property
    def forms(self):
        return [Form(self, each) for each in self.root.all('form')]

    @property
    def buttons(self):
        return [each.text for each in self.root.all('button')]

    def form(self, button):
        found = [each for each in self.forms if button in each.buttons]
        assert len(found) == 1, (f'{self.url}: {len(found)} buttons '
                                 f'"{button}" of {self.buttons}')
        return found[0]

    def press(self, button, **values):
        return self.form(button).fill_in(values).submit()

    @property
    def rows(self):
        """Of the page's tables: texts by column."""
        return [{head.text: cell.text for head, cell in
                 zip(table.all('th'), row.all('td'))}
                for table in self.root.all('table')
                for row in table.all('tr') if row.all('td')]


class Browser:
    def __init__(self, port):
        self.port = port
        self.site = f'http://127.0.0.1:{port}'
        self.cookies = {}
        self.signed_in = False

    def keep(self, answer):
        for line in answer.lines('set-cookie'):
            pair, _, more = line.partition(';')
            name, _, value = pair.partition('=')
            assert 'httponly' in more.lower() and 'samesite' in more.lower()
            self.cookies[name] = value
            if not value or 'max-age=0' in more.lower():
                del self.cookies[name]
            self.signed_in = bool(self.cookies)

    def ask(self, method, url, body, type):
        where = urllib.parse.urlsplit(url)
        path = where.path + ('?' + where.query if where.query else '')
        said = {'Accept': ACCEPT}
        if self.cookies:
            said['Cookie'] = '; '.join(f'{name}={value}' for name, value
                                       in self.cookies.items())
        if body is not None:
            said['Content-Type'] = type
            said['Origin'] = self.site
        connection = http.client.HTTPConnection(
            '127.0.0.1', self.port, timeout=60)
        try:
            connection.request(method, path, body, said)
            got = connection.getresponse()
            answer = Answer(f'{method} {path}', got.status,
                            got.getheaders(), got.read())
        finally:
            connection.close()
        if path.startswith('/cgi-bin/'):
            note_seen(method, path[8:], body, type, answer)
        self.keep(answer)
        return answer

    def open(self, url, method='GET', body=None, type=None):
        url = urllib.parse.urljoin(self.site + '/', url)
        assert url.startswith(self.site + '/'), url
        answer = self.ask(method, url, body, type)
        for _ in range(5):
            if answer.status != 303:
                break
            url = urllib.parse.urljoin(url, answer.headers['location'])
            answer = self.ask('GET', url, None, None)
        page = Page(self, url, answer)
        if page.root is not None:
            look_over(page, self.signed_in)
        return page


def look_over(page, signed_in):
    """What no page may lack, and none may have."""
    root, url = page.root, page.url
    assert [each.attrs.get('lang') for each in root.all('html')] == ['en']
    assert len(root.all('h1')) == 1 and page.heading, url
    title = [each.text for each in root.all('title')]
    assert len(title) == 1 and len(title[0]) > 6 or title == ['OpBX'], title
    assert not root.all('style', 'iframe', 'object'), url
    # What has scripts has them in files, and none of it is a responder's.
    for each in root.all('script'):
        assert '/cgi-bin/' not in url, url
        assert each.attrs['src'].startswith('/js/') and not each.text, url
    for node in root.walk():
        assert not {key for key in node.attrs
                    if key.startswith('on') or key == 'style'}, node.attrs
    ids = [each.attrs['id'] for each in root.walk() if 'id' in each.attrs]
    assert len(ids) == len(set(ids)), (url, ids)
    for each in root.all('a'):
        assert each.text and each.attrs['href'], url
    for form in page.forms:
        assert form.action.startswith(page.browser.site), form.action
        hidden = {each.name: each.value for each in form.inputs
                  if each.type == 'hidden'}
        for each in form.inputs:
            if each.type == 'hidden':
                continue
            assert len(each.labels) == 1 and each.labels[0], (
                url, each.name, each.labels)
            each.complaint(page)
        visible = [each.title for each in form.inputs
                   if each.type != 'hidden']
        assert len(visible) == len(set(visible)), (url, visible)
        if form.method == 'post' and signed_in:
            assert hidden.get('_csrf'), (url, hidden)
    if '/cgi-bin/' not in url or page.status >= 500:
        return
    assert "default-src 'none'" in page.answer.headers[
        'content-security-policy']
    assert ('Sign out' in page.buttons) == signed_in, url
    assert bool(page.navigation) == signed_in, url
    assert not signed_in or 'Signed in as' in page.text, url


def by_http(function):
    """A browser needs a web server."""
    def run(org):
        if org.by == 'http':
            function(org)
    run.__name__ = function.__name__
    return scenario(run)


def sign_in(org, role='owner', **more):
    """The first page that a browser is shown when it has signed in."""
    password = org.password_of(role)
    org.user_of(role)
    return sign_in_as(org, f'{role}@{org.slug}.example', password, **more)


def sign_in_as(org, email, password, **more):
    browser = Browser(org.instance.port)
    page = browser.open('/').must(200).click('Sign in').must(200)
    return page.form('Sign in').fill_in({
        'E-mail address': email, 'Password': password, **more}).submit()


def new_of(page):
    links = [each.text for each in page.main.all('a')
             if each.text.startswith('New ')]
    assert len(links) == 1, (page.url, links)
    return page.click(links[0]).must(200)


def save(page):
    return [each for each in page.forms if 'Save' in each.buttons][0]
