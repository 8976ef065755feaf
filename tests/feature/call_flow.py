"""/cgi-bin/simulate/flow: every way that a call to a number can take, which of
them it takes at a moment, and that the simulator goes no other way.
"""
import urllib.parse

from support import main, only, scenario

R = '/simulate/flow'
OUT = '+16175551212'
NOON, NIGHT, XMAS = ('2026-07-01T12:00', '2026-07-01T22:00',
                     '2026-12-25T12:00')


def asked(org, **query):
    return org.get(f'{R}?{urllib.parse.urlencode(query)}')


def to(type, id=None, **more):
    return {'type': type, **({'id': id} if id else {}), **more}


class World:
    """A number that leads to a schedule: a menu by day, a mailbox by night,
    the end of the call at Christmas."""

    def __init__(self, org):
        self.org = org
        self.ann = org.extension('1001', name='Ann')
        self.bob = org.extension('1002', name='Bob',
                                 voicemail={'enabled': True, 'pin': '4711'})
        self.group = org.post('/ring-groups', {
            'name': 'Sales', 'strategy': 'sequential',
            'members': [{'extension_id': self.ann},
                        {'extension_id': self.bob}],
            'fallback': to('extension', self.bob)}).must(201).id
        self.menu = org.post('/ivr-menus', {
            'name': 'Main', 'greeting': {'text': 'Hello'}, 'options': [
                {'digits': '1', 'label': 'Sales',
                 'target': to('ring_group', self.group)},
                {'digits': '2', 'label': 'Ann',
                 'target': to('extension', self.ann)}],
            'timeout': to('ring_group', self.group)}).must(201).id
        self.hours = org.post('/business-hours', {
            'name': 'Office', 'periods': [
                {'day': day, 'from': '09:00', 'to': '17:00'}
                for day in range(7)],
            'exceptions': [{'name': 'Christmas', 'from': '2026-12-25',
                            'to': '2026-12-25'}],
            'open': to('ivr_menu', self.menu),
            'closed': to('voicemail', self.bob),
            'exception': to('hangup')}).must(201).id
        self.number = org.number(1)
        self.did = org.did(self.number)
        org.patch(f'/dids/{self.did}', {
            'target': to('business_hours', self.hours)}).must(200)

    def flow(self, at=NOON, number=None):
        return Flow(asked(self.org, number=number or self.number,
                          at=at).must(200).data)


class Flow:
    def __init__(self, data):
        self.data = data
        self.nodes, self.edges = data['nodes'], data['edges']

    def node(self, kind, id=None):
        found = [each for each in self.nodes if each['kind'] == kind
                 and (id is None or each['id'] == id)]
        assert len(found) == 1, (kind, id, self.nodes)
        return found[0]

    def ways(self, kind, id=None):
        """{way or digits: (kind of the end, its id, whether it is taken)}"""
        at = self.nodes.index(self.node(kind, id))
        return {each['digits'] or each['way']: (
            self.nodes[each['to']]['kind'], self.nodes[each['to']]['id'],
            each['now']) for each in self.edges if each['from'] == at}


@scenario
def every_way_is_there_and_those_of_the_moment_are_marked(org):
    w = World(org)
    day = w.flow(NOON)
    assert day.data['number'] == w.number and not day.data['cut']
    assert day.data['at'] == '2026-07-01T16:00:00Z', day.data
    assert day.nodes[0]['kind'] == 'did' and day.nodes[0]['id'] == w.did
    assert day.ways('did') == {'leads': ('business_hours', w.hours, True)}
    assert day.ways('business_hours') == {
        'open': ('ivr_menu', w.menu, True),
        'closed': ('voicemail', w.bob, False),
        'exception': ('hangup', None, False)}
    assert day.node('business_hours')['about'] == 'open'
    assert day.ways('ivr_menu') == {
        '1': ('ring_group', w.group, True), '2': ('extension', w.ann, True),
        'timeout': ('ring_group', w.group, True)}
    assert day.node('ring_group')['about'] == 'in turn: 1001, 1002'
    assert day.ways('ring_group') == {'fallback': ('extension', w.bob, True)}
    assert day.ways('extension', w.bob) == {
        'unanswered': ('voicemail', w.bob, True)}
    assert day.ways('extension', w.ann) == {}
    labels = {each['digits']: each['label'] for each in day.edges
              if each['way'] == 'option'}
    assert labels == {'1': 'Sales', '2': 'Ann'}
    night = w.flow(NIGHT)
    assert night.ways('business_hours')['closed'][2]
    assert not night.node('ivr_menu')['now']
    assert not any(each[2] for each in night.ways('ivr_menu').values())
    assert night.node('voicemail')['now']
    assert night.node('business_hours')['about'] == 'closed'
    xmas = w.flow(XMAS)
    assert xmas.ways('business_hours')['exception'][2]
    assert xmas.node('business_hours')['about'] == 'closed by "Christmas"'
    assert [each['kind'] for each in xmas.nodes if each['now']] == [
        'did', 'business_hours', 'hangup']
    assert len(xmas.nodes) == len(day.nodes) == len(night.nodes)


@scenario
def the_simulator_goes_no_other_way(org):
    w = World(org)
    for at in (NOON, NIGHT, XMAS):
        flow = w.flow(at)
        for then in ([], ['1'], ['2', 'busy'], ['1'] + ['no-answer'] * 6):
            asked = org.post('/simulate', {
                'from': OUT, 'to': w.number, 'at': at, 'then': then})
            if asked.status == 422:
                continue
            for leg in asked.must(200).data['legs']:
                for step in leg['steps']:
                    it = step['object']
                    if it['type']:
                        assert flow.node(it['type'], it['id'])['now'], step


@scenario
def what_is_off_or_not_allowed_is_there_and_not_taken(org):
    w = World(org)
    org.patch(f'/extensions/{w.ann}', {
        'do_not_disturb': True,
        'forward': {'busy': to('extension', w.bob)}}).must(200)
    org.sql("UPDATE extension SET no_answer_type = 'external',"
            f" no_answer_number = '+442079460000' WHERE id = {w.ann}")
    flow = w.flow(number='1001')
    assert flow.nodes[0] == {
        'kind': 'extension', 'id': w.ann, 'number': '1001', 'name': 'Ann',
        'about': 'does not want to be disturbed', 'active': True,
        'now': True}
    assert flow.ways('extension', w.ann) == {
        'busy': ('extension', w.bob, True),
        'no_answer': ('nowhere', None, True)}
    assert [each['why'] for each in flow.edges if each['why']] == [
        'no outbound rule allows it']
    assert flow.node('nowhere')['name'] == '+442079460000'
    org.rule('GB', countries=['GB'])
    assert w.flow(number='1001').node('external')['name'] == '+442079460000'
    assert w.flow().node('ring_group')['about'] == \
        'in turn: 1001 (takes none), 1002'
    org.patch(f'/extensions/{w.ann}', {'status': 'inactive'}).must(200)
    flow = w.flow(number='1001')
    assert not flow.nodes[0]['active']
    assert not any(each['now'] for each in flow.edges), flow.edges
    org.patch(f'/dids/{w.did}', {'status': 'inactive'}).must(200)
    flow = w.flow()
    assert [each['now'] for each in flow.nodes] == \
        [True] + [False] * (len(flow.nodes) - 1)


@scenario
def what_goes_round_ends(org):
    w = World(org)
    org.sql("UPDATE ring_group SET fallback_type = 'business_hours',"
            f' fallback_id = {w.hours} WHERE id = {w.group}')
    flow = w.flow()
    assert flow.ways('ring_group') == {
        'fallback': ('business_hours', w.hours, True)}
    assert len(flow.nodes) == len({(each['kind'], each['id'])
                                   for each in flow.nodes})


@scenario
def a_number_is_understood_or_refused(org):
    w = World(org)
    there = World(org.instance.organization(org.by))
    national = f'({w.number[2:5]}) {w.number[5:8]}-{w.number[8:]}'
    assert w.flow(number=national).data['number'] == w.number
    assert w.flow(number='1002').nodes[0]['id'] == w.bob
    for number in ('1003', '911', '*97', 'nobody', there.number,
                   '+442079460000', 'sip:x@example.com', '-1', '0'):
        only(asked(org, number=number).must(422), 'number')
    for query in ({}, {'number': ''}, {'at': NOON}):
        only(asked(org, **query).must(422), 'number')
    for at in ('noon', '2026-13-01T00:00', '25', '2026-02-30T10:00'):
        only(asked(org, number='1001', at=at).must(422), 'at')
    only(asked(org, number='1001', colour='red').must(422), 'colour')
    w.flow('2026-12-25T10:00:00+09:00', '1001')
    for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
        org.ask(method, R, {}).must(405)
    org.get(f'{R}/1').must(404)


@scenario
def who_may_sees_it_without_secrets(org):
    w = World(org)
    where = f'{R}?number=1002'
    for role in ('owner', 'admin', 'agent'):
        answer = org.as_(role).get(where).must(200)
        assert '4711' not in answer.body.decode(), answer.body
    org.as_('agent', 'simulate:read').get(where).must(200)
    org.as_('user').get(where).must(403)
    org.as_('agent', 'extensions:read').get(where).must(403)
    org.get(where, token='').must(401)
    page = org.page(where).must(200).text
    assert f'href="/cgi-bin/extensions/{w.bob}"' in page
    assert 'name="number"' in org.page(R).must(200).text
    org.patch(f'/ring-groups/{w.group}', {
        'name': '<b>Sales</b>'}).must(200)
    page = org.page(f'{R}?number=%2B{w.number[1:]}').must(200).text
    assert '&lt;b&gt;Sales' in page and '<b>Sales' not in page
    assert 'not at that time' in page
    org.page(f'{R}?number=%3Cb%3E').must(422)


if __name__ == '__main__':
    main()
