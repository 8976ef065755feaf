"""Many calls at once: a tenant that has every destination, what each of its
numbers must answer, and tests/mocks/carrier to call them all.

    office = Office(site)
    crowd = Crowd(site, office.lines(), rate=100)
    for call in crowd.finish():     # one for each call that was placed
        call.case.check(call)
"""
import itertools
import json
import random
import re
import subprocess
import time

from carrier import BUILD

NUMBERED = itertools.count(1)
LAST = 'the last that was called'
AUDIO = 'https://recordings.invalid/1.wav'
SORRY = 'Say Hangup'
MENU = r'Gather\(Say\) Redirect'
OUTSIDE = '+442079460000'


class Case:
    """One way that a call may go: what is asked, and what is right."""

    def __init__(self, name, to, *gists, by=None, row=None, messages=0,
                 recordings=0, **plan):
        self.name = name
        self.gists = gists  # patterns, one for each document
        self.by, self.to = by, to
        self.messages, self.recordings = messages, recordings
        self.row = {'state': 'completed', 'did': None, 'extension': None,
                    **(row or {})}
        self.plan = plan

    def line(self, tenant, number, **more):
        inside = self.by is not None
        return {
            'base': tenant.site.base, 'domain': tenant.domain,
            'key': tenant.key,
            'from': self.by if inside else
            self.plan.get('caller', f'+1617555{number % 10000:04d}'),
            'to': self.to,
            'direction': 'subscriber' if inside else 'inbound',
            'audio': AUDIO, 'rings': 5, **{name: value for name, value in
                               self.plan.items() if name != 'caller'},
            **more}

    def right(self, legs):
        """The documents are those that they should be, in their order."""
        return len(legs) == len(self.gists) and all(
            leg['status'] == 200 and leg['valid'] and
            re.fullmatch(gist, leg['gist'])
            for leg, gist in zip(legs, self.gists))


def dial(*numbers, by=''):
    return re.escape(f'Dial{by}({" ".join(numbers)})')


class Office:
    """A tenant with every destination there is."""

    def __init__(self, site):
        self.site = site
        self.tenant = tenant = site.tenant()
        tenant.patch('/settings', {'rates': {
            'voice': 0, 'webhook': 0, 'api': 0}}).must(200)
        self.numbers = itertools.count(1)
        self.cases = []
        self.one, self.two, self.three = tenant.users('1001', '1002', '1003')
        [self.four] = tenant.users('1004', voicemail={
            'enabled': True, 'pin': '48151'})
        [self.five] = tenant.users('1005', status='inactive')
        tenant.users('1006', forward={'always': {
            'type': 'extension', 'id': self.two}})
        self.main = self.own({'type': 'extension', 'id': self.one})
        tenant.post('/outbound-rules', {
            'name': 'GB', 'countries': ['GB'], 'trunk': 'main',
            'caller_id': self.main[0]}).must(201)
        self.extensions()
        self.groups()
        self.menus()
        self.hours()
        self.others()
        self.codes()

    def own(self, target, **more):
        """A number of our own that leads there: its text and its id."""
        number = self.tenant.number(next(self.numbers))
        id = self.tenant.post('/dids', {'number': number, 'target': target,
                                        **more}).must(201).id
        self.tenant.sql('UPDATE did SET proved_at = UTC_TIMESTAMP(3) WHERE'
                        f' id = {id}')
        return number, id

    def outside(self, name, target, *gists, row=None, own=None, **plan):
        """A call from outside to a number of its own."""
        number, id = self.own(target, **(own or {}))
        self.cases.append(Case(name, number, *gists,
                               row={'did': id, **(row or {})}, **plan))

    def inside(self, name, to, *gists, **more):
        self.cases.append(Case(name, to, *gists, by='1001', **more))

    def make(self, what, **body):
        return self.tenant.post(f'/{what}', {'name': next(
            f'{what} {n}' for n in NUMBERED), **body}).must(201).id

    def extensions(self):
        one = {'type': 'extension', 'id': self.one}
        took = {'extension': self.one}
        self.outside('an extension', one, dial('1001'), 'Hangup', row=took)
        self.outside('busy', one, dial('1001'), SORRY, answer='busy',
                     row=took)
        self.outside('no answer', one, dial('1001'), SORRY,
                     answer='no-answer', row=took)
        self.outside('who hangs up', one, dial('1001'), 'Hangup',
                     answer='canceled', row={'state': 'canceled', **took})
        self.outside('a recorded number', one,
                     'Say ' + dial('1001') + '|' + dial('1001'), 'Hangup',
                     own={'record': True}, row=took, recordings=1)
        self.inside('a colleague', '1002', dial('1002'), 'Hangup',
                    row={'extension': self.two})
        self.inside('a form', '1002', dial('1002'), 'Hangup', form=True,
                    row={'extension': self.two})
        self.inside('nobody there', '1003', dial('1003'), SORRY,
                    answer='failed', row={'extension': self.three})
        self.inside('inactive', '1005', SORRY,
                    row={'extension': self.five})
        self.inside('forwarded', '1006', dial('1002'), 'Hangup',
                    row={'extension': self.two})
        self.inside('unknown', '1999', SORRY)
        self.inside('a message', '1004', dial('1004'), 'Say Record Hangup',
                    'Hangup', answer='no-answer', speech=7, messages=1,
                    row={'extension': self.four})
        self.inside('no message', '1004', dial('1004'), 'Say Record Hangup',
                    answer='busy', row={'extension': self.four})

    def groups(self):
        members = [{'extension_id': id, 'priority': n} for n, id in
                   enumerate((self.one, self.two, self.three))]
        each = '(1001|1002|1003)'
        one = rf'Dial\({each}\)'
        fallback = {'type': 'extension', 'id': self.four}
        self.all = self.make('ring-groups', strategy='simultaneous',
                             members=members)
        turns = self.make('ring-groups', strategy='sequential', turns=2,
                          members=members, fallback=fallback)
        robin = self.make('ring-groups', strategy='round_robin',
                          members=members)
        target = {'type': 'ring_group', 'id': self.all}
        many = dial('1001', '1002', '1003')
        self.outside('all at once', target, many, 'Hangup',
                     answer='answer=2', row={'extension': self.two})
        self.outside('nobody of all', target, many, SORRY,
                     answer='no-answer', row={'extension': self.one})
        target = {'type': 'ring_group', 'id': turns}
        self.outside('the second in turn', target, dial('1001'),
                     dial('1002'), 'Hangup', answer='busy,answer',
                     row={'extension': self.two})
        self.outside('nobody in turn', target,
                     *map(dial, ('1001', '1002', '1003') * 2), dial('1004'),
                     'Say Record Hangup', answer='no-answer',
                     row={'extension': self.one})
        target = {'type': 'ring_group', 'id': robin}
        self.outside('round robin', target, one, 'Hangup',
                     row={'extension': LAST})
        self.outside('round and round', target, one, one, 'Hangup',
                     answer='busy,answer', row={'extension': LAST})

    def menus(self):
        menu = self.make('ivr-menus', greeting={'text': 'Welcome'},
                         max_attempts=2, options=[
                             {'digits': '1', 'label': 'all', 'target': {
                                 'type': 'ring_group', 'id': self.all}},
                             {'digits': '2', 'label': 'two', 'target': {
                                 'type': 'extension', 'id': self.two}},
                             {'digits': '3', 'label': 'leave', 'target': {
                                 'type': 'voicemail', 'id': self.four}}],
                         timeout={'type': 'hangup'})
        target = {'type': 'ivr_menu', 'id': menu}
        self.outside('a menu', target, MENU, dial('1001', '1002', '1003'),
                     'Hangup', digits='1', row={'extension': self.one})
        self.outside('a menu, no answer', target, MENU, dial('1002'), SORRY,
                     digits='2', answer='no-answer',
                     row={'extension': self.two})
        self.outside('a menu and a message', target, MENU,
                     'Say Record Hangup', 'Hangup', digits='3', speech=5,
                     messages=1)
        self.outside('silence in a menu', target, MENU, r'Gather\(.*', 'Hangup')
        self.outside('wrong, then right', target, MENU, r'Gather\(.*',
                     dial('1002'), 'Hangup', digits='9,2',
                     row={'extension': self.two})

    def hours(self):
        days = [{'day': day, 'from': '00:00', 'to': '24:00'}
                for day in range(7)]
        way = {'open': {'type': 'extension', 'id': self.one},
               'closed': {'type': 'voicemail', 'id': self.four}}
        always = self.make('business-hours', periods=days, **way)
        never = self.make('business-hours', periods=[], **way)
        self.outside('open', {'type': 'business_hours', 'id': always},
                     dial('1001'), 'Hangup', row={'extension': self.one})
        self.outside('closed', {'type': 'business_hours', 'id': never},
                     'Say Record Hangup', 'Hangup', speech=3, messages=1)

    def others(self):
        tenant = self.tenant
        room = self.make('conference-rooms')
        closed = self.make('conference-rooms', pin='4711')
        for name, more in (
                ('5000', {'type': 'ai_assistant', 'configuration': {
                    'provider': 'vapi', 'number': 'demo'}}),
                ('7000', {'type': 'custom_logic', 'configuration': {
                    'url': 'https://logic.invalid/cxml'}}),
                ('6000', {'type': 'forward', 'target': {
                    'type': 'external', 'number': OUTSIDE}}),
                ('3000', {'type': 'conference', 'target': {
                    'type': 'conference_room', 'id': room}})):
            id = tenant.extension(name, **more)
            setattr(self, f'x{name}', id)
        there = r'Dial\(Conference\)'
        out = re.escape(f'Dial[main {self.main[0]}]({OUTSIDE})')
        shown = out.replace(re.escape(self.main[0]), r'\+1212\d{7}')
        self.outside('a room', {'type': 'conference_room', 'id': room},
                     there)
        self.outside('a room with a PIN', {
            'type': 'conference_room', 'id': closed}, MENU, there,
            digits='4711')
        self.inside('a room by number', '3000', there,
                    row={'extension': self.x3000})
        self.outside('a mailbox', {'type': 'voicemail', 'id': self.four},
                     'Say Record Hangup', 'Hangup', speech=4, messages=1,
                     row={'extension': self.four})
        self.outside('outside', {'type': 'external', 'number': OUTSIDE},
                     shown, 'Hangup')
        self.inside('a number outside', OUTSIDE, out, 'Hangup')
        self.inside('a forward outside', '6000', out, 'Hangup',
                    row={'extension': self.x6000})
        self.inside('where no rule leads', '+33142685300', SORRY)
        self.inside('an assistant', '5000', r'Dial\(Service\)', 'Hangup',
                    row={'extension': self.x5000})
        self.inside('custom logic', '7000', 'Redirect',
                    row={'state': 'failed', 'extension': self.x7000})
        self.outside('hung up', {'type': 'hangup'}, 'Hangup',
                     row={'state': 'failed'})
        self.cases.append(Case('a number of nobody', '+12129999999', SORRY))
        self.inside('an emergency', '911', r'Dial\[main.*\]\(911\)',
                    row={'emergency': 1})
        number, did = self.own({'type': 'extension', 'id': self.one})
        for action, caller, gist, state in (
                ('reject', '+16665550001', 'Reject', 'busy'),
                ('busy', '+16665550002', r'Reject\[busy\]', 'busy')):
            tenant.post('/blocked-callers', {
                'number': caller, 'action': action}).must(201)
            self.cases.append(Case(
                f'blocked: {action}', number, gist, caller=caller,
                row={'state': state, 'did': did}))

    def codes(self):
        """Of an extension that nobody calls."""
        [seven] = self.tenant.users('1007', voicemail={'enabled': True, 'pin': '48151'})
        for code in ('*78', '*79', '*721002', '*73'):
            self.cases.append(Case(f'code {code}', code, SORRY, by='1007',
                                   row={'extension': seven}))
        self.cases.append(Case('a mailbox by phone', '*97', MENU, SORRY,
                               by='1007', digits='48151',
                               row={'extension': seven}))

    def of_number(self, number):
        return {'1001': self.one, '1002': self.two, '1003': self.three}[
            number]

    def lines(self, count=None, seed=1, cases=None, **more):
        """So many calls, each case as often as the others, in no order."""
        cases = cases or self.cases
        chosen = random.Random(seed)
        lines = []
        for n in range(count or len(cases)):
            case = cases[n % len(cases)]
            lines.append((case, case.line(self.tenant, n, **more)))
        chosen.shuffle(lines)
        for n, (_, line) in enumerate(lines):
            if line.get('shuffle'):
                line['shuffle'] = seed * 100000 + n + 1
        return lines


class Call:
    """One call that was placed, as the carrier saw it."""

    def __init__(self, case, said):
        self.case = case
        self.session = said['session']
        self.legs, self.events = said['legs'], said['events']
        self.ends = said['ends']

    def right(self):
        return self.case.right(self.legs)

    def reached(self, kind):
        """It came to where messages, or recordings, are made."""
        verb = {'messages': 'Record', 'recordings': 'Dial'}[kind]
        return any(verb in leg['gist'] for leg in self.legs)

    @property
    def dialled(self):
        return re.findall(r'Dial\((\d+)\)', ' '.join(
            leg['gist'] for leg in self.legs))

    def __str__(self):
        return (f'{self.case.name} {self.session}: ' + ' / '.join(
            f'{leg["sent"] or ""} {leg["status"]} {leg["gist"] or leg["document"][:200]}'
            for leg in self.legs) + f' ({self.ends})')


class Crowd:
    """Calls under way; finish() waits for the last of them."""

    def __init__(self, site, lines, rate, seconds=0):
        mark = next(NUMBERED)
        self.cases = [case for case, _ in lines]
        self.plan = site.var / f'plan-{mark}'
        self.report = site.var / f'report-{mark}'
        self.plan.write_text(''.join(json.dumps(line) + '\n'
                                     for _, line in lines))
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [BUILD / 'mocks' / 'carrier', self.plan, self.report, str(rate),
             str(seconds)], stdout=subprocess.PIPE, text=True)

    def finish(self, patience=120):
        self.said, _ = self.process.communicate(timeout=patience)
        assert self.process.returncode == 0, self.said
        with open(self.report, encoding='utf-8') as report:
            return [Call(self.cases[said['line']], said)
                    for said in map(json.loads, report)]

    def stop(self):
        self.process.terminate()
        return self.finish()

    @property
    def rate(self):
        """New calls a second, as they were placed."""
        placed, took = re.search(r'placed (\d+) in ([\d.]+) s',
                                 self.said).groups()
        return int(placed) / float(took)
