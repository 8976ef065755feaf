#!/usr/bin/env python3
"""What the simulator says is what `voice` does: generated configurations, and
calls through them whose every leg is compared.

    SEED=7 COUNT=1000 tests/feature/simulate_generated.py   # more of them
"""
import os
import random
import re
import subprocess

from carrier import Site, finish, run, scenario

SEED = int(os.environ.get('SEED', '20261122'))
COUNT = int(os.environ.get('COUNT', '200'))
CALLS = 3
TABLES = ('ring_group_member', 'ivr_menu_option', 'business_hour_period',
          'business_hour_exception_period', 'business_hour_exception',
          'outbound_rule_country', 'outbound_rule_prefix',
          'outbound_rule_extension', 'outbound_rule', 'blocked_caller',
          'voicemail', 'did', 'ring_group', 'ivr_menu', 'business_hour')
OUTSIDE = ('+16175551212', '+442079460001', '+33140205050', '+19005551234',
           '+18765550123', '12')


def cell(value):
    if value is None:
        return 'NULL'
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, int) else f"'{value}'"


class World:
    """One generated configuration, written by SQL: faults that no responder
    would let in are wanted, too."""

    def __init__(self, tenant, chance, kept):
        self.tenant, self.chance, self.kept = tenant, chance, kept
        self.rows = []
        self.base = base = kept['base']
        pick = chance.randint
        self.extensions = [base + n for n in range(pick(2, 8))]
        self.numbers = {id: str(1001 + n) for n, id in
                        enumerate(self.extensions)}
        self.groups = [base + n for n in range(pick(1, 4))]
        self.menus = [base + n for n in range(pick(1, 3))]
        self.hours = [base + n for n in range(pick(1, 3))]
        self.dids = [base + n for n in range(pick(1, 5))]
        self.own = {id: tenant.number(n) for n, id in enumerate(self.dids)}
        # No other is accepted as a caller id.
        self.proved = {id: self.chance.random() < 0.85 for id in self.dids}
        self.caller_ids = [id for id in self.dids if self.proved[id]]
        self.make()

    def caller_id(self, chance):
        return self.maybe(self.chance.choice(self.caller_ids or [None]),
                          chance)

    def maybe(self, value, chance=0.5):
        return value if self.chance.random() < chance else None

    def add(self, table, **values):
        values = {'organization_id': self.tenant.id, **values}
        self.rows.append(
            f"INSERT INTO {table} ({', '.join(f'`{k}`' for k in values)})"
            f" VALUES ({', '.join(map(cell, values.values()))})")

    def target(self, prefix, none=0.2, kinds=None):
        chance = self.chance
        kind = None if chance.random() < none else chance.choice(
            kinds or ('extension', 'extension', 'ring_group', 'ivr_menu',
                      'business_hours', 'conference_room', 'voicemail',
                      'external', 'hangup'))
        ids = {'extension': self.extensions + [self.kept['box']],
               'voicemail': self.extensions + [self.kept['box']],
               'ring_group': self.groups, 'ivr_menu': self.menus,
               'business_hours': self.hours,
               'conference_room': self.kept['rooms']}
        number = None
        if kind == 'external':
            number = chance.choice(
                OUTSIDE[:-1] + tuple(self.own.values())
                + ('sip:desk@sip.example.com', 'sip:x@other.example'))
        return {f'{prefix}_type': kind,
                f'{prefix}_id': chance.choice(ids[kind]) if kind in ids
                else None,
                f'{prefix}_number': number}

    def make(self):
        for id in self.extensions:
            self.make_extension(id)
        for id in self.groups:
            self.make_group(id)
        for id in self.menus:
            self.make_menu(id)
        for id in self.hours:
            self.make_hours(id)
        for id in self.dids:
            self.add('did', id=id, number=self.own[id],
                     status=self.chance.choice(('active',) * 4
                                               + ('inactive',)),
                     proved_at='2026-01-01 00:00:00'
                     if self.proved[id] else None,
                     caller_name_prefix=self.chance.choice(('', 'Shop: ')),
                     record=self.chance.random() < 0.2,
                     **self.target('target', 0.1))
        self.make_rest()

    def make_extension(self, id):
        chance = self.chance
        kind = chance.choice(('user',) * 6 + (
            'conference', 'ring_group', 'ivr', 'forward', 'ai_assistant',
            'custom_logic'))
        leads = {'conference': ('conference_room',),
                 'ring_group': ('ring_group',), 'ivr': ('ivr_menu',),
                 'forward': None}
        more = {}
        if kind in leads:
            more = self.target('target', 0, leads[kind])
        elif kind == 'ai_assistant':
            more = {'provider': 'vapi', 'service_number': 'demo'}
        elif kind == 'custom_logic':
            more = {'service_url': 'https://other.example/app'}
        elif chance.random() < 0.5:
            more = {**self.target('always', 0.8), **self.target('busy'),
                    **self.target('no_answer')}
        self.add('extension', id=id, number=self.numbers[id], name='N',
                 type=kind, status=chance.choice(('active',) * 5
                                                 + ('inactive',)),
                 do_not_disturb=chance.random() < 0.1,
                 voicemail=kind == 'user' and chance.random() < 0.4,
                 ring_timeout=self.maybe(20),
                 caller_id_did_id=self.caller_id(0.3)
                 if kind in ('user', 'forward') else None, **more)

    def make_group(self, id):
        chance = self.chance
        self.add('ring_group', id=id, name=f'Group {id}',
                 strategy=chance.choice(('simultaneous', 'sequential',
                                         'round_robin')),
                 turns=chance.randint(1, 3),
                 status=chance.choice(('active',) * 5 + ('inactive',)),
                 **self.target('fallback', 0.4))
        for each in chance.sample(self.extensions, chance.randint(
                1, min(4, len(self.extensions)))):
            self.add('ring_group_member', ring_group_id=id,
                     extension_id=each, priority=chance.randint(0, 3))

    def make_menu(self, id):
        chance = self.chance
        self.add('ivr_menu', id=id, name=f'Menu {id}',
                 greeting_text='Welcome & "hello"',
                 invalid_text=self.maybe('What?'),
                 first_timeout=chance.randint(1, 30),
                 max_attempts=chance.randint(1, 4),
                 direct_dial=chance.random() < 0.5,
                 status=chance.choice(('active',) * 5 + ('inactive',)),
                 **self.target('timeout', 0.4))
        for digits in chance.sample(('1', '2', '0', '12', '#', '*9'),
                                    chance.randint(1, 5)):
            self.add('ivr_menu_option', ivr_menu_id=id, digits=digits,
                     position=1, label='x', **self.target('target', 0))

    def make_hours(self, id):
        chance = self.chance
        self.add('business_hour', id=id, name=f'Hours {id}',
                 timezone=self.maybe('Asia/Tokyo'),
                 override=self.maybe(chance.choice(('open', 'closed')), 0.2),
                 **self.target('open', 0.1), **self.target('closed', 0.1),
                 **self.target('exception', 0.5))
        for day in chance.sample(range(7), chance.randint(0, 7)):
            start = chance.randint(0, 1439)
            self.add('business_hour_period', business_hour_id=id, day=day,
                     from_minute=start,
                     to_minute=chance.randint(0, 1440))
        if chance.random() < 0.3:
            self.add('business_hour_exception', business_hour_id=id,
                     position=1, name='All year', from_date='2000-01-01',
                     to_date='2000-12-31', yearly=1)

    def make_rest(self):
        chance, base = self.chance, self.base
        for n, country in enumerate(('US', 'GB')):
            if chance.random() < 0.6:
                self.add('outbound_rule', id=base + n, name=f'R{n}',
                         trunk=f'trunk{n}',
                         caller_id_did_id=self.caller_id(0.5),
                         max_minutes=chance.choice((0, 60)),
                         status=chance.choice(('active', 'active',
                                               'inactive')))
                self.add('outbound_rule_country',
                         outbound_rule_id=base + n, country=country)
                if chance.random() < 0.3:
                    self.add('outbound_rule_extension',
                             outbound_rule_id=base + n,
                             extension_id=chance.choice(self.extensions))
        for id, pattern in enumerate(('+16175551212', 'anonymous')):
            if chance.random() < 0.15:
                self.add('blocked_caller', id=base + id, pattern=pattern,
                         action=chance.choice(('reject', 'busy',
                                               'voicemail')))
        for n in range(chance.randint(0, 3)):
            self.add('voicemail', extension_id=self.kept['box'],
                     call_key=f'k{n}', from_number='+16175551212',
                     received_at=f'2026-01-0{n + 1} 10:00:00',
                     state='ready', audio_token=f'token-{n}')
        default = ', '.join(f'{key} = {cell(value)}' for key, value in
                            self.target('default', 0.6).items())
        self.rows.append(
            f'UPDATE setting SET {default}, api_rate = 0, sip_hosts = '
            f"'[\"sip.example.com\"]' WHERE organization_id = "
            f'{self.tenant.id}')
        caller_id = cell(self.caller_id(0.5))
        self.rows.append(f'UPDATE organization SET caller_id_did_id = '
                         f'{caller_id} WHERE id = {self.tenant.id}')

    def write(self):
        old = [f'UPDATE organization SET caller_id_did_id = NULL WHERE id = '
               f'{self.tenant.id}']
        old += [f'DELETE FROM {table} WHERE organization_id = '
                f'{self.tenant.id}' for table in TABLES]
        old += ['DELETE FROM extension WHERE organization_id = '
                f'{self.tenant.id} AND id >= {self.base}',
                'UPDATE extension SET do_not_disturb = 0, always_type = '
                'NULL, always_id = NULL, always_number = NULL WHERE '
                f'organization_id = {self.tenant.id}']
        self.tenant.sql('SET foreign_key_checks = 0; START TRANSACTION; '
                        + '; '.join(old + self.rows) + '; COMMIT')
        # A change through the API tells every process.
        self.tenant.patch(f'/extensions/{self.kept["box"]}', {
            'name': f'Box {self.chance.random()}'}).must(200)
        # A wrong PIN is counted by a call and not by a simulation, so the
        # twentieth would tell them apart.
        subprocess.run(
            ['redis-cli', '-s', self.tenant.site.var / 'run' / 'redis.sock',
             'del'] + [f'opbx:{self.tenant.id}:wrong_pins:{id}:{type}'
                       for type, ids in (
                           ('conference_room', self.kept['rooms']),
                           ('voicemail', [self.kept['box']]))
                       for id in ids], check=True, capture_output=True)


def kept_of(tenant):
    """What holds secrets is made through the API."""
    rooms = [tenant.post('/conference-rooms', {'name': f'Room {n}', **more}
                         ).must(201).id for n, more in enumerate((
                             {}, {'pin': '4711'},
                             {'pin': '4711', 'host_pin': '0815',
                              'wait_for_host': True}))]
    box, = tenant.users('8888', voicemail={'enabled': True, 'pin': '4711'})
    robot = tenant.post('/extensions', {
        'number': '8889', 'name': 'Robot', 'type': 'ai_assistant',
        'configuration': {'url': 'https://ai.example/x', 'token': 'hush-hush',
                          'params': {'a': 'b'}}}).must(201).id
    # Beyond what was made here, whoever came before.
    return {'rooms': rooms, 'box': box, 'base': max(rooms + [box, robot]) + 9}


def a_call(world):
    chance = world.chance
    inside = list(world.numbers.values()) + ['8888', '8889']
    from_ = chance.choice(list(OUTSIDE) + ['anonymous', ''] + inside)
    to = chance.choice(
        list(world.own.values()) * 8 if from_ not in inside else
        list(world.own.values()) + inside * 2
        + ['+442079460958', '2079460958', '011442079460958', '*97', '*97',
           '*78', '*79', '*73', '*72 1001', '*72+442079460958', '911', '112',
           '7', 'what', '9999'])
    direction = chance.choice(
        ('subscriber',) * 3 + ('outbound', 'internal', 'application')
        if from_ in inside else ('inbound',) * 4 + ('application',
                                                    'outbound-api'))
    if chance.random() < 0.05:
        return {'from': '8888', 'to': '*97', 'direction': 'subscriber'}
    if chance.random() < 0.03:
        to = chance.choice(('1001', 'what', '+12025550000'))
    return {'from': from_ or 'anonymous', 'to': to, 'direction': direction}


def ends_of(world):
    chance = world.chance
    return [{'extension': number, 'outcome': chance.choice(
        ('busy', 'no_answer', 'declines', 'answers', 'fails'))}
        for number in list(world.numbers.values()) + ['8888']
        if chance.random() < 0.6]


def next_word(chance, ends):
    if 'digits' in ends:
        return chance.choice(('1', '2', '0', '12', '#', '*9', '1001', '1002',
                              '8888', '4711', '4711', '0815', '3', '3',
                              'silence', '77'))
    if 'message' in ends:
        return 'recorded'
    if 'how the call' in ends:
        return chance.choice(('busy', 'no-answer', 'failed', 'failed',
                              'completed', 'canceled'))
    return None


def simulated(world, call, ways, ask):
    """The whole call: what nobody said yet is asked for, word by word."""
    then = []
    while True:
        data = ask({**call, 'outcomes': ways, 'then': then})
        word = next_word(world.chance, data['ends'])
        if word is None or len(data['legs']) > 12:
            return data, then
        then.append(word)


def plain(document):
    """The seal is bound to the call's own key, and nothing else is."""
    return re.sub(r'cursor=[\w-]+', 'cursor=', document)


def compare(said, data, ask, back):
    """Each leg of the simulation, and the same leg of `voice`."""
    document = ask()
    for n, leg in enumerate(data['legs']):
        if n > 0:
            sent = dict([leg['sent'].split('=')]) if leg['sent'] else {}
            document = back(document, sent)
        assert plain(leg['document']) == plain(document.text), \
            f'{said}\nleg {n + 1}: simulated {leg}\nvoice: {document.text}'


@scenario
def generated_configurations(site):
    chance = random.Random(SEED)
    tenant = site.tenant()
    kept = kept_of(tenant)
    legs = documents = 0
    seen = set()

    def ask(body):
        return tenant.post('/simulate', body).must(200).data

    for number in range(COUNT):
        world = World(tenant, chance, kept)
        world.write()
        for _ in range(CALLS):
            call = a_call(world)
            data, then = simulated(world, call, ends_of(world), ask)
            real = tenant.call(call['to'], From=call['from'],
                               Direction=call['direction'])

            def back(document, sent):
                return real.back(**sent).document

            compare(f'seed {SEED}, configuration {number}: {call} {then}',
                    data, lambda: real.document, back)
            legs += len(data['legs'])
            documents += 1
            for leg in data['legs']:
                seen.update(re.findall(r'<(\w+)', leg['document']))
            seen.add(data['ends'].split(' for ')[0])
    print(f'seed {SEED}: {COUNT} configurations, {documents} calls, '
          f'{legs} legs, {sorted(seen)}')
    for tag in ('Dial', 'Gather', 'Record', 'Conference', 'Service',
                'Redirect', 'Reject', 'Play', 'Say', 'Number', 'Sip'):
        assert tag in seen or COUNT < 200 or SEED != 20261122, tag


@scenario
def at_another_time(site):
    """`voice` as a command, with its clock stopped at that instant."""
    chance = random.Random(SEED + 1)
    tenant = site.tenant()
    kept = kept_of(tenant)

    def ask(body):
        return tenant.post('/simulate', body).must(200).data

    for number in range(max(COUNT // 10, 1)):
        world = World(tenant, chance, kept)
        world.write()
        at = (f'20{chance.randint(20, 37)}-{chance.randint(1, 12):02}-'
              f'{chance.randint(1, 28):02}T{chance.randint(0, 23):02}:'
              f'{chance.randint(0, 59):02}:00Z')
        call = a_call(world)
        data, then = simulated(world, {**call, 'at': at}, ends_of(world), ask)
        said = {'Domain': tenant.domain, 'From': call['from'],
                'To': call['to'], 'Direction': call['direction'],
                'Session': f'at-{number}'}

        def back(document, sent):
            return site.shell({**said, **sent}, tenant.key, at,
                              document.action[len(site.base):])

        compare(f'seed {SEED}, configuration {number}: {at} {call} {then}',
                data, lambda: site.shell(said, tenant.key, at), back)


if __name__ == '__main__':
    finish(*run(Site()))
