"""The OpenAPI document: what it says, how it is fetched, where it comes from.

That answers are what it promises is tests/openapi's to show, that bodies are
judged as it says bounds.py's, and that routes ask for whom it names
wholesale.py's.
"""
import html
import json
import os
import pathlib
import re
import subprocess
import tempfile

from support import BUILD, ROOT, main, scenario

S = '/schema'


def document(org):
    return org.get(S, token='').must(200).json


def operations(doc):
    return [(method, path, each) for path, methods in doc['paths'].items()
            for method, each in methods.items()]


@scenario
def everybody_may_read_it(org):
    answer = org.get(S, token='').must(200)
    assert answer.headers['content-type'] == 'application/json'
    assert answer.json['openapi'] == '3.1.1'
    assert org.get(S).must(200).json == answer.json
    assert answer.json['servers'][0]['url'].endswith('/cgi-bin')
    org.post(S, {}, token='').must(405, 'METHOD_NOT_ALLOWED')
    org.get(f'{S}/1', token='').must(404)


@scenario
def who_has_it_is_not_sent_it_again(org):
    answer = org.get(S, token='').must(200)
    etag = answer.headers['etag']
    assert 'cache-control' in answer.headers
    for known in (etag, f'"x", {etag}', f'W/{etag}', '*'):
        again = org.get(S, token='', headers={'If-None-Match': known})
        assert again.must(304).text == '', known
        assert again.headers['etag'] == etag
    other = org.get(S, token='', headers={'If-None-Match': '"x"'})
    assert other.must(200).json == answer.json


@scenario
def it_says_what_need_not_be_sent_again(org):
    doc = document(org)
    none = {'$ref': '#/components/parameters/IfNoneMatch'}
    for path in ('/extensions/{id}', '/tokens/{id}', '/users/{id}',
                 '/settings', '/prompts/{id}/audio', '/schema'):
        operation = doc['paths'][path]['get']
        assert '304' in operation['responses'], path
        assert none in operation['parameters'], path
    for method, path, operation in operations(doc):
        assert ('304' in operation['responses']) == (
            none in operation['parameters']), path
        assert method == 'get' or none not in operation['parameters'], path
    assert none not in doc['paths']['/extensions']['get']['parameters']


@scenario
def a_browser_gets_a_page_of_all_routes(org):
    doc = document(org)
    page = org.page(S, token='').must(200).text
    for method, path, operation in operations(doc):
        assert f'{method} {path}<' in page, path
        assert html.escape(operation['summary']).replace(
            '&#x27;', '&#39;') in page, operation['summary']
    for name in doc['components']['schemas']:
        assert f'<h2 id="{name}">' in page
    assert page.rstrip().endswith('</html>')


@scenario
def each_route_of_each_responder_is_in_it(org):
    """What stands in the tables, counted without their help."""
    doc = document(org)
    there = {(method.upper(), re.sub(r'\{id\}', 'ID', re.sub(
        r'\{token\}', 'TOKEN', path))) for method, path, _ in operations(doc)}
    told = set()
    for source in sorted((ROOT / 'cgi-bin').glob('*.c')):
        text = source.read_text()
        if 'control_serve' in text:
            told |= set(re.findall(r'ROUTE\(\s*"([A-Z]+)",\s*"([^"]+)"',
                                   text))
    assert there == told, there ^ told
    assert len(there) > 70


@scenario
def its_names_are_its_own(org):
    doc = document(org)
    ids = [each['operationId'] for _, _, each in operations(doc)]
    assert sorted(ids) == sorted(set(ids)), ids
    for name in ('listRingGroups', 'createRingGroup', 'showRingGroup',
                 'replaceRingGroup', 'changeRingGroup', 'deleteRingGroup',
                 'restoreRingGroup', 'showSchema'):
        assert name in ids, name
    text = json.dumps(doc)
    for kind, name in set(re.findall(r'"#/components/(\w+)/(\w+)"', text)):
        assert name in doc['components'][kind], (kind, name)
    for _, path, each in operations(doc):
        names = [p.get('name', p.get('$ref')) for p in each['parameters']]
        assert len(names) == len(set(names)), (path, names)
        assert ('{id}' in path) == (
            '#/components/parameters/Id' in names), path


@scenario
def a_schema_says_what_its_table_says(org):
    schemas = document(org)['components']['schemas']
    new = schemas['RingGroupNew']
    assert new['required'] == ['name', 'members']
    assert new['additionalProperties'] is False
    turns = new['properties']['turns']
    assert (turns['minimum'], turns['maximum'], turns['default']) == (1, 9, 1)
    members = new['properties']['members']
    assert (members['minItems'], members['maxItems']) == (1, 50)
    assert 'number' not in members['items']['properties']
    shown = schemas['RingGroup']
    assert set(shown['required']) == set(shown['properties'])
    assert {'id', 'created_at', 'updated_at', 'deleted_at',
            'members'} <= set(shown['required'])
    assert 'required' not in schemas['RingGroupChange']
    pin = schemas['ExtensionNew']['properties']['voicemail']['properties'][
        'pin']
    assert (pin['minLength'], pin['maxLength']) == (4, 10)
    assert pin['type'] == ['string', 'null']
    shown = schemas['Extension']['properties']
    assert shown['sip_password']['readOnly'] is True
    assert 'maxLength' not in shown['voicemail']['properties']['pin']
    assert 'sip_password' not in schemas['ExtensionNew']['properties']


@scenario
def a_list_says_what_it_can_be_asked(org):
    doc = document(org)
    asked = {p['name']: p for p in
             doc['paths']['/extensions']['get']['parameters'] if 'name' in p}
    assert {'page', 'per_page', 'sort', 'q', 'deleted', 'status',
            'target.type', 'target.id', 'voicemail.enabled',
            'configuration.params'} <= set(asked)
    assert asked['per_page']['schema']['maximum'] == 100
    sort = re.compile(asked['sort']['schema']['pattern'])
    for text in ('number', '-name', 'status,-id', 'created_at'):
        assert sort.search(text), text
        org.get(f'/extensions?sort={text}').must(200)
    for text in ('sip_password', '--id', 'number,name,id', 'number '):
        assert not sort.search(text), text
        org.get('/extensions?sort=' + text.replace(' ', '%20')).must(422)


def run(*words, **more):
    env = {key: value for key, value in os.environ.items()
           if key.endswith('SAN_OPTIONS')}
    return subprocess.run([BUILD / 'cgi-bin' / words[0], *words[1:]],
                          env={**env, **more}, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)


@scenario
def a_responder_describes_itself_to_a_shell_alone(org):
    done = run('ring-groups', '--describe')
    assert done.returncode == 0, done.stderr
    part = json.loads(done.stdout)
    assert part['name'] == 'ring-groups'
    assert part['paths'] == {
        path: methods for path, methods in document(org)['paths'].items()
        if path.startswith('/ring-groups')}
    for words, more in ((('ring-groups', '--describe', 'x'), {}),
                        (('voice', '--describe'), {}),
                        (('ring-groups', '--describe'),
                         {'GATEWAY_INTERFACE': 'CGI/1.1'})):
        done = run(*words, **more)
        assert done.returncode == 2 and done.stdout == '', words
    # A server's arguments are none: this is a request like any other.
    done = run('ring-groups', '--describe', GATEWAY_INTERFACE='CGI/1.1',
               REQUEST_METHOD='GET', SCRIPT_NAME='/cgi-bin/ring-groups',
               REMOTE_ADDR='127.0.0.1', OPBX_CONF=str(org.instance.conf))
    assert 'Status: 401' in done.stdout, done.stdout


def with_parts(org, parts):
    """An answer of a process whose parts are these texts by name."""
    with tempfile.TemporaryDirectory() as folder:
        conf = pathlib.Path(folder) / 'opbx.conf'
        text = org.instance.conf.read_text()
        conf.write_text(re.sub(r'(?m)^schema_dir = .*$',
                               f'schema_dir = {folder}/parts', text))
        if parts is not None:
            (pathlib.Path(folder) / 'parts').mkdir()
            for name, part in parts.items():
                (pathlib.Path(folder) / 'parts' / name).write_text(part)
        old, by = org.instance.conf, org.by
        org.instance.conf, org.by = conf, 'cgi'
        try:
            return org.get(S, token='')
        finally:
            org.instance.conf, org.by = old, by


@scenario
def without_its_parts_there_is_no_document(org):
    for parts in (None, {}, {'a.json': ''}, {'a.json': '{"name": "a"'},
                  {'a.json': '{"name": "a", "schemas": {"X": {}}}',
                   'b.json': '{"name": "b", "schemas": {"X": {"a": 1}}}'}):
        answer = with_parts(org, parts).must(500, 'INTERNAL')
        assert 'parts' not in answer.text and 'X' not in answer.text
    alike = '"paths": {"/%s": {}}, "schemas": {"X": {"type": "object"}}}'
    doc = with_parts(org, {
        'b.json': '{"name": "b", ' + alike % 'b', 'note': 'x',
        'a.json': '{"name": "a", ' + alike % 'a'}).must(200).json
    assert list(doc['paths']) == ['/a', '/b']
    assert [tag['name'] for tag in doc['tags']] == ['a', 'b']


if __name__ == '__main__':
    main()
