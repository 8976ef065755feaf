"""Every resource by its pages alone: a browser without scripts, which knows no
address but the first and no name of a field, works as people do."""
import re

from browsing import by_http, new_of, save, sign_in
from sounds import wav
from support import main


# What to type: wrong in one place, right, and one change.
WORK = {
    'Extensions': (
        {'Number': '15x', 'Name': 'Wrong <i>'}, 'Number',
        {'Number': '1500', 'Name': 'Ann <b>', 'User': 'Agent'},
        {'Name': 'Anna', 'Forward busy / Where to': 'Hang up'}),
    'Ring groups': (
        {'Name': 'Wrong', 'Ring timeout': 'soon',
         'Members / Member 1 / Extension': '1500'}, 'Ring timeout',
        {'Name': 'Sales', 'Members / Member 1 / Extension': '1500',
         'Fallback / Where to': 'voicemail of 1500'},
        {'Name': 'Selling', 'Strategy': 'round robin'}),
    'IVR menus': (
        {'Name': 'Wrong', 'Greeting text': 'Hi\n<there>',
         'Options / Option 1 / Digits': 'abc'},
        'Options / Option 1 / Digits',
        {'Name': 'Main', 'Greeting text': 'Hello.',
         'Options / Option 1 / Digits': '1',
         'Options / Option 1 / Target / Where to': 'Selling',
         'Options / Option 2 / Digits': '2',
         'Options / Option 2 / Target / Where to': '1500'},
        {'Options / Option 3 / Digits': '3',
         'Options / Option 3 / Target / Where to': 'Hang up'}),
    'Business hours': (
        {'Name': 'Wrong', 'Periods / Period 1 / Day': 'Monday',
         'Periods / Period 1 / From': '9 am',
         'Periods / Period 1 / To': '17:00'}, 'Periods / Period 1 / From',
        {'Name': 'Office', 'Periods / Period 1 / Day': 'Monday',
         'Periods / Period 1 / From': '09:00',
         'Periods / Period 1 / To': '17:00',
         'Open / Where to': 'Main', 'Closed / Where to': 'Hang up',
         'Exceptions / Exception 1 / From': '12-25',
         'Exceptions / Exception 1 / Yearly': 'yes'},
        {'Periods / Period 2 / Day': 'Tuesday',
         'Periods / Period 2 / From': '10:00',
         'Periods / Period 2 / To': '16:00'}),
    'Conference rooms': (
        {'Name': 'Wrong', 'PIN': '12ab'}, 'PIN',
        {'Name': 'Board', 'PIN': '1234'}, {'Max participants': '30'}),
    'Numbers (DIDs)': (
        {'Number': '12', 'Name': 'Wrong'}, 'Number',
        {'Number': None, 'Name': 'Front', 'Target / Where to': 'Office'},
        {'Name': 'Front desk'}),
    'Outbound rules': (
        {'Name': 'Wrong', 'Countries / Country 1': 'ZZ', 'Trunk': 'main'},
        'Countries / Country 1',
        {'Name': 'Home', 'Countries / Country 1': 'US', 'Trunk': 'main',
         'Extensions / Extension 1': '1500'},
        {'Countries / Country 2': 'ZA'}),
    'Blocked callers': (
        {'Number': 'nobody', 'Note': 'Wrong'}, 'Number',
        {'Number': '+12025550123', 'Note': 'a\nb'}, {'Action': 'busy'}),
    'Prompts': (
        {'Name': '', 'Text': 'Wrong'}, 'Name',
        {'Name': 'Hello', 'Text': 'Good day.'}, {'Text': 'Good night.'}),
    'Users': (
        {'Name': 'Wrong', 'E-mail': 'nobody',
         'Password': 'a secret of mine'}, 'E-mail',
        {'Name': 'Eve', 'E-mail': 'eve@x.example', 'Role': 'agent',
         'Password': 'a secret of mine'}, {'Phone': '+12025550111'}),
    'Notifications': (
        {'Name': 'Wrong', 'E-mail': 'x'}, 'E-mail',
        {'Name': 'Missed', 'E-mail': 'eve@x.example'},
        {'Event': 'voicemail'}),
    'Access tokens': (
        {'Name': 'Wrong', 'Abilities / Ability 1': 'everything'},
        'Abilities / Ability 1',
        {'Name': 'Mine', 'Abilities / Ability 1': 'calls:read'}, None),
}
# What cannot be made by hand.
READ = {'Calls', 'Going on now', 'CDRs', 'Recordings', 'Voicemails',
        'Audit', 'Settings', 'Organization', 'Simulator',
        'Check the configuration', 'Your account'}


def refused(list, wrong, field):
    """The form comes again: the complaint is at its field, and what was typed
    is in all others."""
    form = save(new_of(list)).fill_in(wrong)
    typed = {each.title: (each.type, each.value) for each in form.inputs}
    page = form.submit().must(422)
    assert page.heading == new_of(list).heading
    again = save(page)
    assert again.input(field).complaint(page), field
    for each in again.inputs:
        # A line that was filled in makes place for one more.
        kind, value = typed.get(each.title, ('', each.value))
        if kind == 'password':
            assert each.value == '' and value not in page.source or not value
        elif kind != 'hidden':
            assert each.value == value.replace('\r', ''), each.title
        if each.title not in (field, '') and each.title in wrong and kind not \
                in ('hidden', 'password'):
            assert not each.complaint(page), each.title
    # In vain: nothing was made.
    assert 'Wrong' not in list.browser.open(list.url).main.text
    return page


def titles(page):
    return [row.get('Name') or row.get('Number') for row in page.rows]


def filled(page, wanted):
    """Each input of the page holds what was wanted."""
    form = save(page)
    for title, value in wanted.items():
        if title in ('Password',):
            continue
        shown = form.input(title).shown
        assert value == shown or value in shown, (title, value, shown)
    return page


def one_is_made_changed_deleted_and_restored(org, list, name, work):
    wrong, field, right, change = work
    right = {title: org.number(7) if value is None else value
             for title, value in right.items()}
    page = save(refused(list, wrong, field)).fill_in(
        {each: '' for each in wrong if wrong[each] and
         each not in right and 'Day' not in each}).fill_in(right).submit()
    title = right.get('Name') or right['Number']
    if change is None:
        # A token: seen once, and never changed.
        secret = re.search(r'\d+\|[\w-]+', page.must(201).main.text).group(0)
        assert secret in page.source
        there = page.click(title) if page.links(title) else \
            list.browser.open(list.url).click(title)
        assert secret not in there.must(200).source
        page = there
    else:
        page.must(200)
        assert title in page.heading, page.heading
        filled(page, right)
        title = change.get('Name', title)
        page = filled(save(page).fill_in(change).submit().must(200), change)
        assert title in page.heading
        filled(page, {k: v for k, v in right.items() if k not in change})
    # It is in the list, found by what it is called, and in the file.
    list = list.browser.open(list.url).must(200)
    assert title in titles(list), list.source
    found = list.form('Show').fill_in({'Search': title[:3]}).submit()
    if name not in ('Blocked callers',):
        assert title in titles(found.must(200))
    none = list.form('Show').fill_in({'Search': 'zzzzz'}).submit().must(200)
    assert not none.rows and none.has('Show all'), none.source
    file = list.click('Download as CSV').must(200)
    assert file.kind.startswith('text/csv') and title in file.source
    for head in [each.text for each in list.root.all('th')
                 if each.all('a')]:
        up = list.click(head).must(200)
        assert titles(up) == titles(up.click(head).must(200))[::-1] or \
            len(titles(up)) > 1
    # Not deleted after all.
    question = page.click('Delete').must(200)
    assert title in question.main.text
    assert question.click('Keep it').must(200).url == page.url.split('?')[0]
    gone = question.press('Delete').must(200)
    assert gone.heading == list.heading and title not in titles(gone)
    list.browser.open(page.url).must(404)
    if change is None:
        return
    gone = gone.form('Show').fill_in({'Which': 'only deleted'}).submit()
    there = gone.must(200).click(title).must(200)
    assert 'Save' not in there.buttons and not there.links('Delete')
    back = there.press('Restore').must(200)
    assert title in back.heading and 'Save' in back.buttons
    assert title in titles(list.browser.open(list.url))


@by_http
def every_resource_is_worked_with_by_its_forms(org):
    org.user_of('agent')
    start = sign_in(org).must(200)
    for name in start.navigation:
        page = start.click(name).must(200)
        makes = any(each.text.startswith('New ')
                    for each in page.main.all('a'))
        assert makes == (name in WORK), f'{name} is not tried here'
        assert makes != (name in READ), f'{name} is not tried here'
        if makes:
            try:
                one_is_made_changed_deleted_and_restored(
                    org, page, name, WORK[name])
            except (AssertionError, KeyError, IndexError) as error:
                raise AssertionError(f'{name}: {error}') from error


@by_http
def a_list_is_turned_over_sorted_and_filtered(org):
    for n in range(30):
        org.extension(str(1100 + n), f'Name {n:02}')
    org.extension('1200', 'Resting', status='inactive')
    list = sign_in(org).click('Extensions').must(200)
    assert len(list.rows) == 25 and not list.has('Previous page')
    next = list.click('Next page').must(200)
    assert len(next.rows) == 6 and not next.has('Next page')
    assert titles(next.click('Previous page')) == titles(list)
    down = list.click('Name').click('Name').must(200)
    assert titles(down)[0] == 'Resting'
    assert down.root.all('th')[2].attrs['aria-sort'] == 'descending'
    next = down.click('Next page').must(200)
    assert titles(next)[-1] == 'Name 00'
    found = down.form('Show').fill_in({'Status': 'inactive'}).submit()
    assert titles(found.must(200)) == ['Resting']
    assert found.form('Show').input('Status').shown == 'inactive'
    file = found.click('Download as CSV').must(200).source
    assert 'Resting' in file and 'Name 01' not in file
    assert found.browser.open(found.url + '&sort=nonsense').must(
        422).heading == 'Not valid'


@by_http
def what_is_in_use_is_not_deleted_and_the_page_leads_to_why(org):
    ann = org.extension('1001')
    org.post('/ring-groups', {'name': 'Sales', 'members': [
        {'extension_id': ann}]}).must(201)
    page = sign_in(org).click('Extensions').click('Ann').click('Delete')
    page = page.press('Delete').must(409)
    group = page.click('ring group Sales').must(200)
    assert save(group).input('Members / Member 1 / Extension').shown == \
        '1001 Ann'
    assert group.links('All extensions')


@by_http
def more_than_can_be_chosen_from_is_typed(org):
    org.sql("INSERT INTO extension (organization_id, number, name, type,"
            " status) SELECT " + str(org.id) + ", 2000 + seq, 'x', 'user',"
            " 'active' FROM seq_1_to_201")
    ann = org.extension('1001')
    page = new_of(sign_in(org).click('Ring groups'))
    page = save(page).fill_in({
        'Name': 'G', 'Members / Member 1 / Extension': str(ann),
        'Fallback / Where to': 'Extension', 'Fallback / ID': 'x'}).submit()
    form = save(page.must(422))
    assert form.input('Fallback / Where to').complaint(page)
    assert form.input('Fallback / ID').value == 'x'
    page = form.fill_in({'Fallback / ID': str(ann)}).submit().must(200)
    assert save(page).input('Fallback / Where to').shown == 'Extension'
    assert save(page).input('Fallback / ID').value == str(ann)
    page = save(page).fill_in({'Name': 'H'}).submit().must(200)
    # What a page chooses at once is no language for programs.
    org.post('/ring-groups', {
        'name': 'J', 'members': [{'extension_id': ann}],
        'fallback': {'to': 'hangup'}}).must(422)
    assert save(page).input('Fallback / ID').value == str(ann)


@by_http
def what_can_be_done_has_a_button(org):
    ann = org.extension('1001')
    start = sign_in(org)
    page = start.click('Extensions').click('Ann')
    old = org.get(f'/extensions/{ann}').data['sip_password']
    assert old in page.main.text
    page = page.press('Make a new SIP password').must(200)
    assert old not in page.main.text
    assert org.get(f'/extensions/{ann}').data['sip_password'] in \
        page.main.text
    # Keys are shown this once.
    page = start.click('Settings').press('Make a new voice key').must(200)
    key = re.search(r'[\w-]{40,}', page.main.text).group(0)
    assert key not in page.click('Settings').source
    page = start.click('Settings').press(
        'Make a new voice key', **{'Grace minutes': 'x'}).must(422)
    form = page.form('Make a new voice key')
    assert form.input('Grace minutes').value == 'x'
    assert form.input('Grace minutes').complaint(page)
    page = start.click('Settings').press(
        'Make a new webhook secret').must(200)
    assert re.search(r'[\w-]{40,}', page.main.text)
    page = save(start.click('Settings')).fill_in({
        'Default ring timeout': '4'}).submit().must(422)
    assert save(page).input('Default ring timeout').complaint(page)
    page = save(page).fill_in({'Default ring timeout': '40',
                               'Default target / Where to': '1001'}).submit()
    assert save(page.must(200)).input('Default ring timeout').value == '40'
    assert 'Voice' in start.click('Settings').click('Carrier').must(
        200).main.text


QUESTIONS = {
    'Numbers (DIDs)': 'What is a number?',
    'Ring groups': 'What is a ring group?',
    'IVR menus': 'What is a menu?',
    'Business hours': 'What are business hours?',
    'Outbound rules': 'What is an outbound rule?',
}


@by_http
def a_form_leads_to_what_a_thing_is(org):
    """A page that is whole without scripts, and leads to the others."""
    start = sign_in(org)
    seen = set()
    for name, question in QUESTIONS.items():
        page = new_of(start.click(name)).click(question).must(200)
        assert page.heading == question
        text = page.main.text
        assert 200 < len(text.split()) < 330, len(text.split())
        for part in ('What happens to a call', 'The choices that matter',
                     'For example', 'The common mistake'):
            assert part in text, (question, part)
        seen.update(each.attrs['href'] for each in page.main.all('a'))
    assert len([each for each in seen if each.startswith('/docs/')]) == 6
    for href in seen:
        start.browser.open(href).must(200)


@by_http
def schedules_are_duplicated_and_overridden(org):
    org.post('/business-hours', {
        'name': 'Office', 'open': {'type': 'hangup'},
        'closed': {'type': 'hangup'}}).must(201)
    page = sign_in(org).click('Business hours').click('Office').must(200)
    page = page.press('Override', Override='closed').must(200)
    assert save(page).input('Override state').shown == 'closed'
    page = page.press('Duplicate', Name='Copy').must(200)
    assert page.heading == 'Business hours Copy'
    page = page.press('Duplicate', Name='Office').must(422)
    assert page.form('Duplicate').input('Name').complaint(page)


@by_http
def audio_is_sent_and_listened_to(org):
    page = new_of(sign_in(org).click('Prompts'))
    page = save(page).fill_in({'Name': 'Hi', 'Audio': (
        'notes.wav', 'audio/wav', b'no audio at all')}).submit().must(415)
    assert save(page).input('Audio').complaint(page), page.source
    assert save(page).input('Name').value == 'Hi'
    page = save(page).fill_in({'Audio': (
        'hi.wav', 'audio/wav', wav(1))}).submit().must(200)
    assert page.root.all('audio')
    first = page.click('Download').must(200).answer.body
    assert first == wav(1)
    page = page.press('Replace the audio', Audio=(
        'ho.wav', 'audio/wav', wav(2))).must(200)
    assert page.click('Download').answer.body == wav(2)


@by_http
def messages_are_marked_as_heard(org):
    ann = org.extension('1001', user_id=org.user_of('user'))
    org.insert('voicemail', extension_id=ann, call_key='a', leg='a',
               source_url='https://x.example/a', seconds=7, state='ready',
               from_number='+12025550111',
               received_at='2026-07-01 12:00:00')
    list = sign_in(org, 'user').click('Voicemails').must(200)
    [row] = list.rows
    # The clock of the organization, which is New York's.
    assert row['Received at'] == '2026-07-01 08:00:00', row
    assert 'America/New_York' in list.text
    assert row['Extension'] == '1001 Ann' and row['Heard'] == 'no'
    page = list.click(row['ID']).must(200)
    page = page.press('Mark as heard').must(200)
    assert list.browser.open(list.url).rows[0]['Heard'] == 'yes'
    page.press('Mark as not heard').must(200)
    [row] = list.form('Show').fill_in({'Heard': 'no'}).submit().rows
    assert not list.form('Show').fill_in({'Heard': 'yes'}).submit().rows


@by_http
def calls_are_looked_at(org):
    ann = org.extension('1001')
    for n in range(30):
        org.insert('`call`', call_key=f'k{n}', direction='inbound',
                   state='completed' if n else 'no_answer',
                   from_number='+12025550111', extension_id=ann,
                   started_at=f'2026-07-01 12:{n:02}:00')
    list = sign_in(org).click('Calls').must(200)
    assert len(list.rows) == 25
    assert list.rows[0]['Started at'] == '2026-07-01 08:29:00', list.rows[0]
    next = list.click('Next page').must(200)
    assert len(next.rows) == 5
    assert next.click('First page').rows == list.rows
    page = next.click(next.rows[0]['ID']).must(200)
    assert '1001 Ann' in page.main.text
    found = list.form('Show').fill_in({'State': 'no answer'}).submit()
    assert len(found.must(200).rows) == 1
    file = found.click('Download as CSV').must(200)
    assert file.kind.startswith('text/csv')
    assert file.source.count('\r\n') == 2
    for other in ('Statistics', 'Calls in progress'):
        list.click(other).must(200)
    page = list.form('Show').fill_in({'From': 'yesterday'}).submit()
    assert 'must be a date' in page.must(422).main.text
    audit = list.click('Audit').must(200)
    assert audit.rows and audit.click(audit.rows[0]['ID']).must(200)


@by_http
def a_call_is_simulated(org):
    org.extension('1001')
    page = sign_in(org).click('Simulator').must(200)
    wrong = page.press('Simulate a call', From='', To='1001').must(422)
    form = wrong.form('Simulate a call')
    assert form.input('From').complaint(wrong)
    assert form.input('To').value == '1001'
    page = form.fill_in({'From': '1001', 'To': '1001'}).submit().must(200)
    assert '<Response>' in page.main.text
    page = page.click('Check the configuration').must(200)
    assert 'errors' in page.main.text


if __name__ == '__main__':
    main()
