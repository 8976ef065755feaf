"""The linter: every fault that was seeded is found, of the right object and
with its mend, and when it is mended nothing is.  Nothing is wrong with the
demo tenant.
"""
import functools
import time

from support import main, scenario

R = '/health/configuration'
OUT = '+442079460000'


class World:
    """A tenant with whom nothing is wrong: two extensions, a number, a rule."""

    def __init__(self, org):
        self.org = org
        self.a, self.b = org.extension('1001'), org.extension('1002')
        self.number = org.number(1)
        self.did = org.did(self.number)
        self.lead(self.did, 'extension', self.a)
        org.rule('US', countries=['US'])
        org.sql(f"UPDATE organization SET emergency_trunk = 'main', "
                f'caller_id_did_id = {self.did} WHERE id = {org.id}')

    def report(self):
        return self.org.get(R).must(200).data

    def found(self):
        return self.report()['findings']

    def clean(self):
        report = self.report()
        assert report == {'errors': 0, 'warnings': 0, 'left_out': 0,
                          'findings': []}, report

    def set(self, table, id, **values):
        said = ', '.join(f"{key} = {self.cell(value)}"
                         for key, value in values.items())
        self.org.sql(f'UPDATE {table} SET {said} WHERE organization_id = '
                     f'{self.org.id} AND id = {id}')

    @staticmethod
    def cell(value):
        return ('NULL' if value is None else str(value)
                if isinstance(value, int) else f"'{value}'")

    def lead(self, did, type, id=None, number=None):
        self.set('did', did, target_type=type, target_id=id,
                 target_number=number)

    def number_to(self, n, type, id):
        """One more number, which leads there."""
        did = self.org.did(self.org.number(n))
        self.lead(did, type, id)
        return did

    def group(self, name='Sales', members=None, leads=True, **more):
        id = self.org.post('/ring-groups', {
            'name': name, 'members': [{'extension_id': each} for each in
                                      members or [self.a, self.b]],
            **more}).must(201).id
        if leads:
            self.number_to(10 + id % 80, 'ring_group', id)
        return id

    def menu(self, options=None, leads=True, **more):
        id = self.org.post('/ivr-menus', {
            'name': 'Main', 'greeting': {'text': 'Hello'}, 'options': [
                {'digits': digits, 'label': 'x', 'target': target}
                for digits, target in (options or {
                    '1': {'type': 'extension', 'id': self.a}}).items()],
            **more}).must(201).id
        if leads:
            self.number_to(10 + id % 80, 'ivr_menu', id)
        return id

    def hours(self, **more):
        id = self.org.post('/business-hours', {
            'name': 'Office', 'periods': [
                {'day': 1, 'from': '09:00', 'to': '17:00'}],
            'open': {'type': 'extension', 'id': self.a},
            'closed': {'type': 'hangup'}, **more}).must(201).id
        self.number_to(10 + id % 80, 'business_hours', id)
        return id

    def mailbox(self, id, enabled=True):
        self.set('extension', id, voicemail=int(enabled))


def fault(code, type, severity='error', also=()):
    """The function makes the fault and returns the object's id and what mends
    it.  also: codes that the same fault is rightly found by."""
    def mark(function):
        @functools.wraps(function)
        def test(org):
            world = World(org)
            world.clean()
            id, mend = function(world)
            report = world.report()
            found = report['findings']
            mine = [each for each in found if each['code'] == code]
            assert len(mine) == 1, f'{code}: {found}'
            assert {each['code'] for each in found} == {code, *also}, found
            mine = mine[0]
            assert mine['object']['type'] == type, mine
            assert mine['object']['id'] == id, mine
            assert mine['severity'] == severity, mine
            assert len(mine['reason']) > 10 and len(mine['mend']) > 10, mine
            assert report['errors'] + report['warnings'] == len(found)
            assert mine['link'].startswith('/cgi-bin/'), mine
            if id:
                assert mine['link'].endswith(f'/{id}'), mine
                assert mine['object']['name'], mine
            mend()
            world.clean()
        scenario(test)
        return test
    return mark


# -- Where calls go ---------------------------------------------------------

@fault('loop', 'ring_group')
def two_groups_that_fall_back_to_each_other(w):
    one = w.group('One')
    two = w.group('Two', fallback={'type': 'ring_group', 'id': one})
    w.set('ring_group', one, fallback_type='ring_group', fallback_id=two)
    return one, lambda: w.set('ring_group', one, fallback_type=None,
                              fallback_id=None)


@fault('loop', 'extension')
def two_extensions_that_forward_all_calls_to_each_other(w):
    for one, other in ((w.a, w.b), (w.b, w.a)):
        w.set('extension', one, always_type='extension', always_id=other)
    return w.a, lambda: w.set('extension', w.b, always_type=None,
                              always_id=None)


@fault('loop', 'extension', 'warning')
def two_extensions_that_stand_in_for_each_other(w):
    for one, other in ((w.a, w.b), (w.b, w.a)):
        w.set('extension', one, no_answer_type='extension',
              no_answer_id=other)
    return w.a, lambda: w.set('extension', w.b, no_answer_type=None,
                              no_answer_id=None)


@fault('loop', 'ring_group')
def a_schedule_and_a_group_go_round(w):
    hours = w.hours()
    group = w.group(fallback={'type': 'business_hours', 'id': hours})
    w.set('business_hour', hours, closed_type='ring_group', closed_id=group)
    return group, lambda: w.set('business_hour', hours, closed_type='hangup',
                                closed_id=None)


@fault('loop', 'did')
def a_forward_to_the_own_number_that_leads_back(w):
    w.set('extension', w.a, always_type='external', always_number=w.number)
    return w.did, lambda: w.set('extension', w.a, always_type=None,
                                always_number=None)


@fault('loop', 'ivr_menu', 'warning')
def two_menus_that_time_out_into_each_other(w):
    one = w.menu()
    two = w.menu(name='Two', timeout={'type': 'ivr_menu', 'id': one})
    w.set('ivr_menu', one, timeout_type='ivr_menu', timeout_id=two)
    return one, lambda: w.set('ivr_menu', two, timeout_type=None,
                              timeout_id=None)


@scenario
def a_digit_is_no_loop(org):
    w = World(org)
    one = w.menu()
    two = w.menu({'1': {'type': 'ivr_menu', 'id': one}}, name='Two')
    org.patch(f'/ivr-menus/{one}', {'options': [
        {'digits': digits, 'label': 'x', 'target': {
            'type': 'ivr_menu', 'id': to}}
        for digits, to in (('1', two), ('9', one))] + [
            {'digits': '2', 'label': 'x', 'target': {
                'type': 'extension', 'id': w.a}}]}).must(200)
    w.clean()


@fault('fallback_to_itself', 'ring_group')
def a_group_that_falls_back_to_itself(w):
    id = w.group()
    w.set('ring_group', id, fallback_type='ring_group', fallback_id=id)
    return id, lambda: w.set('ring_group', id, fallback_type='extension',
                             fallback_id=w.b)


@fault('fallback_to_itself', 'business_hours')
def a_schedule_that_is_its_own_target(w):
    id = w.hours()
    w.set('business_hour', id, exception_type='business_hours',
          exception_id=id)
    return id, lambda: w.set('business_hour', id, exception_type=None,
                             exception_id=None)


@fault('number_without_target', 'did')
def a_number_of_an_inactive_extension(w):
    id = w.number_to(2, 'extension', w.b)
    w.set('extension', w.b, status='inactive')
    return id, lambda: w.set('extension', w.b, status='active')


@fault('number_without_target', 'did')
def a_number_that_leads_nowhere(w):
    id = w.org.did(w.org.number(2))
    return id, lambda: w.lead(id, 'hangup')


@fault('number_without_target', 'did')
def a_number_of_an_inactive_group(w):
    group = w.group(leads=False)
    id = w.number_to(2, 'ring_group', group)
    w.set('ring_group', group, status='inactive')
    return id, lambda: w.set('ring_group', group, fallback_type='extension',
                             fallback_id=w.b)


@fault('dead_end', 'ivr_menu')
def an_option_to_an_inactive_extension(w):
    id = w.menu({'1': {'type': 'extension', 'id': w.a},
                 '2': {'type': 'extension', 'id': w.b}})
    w.set('extension', w.b, status='inactive')
    assert any('option 2' in each['reason'] and '1002' in each['reason']
               for each in w.found()), w.found()
    return id, lambda: w.set('extension', w.b, status='active')


@fault('dead_end', 'ivr_menu')
def a_menu_whose_keys_only_end_the_call(w):
    id = w.menu({'1': {'type': 'hangup'}})
    return id, lambda: w.set('ivr_menu', id, timeout_type='extension',
                             timeout_id=w.a)


@fault('dead_end', 'extension')
def a_forward_to_an_inactive_extension(w):
    w.set('extension', w.a, no_answer_type='extension', no_answer_id=w.b)
    w.set('extension', w.b, status='inactive')
    return w.a, lambda: w.set('extension', w.b, status='active')


@fault('dead_end', 'settings')
def a_default_target_that_takes_nothing(w):
    w.org.sql(f"UPDATE setting SET default_type = 'extension', default_id = "
              f'{w.b} WHERE organization_id = {w.org.id}')
    w.set('extension', w.b, status='inactive')
    return None, lambda: w.set('extension', w.b, status='active')


@fault('mailbox_disabled', 'business_hours')
def a_closed_target_whose_mailbox_is_disabled(w):
    id = w.hours()
    w.set('business_hour', id, closed_type='voicemail', closed_id=w.b)
    return id, lambda: w.mailbox(w.b)


@fault('schedule_gap', 'business_hours')
def a_schedule_without_a_closed_target(w):
    id = w.hours()
    w.set('business_hour', id, closed_type=None)
    return id, lambda: w.set('business_hour', id, closed_type='voicemail',
                             closed_id=w.a) or w.mailbox(w.a)


@fault('schedule_gap', 'business_hours')
def a_schedule_without_an_open_target(w):
    id = w.hours()
    w.set('business_hour', id, open_type=None, open_id=None)
    return id, lambda: w.set('business_hour', id, open_type='hangup')


@fault('default_target_missing', 'settings', 'warning')
def a_claim_without_a_default_target(w):
    id = w.org.did(w.org.number(2), proved=False)
    w.lead(id, 'extension', w.a)
    return None, lambda: w.org.sql(
        f"UPDATE setting SET default_type = 'extension', default_id = {w.a} "
        f'WHERE organization_id = {w.org.id}')


# -- Objects ----------------------------------------------------------------

@fault('empty_group', 'ring_group')
def a_group_whose_members_are_inactive(w):
    id = w.group(members=[w.b], fallback={'type': 'extension', 'id': w.a})
    w.set('extension', w.b, status='inactive')
    return id, lambda: w.set('extension', w.b, status='active')


@fault('empty_group', 'ring_group', 'warning')
def a_group_whose_members_are_all_away(w):
    id = w.group(members=[w.b])
    w.set('extension', w.b, do_not_disturb=1)
    return id, lambda: w.set('extension', w.b, do_not_disturb=0)


@fault('never_open', 'business_hours', 'warning')
def a_schedule_without_periods(w):
    id = w.hours(periods=[])
    return id, lambda: w.org.patch(f'/business-hours/{id}', {'exceptions': [
        {'name': 'Fair', 'from': '2030-01-01', 'to': '2030-01-01',
         'periods': [{'from': '09:00', 'to': '12:00'}]}]}).must(200)


@fault('override_without_end', 'business_hours', 'warning')
def an_override_that_nobody_ends(w):
    id = w.hours()
    w.set('business_hour', id, override='closed')
    return id, lambda: w.set('business_hour', id,
                             override_until='2037-01-01 00:00:00')


@fault('option_conflict', 'ivr_menu', 'warning')
def an_option_that_hides_an_extension(w):
    w.org.extension('12')
    id = w.menu({'12': {'type': 'extension', 'id': w.a}}, direct_dial=True)
    return id, lambda: w.set('ivr_menu', id, direct_dial=0)


@fault('number_unproved', 'did', 'warning', ['default_target_missing'])
def a_claim_that_nobody_calls(w):
    id = w.org.did(w.org.number(2), proved=False)
    w.lead(id, 'extension', w.a)
    w.set('did', id, created_at='2020-01-01 00:00:00')
    return id, lambda: w.set('did', id, proved_at='2020-01-02 00:00:00')


@fault('blocked_caller_expired', 'blocked_caller', 'warning')
def a_blocked_caller_of_the_past(w):
    id = w.org.insert('blocked_caller', pattern='+16175551212',
                      expires_at='2020-01-01 00:00:00')
    return id, lambda: w.set('blocked_caller', id, expires_at=None)


@fault('notification_to_nobody', 'notification', 'warning')
def a_notification_about_an_inactive_extension(w):
    id = w.org.insert('notification', name='N', event='missed_call',
                      email='x@example.com')
    w.org.sql('INSERT INTO notification_subject (organization_id, '
              'notification_id, subject_type, subject_id) VALUES '
              f"({w.org.id}, {id}, 'extension', {w.b})")
    w.set('extension', w.b, status='inactive')
    return id, lambda: w.set('notification', id, status='inactive')


@fault('notification_to_nobody', 'notification', 'warning')
def a_notification_without_an_address(w):
    id = w.org.insert('notification', name='N', event='failure', email='')
    return id, lambda: w.set('notification', id, email='x@example.com')


@fault('notification_fails', 'notification', 'warning')
def a_notification_that_cannot_be_delivered(w):
    id = w.org.insert('notification', name='N', event='failure',
                      url='https://x.example/', delivered_at='2026-01-01',
                      failed_at='2026-01-02', failure='no')
    return id, lambda: w.set('notification', id, delivered_at='2026-01-03')


# -- What nothing leads to --------------------------------------------------

@fault('unreachable', 'ring_group', 'warning')
def a_group_that_nothing_leads_to(w):
    id = w.group(leads=False)
    return id, lambda: w.number_to(2, 'ring_group', id)


@fault('unreachable', 'ivr_menu', 'warning')
def a_menu_that_nothing_leads_to(w):
    id = w.menu(leads=False)
    return id, lambda: w.org.extension('4000', type='ivr', target={
        'type': 'ivr_menu', 'id': id})


@fault('unreachable', 'conference_room', 'warning')
def a_room_that_nothing_leads_to(w):
    id = w.org.insert('conference_room', name='R')
    return id, lambda: w.menu({'1': {'type': 'conference_room', 'id': id}})


@fault('unreachable', 'prompt', 'warning')
def a_prompt_that_nothing_plays(w):
    id = w.org.insert('prompt', name='P', text='Hello')
    return id, lambda: w.set('extension', w.a, greeting_prompt_id=id)


# -- Outside ----------------------------------------------------------------

@fault('forward_not_allowed', 'extension')
def a_forward_without_a_rule(w):
    w.set('extension', w.a, busy_type='external', busy_number=OUT)
    return w.a, lambda: w.org.rule('GB', prefixes=['+4420'])


@fault('forward_not_allowed', 'extension')
def a_forward_by_a_rule_of_others(w):
    w.org.rule('GB', countries=['GB'], extensions=[w.a])
    w.set('extension', w.b, always_type='external', always_number=OUT)
    return w.b, lambda: w.set('extension', w.b, always_type=None,
                              always_number=None)


@fault('external_not_allowed', 'ring_group')
def a_fallback_outside_without_a_rule(w):
    id = w.group()
    w.set('ring_group', id, fallback_type='external', fallback_number=OUT)
    return id, lambda: w.set('ring_group', id, fallback_number=w.number)


@fault('external_not_allowed', 'ivr_menu')
def an_option_to_an_unknown_sip_host(w):
    id = w.menu({'1': {'type': 'extension', 'id': w.a},
                 '2': {'type': 'extension', 'id': w.a}})
    w.org.sql("UPDATE ivr_menu_option SET target_type = 'external', target_id "
              "= NULL, target_number = 'sip:x@sip.example.com' WHERE "
              f"organization_id = {w.org.id} AND digits = '2'")
    return id, lambda: w.org.sql(
        "UPDATE setting SET sip_hosts = '[\"sip.example.com\"]' WHERE "
        f'organization_id = {w.org.id}')


@fault('emergency_without_trunk', 'settings')
def no_trunk_for_emergency_calls(w):
    w.org.sql('UPDATE organization SET emergency_trunk = NULL WHERE id = '
              f'{w.org.id}')
    return None, lambda: w.org.sql(
        f"UPDATE organization SET emergency_trunk = 't' WHERE id = {w.org.id}")


@fault('emergency_without_caller_id', 'settings')
def no_caller_id_for_emergency_calls(w):
    w.org.sql('UPDATE organization SET caller_id_did_id = NULL WHERE id = '
              f'{w.org.id}; UPDATE outbound_rule SET caller_id_did_id = '
              f'{w.did} WHERE organization_id = {w.org.id}')
    return None, lambda: w.org.sql(
        f'UPDATE organization SET emergency_did_id = {w.did} WHERE id = '
        f'{w.org.id}')


@fault('no_caller_id', 'extension')
def an_extension_that_shows_no_number(w):
    w.org.sql('UPDATE organization SET caller_id_did_id = NULL, '
              f'emergency_did_id = {w.did} WHERE id = {w.org.id}')
    w.set('extension', w.a, caller_id_did_id=w.did)
    return w.b, lambda: w.set('extension', w.b, caller_id_did_id=w.did)


@fault('caller_id_unusable', 'outbound_rule', 'warning')
def a_rule_that_shows_an_inactive_number(w):
    did = w.org.did(w.org.number(2), status='inactive')
    id = w.org.rule('GB', countries=['GB'])
    w.set('outbound_rule', id, caller_id_did_id=did)
    return id, lambda: w.set('outbound_rule', id, caller_id_did_id=w.did)


@fault('caller_id_unusable', 'extension')
def emergency_calls_that_show_an_inactive_number(w):
    did = w.org.did(w.org.number(2), status='inactive')
    w.set('extension', w.a, emergency_did_id=did)
    return w.a, lambda: w.set('extension', w.a, emergency_did_id=w.did)


@fault('rule_without_extension', 'outbound_rule', 'warning')
def a_rule_for_an_inactive_extension(w):
    id = w.org.rule('GB', countries=['GB'], extensions=[w.b])
    w.set('extension', w.b, status='inactive')
    return id, lambda: w.set('outbound_rule', id, status='inactive')


@fault('rule_matches_nothing', 'outbound_rule', 'warning')
def a_rule_that_names_nothing(w):
    id = w.org.rule('None')
    return id, lambda: w.org.sql(
        'INSERT INTO outbound_rule_prefix (organization_id, '
        f"outbound_rule_id, prefix) VALUES ({w.org.id}, {id}, '+33')")


# -- The whole --------------------------------------------------------------

@scenario
def nothing_is_wrong_with_the_demo_tenant(org):
    token = org.instance.ctl('token', 'create', '--org', 'demo', '--email',
                             'owner@demo.opbx.example').strip()
    data = org.get(R, token=token).must(200).data
    assert data == {'errors': 0, 'warnings': 0, 'left_out': 0,
                    'findings': []}, data


@scenario
def who_may_look(org):
    World(org)
    for role in ('owner', 'admin', 'agent'):
        org.as_(role).get(R).must(200)
    org.as_('user').get(R).must(403)
    org.get(R, token='').must(401)
    org.as_('owner', 'extensions:read').get(R).must(403)
    org.as_('owner', 'health:read').get(R).must(200)
    for method in ('POST', 'PUT', 'DELETE'):
        org.ask(method, R, {}).must(405)
    org.get(R + '/1').must(404)


@scenario
def others_faults_are_not_told(org):
    World(org.instance.organization(org.by)).group(leads=False)
    World(org).clean()


@scenario
def a_page_of_findings(org):
    w = World(org)
    assert '0 errors' in org.page(R).must(200).text
    id = w.group('<b>Sales', leads=False)
    page = org.page(R).must(200).text
    assert '1 warnings' in page and '&lt;b&gt;Sales' in page, page
    assert f'href="/cgi-bin/ring-groups/{id}"' in page and '<b>' not in page


@scenario
def many_faults_are_counted_and_a_hundred_shown(org):
    w = World(org)
    rows = ', '.join(f"({org.id}, 'G{n}')" for n in range(150))
    org.sql(f'INSERT INTO conference_room (organization_id, name) VALUES '
            f'{rows}')
    data = w.report()
    assert data['warnings'] == 150 and data['left_out'] == 50, data['left_out']
    assert len(data['findings']) == 100


@scenario
def a_large_tenant_takes_less_than_a_second(org):
    """10,000 extensions, 1,000 groups of 10, a chain through all groups and
    a forward without a rule in every tenth extension."""
    w = World(org)
    org.sql(f'''SET foreign_key_checks = 0, @rows_in_bulk = 1;
        START TRANSACTION;
        INSERT INTO extension (organization_id, id, number, name,
            no_answer_type, no_answer_number)
            SELECT {org.id}, 1000000 + seq, 100000 + seq, 'N',
            IF(seq % 10 = 0, 'external', NULL),
            IF(seq % 10 = 0, '{OUT}', NULL) FROM seq_1_to_10000;
        INSERT INTO ring_group (organization_id, id, name, fallback_type,
            fallback_id) SELECT {org.id}, 1000000 + seq, CONCAT('G', seq),
            IF(seq < 1000, 'ring_group', NULL),
            IF(seq < 1000, 1000001 + seq, NULL) FROM seq_1_to_1000;
        INSERT INTO ring_group_member (organization_id, ring_group_id,
            extension_id) SELECT {org.id}, 1000001 + (seq - 1) DIV 10,
            1000000 + seq FROM seq_1_to_10000; COMMIT''')
    w.number_to(2, 'ring_group', 1000001)
    took = []
    for _ in range(3):
        began = time.monotonic()
        data = w.report()
        took.append(time.monotonic() - began)
    assert data['errors'] == 1000 and data['left_out'] == 900, data['errors']
    assert {each['code'] for each in data['findings']} == {
        'forward_not_allowed'}
    print(f'10,000 extensions, 1,000 groups ({org.by}): '
          f'{min(took) * 1000:.0f} ms')
    assert min(took) < (1 if org.by == 'http' else 3), took


if __name__ == '__main__':
    main()
