"""IVR menus: greetings, options, and where silence leads."""
from support import main, only, scenario

R = '/ivr-menus'
HANGUP = {'type': 'hangup'}
GREETING = {'text': 'Welcome.'}


def make(org, name='Main', **more):
    return org.post(R, {'name': name, 'greeting': GREETING, **more})


def to(kind, id):
    return {'type': kind, 'id': id}


def routed(org, menu, then, *more):
    """What a caller meets who is led to the menu."""
    number = org.number(90)
    rows = org.sql(f'SELECT id FROM did WHERE organization_id = {org.id}')
    did = rows[0][0] if rows else org.did(number)
    # By a change that is told, or the warmed cache would stay.
    org.patch(f'/dids/{did}', {'target': to('ivr_menu', menu)}).must(200)
    return org.instance.ctl('route', '--org', org.slug, '--from',
                            '+442079460000', '--to', number, '--then', then,
                            *more)


@scenario
def a_new_menu_has_what_nobody_said(org):
    answer = make(org).must(201)
    data = answer.data
    assert answer.headers['location'] == f'/cgi-bin{R}/{data["id"]}'
    assert data['greeting'] == {'prompt_id': None, 'text': 'Welcome.',
                                'voice': None, 'language': None}
    assert data['invalid'] == {'prompt_id': None, 'text': None}
    assert data['no_input'] == {'prompt_id': None, 'text': None}
    assert data['first_timeout'] == 10 and data['digit_timeout'] == 3
    assert data['max_attempts'] == 3 and data['direct_dial'] is False
    assert data['status'] == 'active' and data['timeout'] is None
    assert data['options'] == []
    assert org.get(f'{R}/{data["id"]}').must(200).data == data


@scenario
def bounds_of_the_plain_fields(org):
    def refused(field, *values):
        for value in values:
            only(make(org, **{field: value}).must(422), field)

    refused('name', '', None, 7, 'x' * 101, 'a\nb', '  ')
    refused('first_timeout', 0, 31, None, '10', 5.5, True)
    refused('digit_timeout', 0, 31, None, -1)
    refused('max_attempts', 0, 10, None)
    refused('direct_dial', None, 1, 'true')
    refused('status', 'deleted', None, 1)
    refused('options', {}, 'x', 7, [7] * 101)
    refused('greeting', 'Welcome.', 7, [])
    refused('colour', 'red')
    for name, value in (('low', 1), ('high', 30)):
        data = make(org, name, first_timeout=value, digit_timeout=value,
                    max_attempts=9, direct_dial=True,
                    status='inactive').must(201).data
        assert data['first_timeout'] == data['digit_timeout'] == value


@scenario
def a_menu_needs_a_greeting(org):
    for greeting in (None, {}, {'text': ''}, {'text': '  '},
                     {'text': None, 'prompt_id': None}, {'voice': 'Amy'}):
        only(org.post(R, {'name': 'x', 'greeting': greeting}).must(
            422, greeting__text='required'), 'greeting.text')
    only(org.post(R, {'name': 'x'}).must(422), 'greeting.text')
    id = make(org).id
    only(org.patch(f'{R}/{id}', {'greeting': {'text': None}}).must(422),
         'greeting.text')
    only(org.put(f'{R}/{id}', {'name': 'x'}).must(422), 'greeting.text')


@scenario
def words_are_a_prompt_or_a_text(org):
    prompt = org.insert('prompt', name='Hello', text='Hello.')
    gone = org.insert('prompt', name='Gone', text='Gone.')
    org.sql(f'UPDATE prompt SET deleted_at = NOW(3) WHERE id = {gone}')
    there = org.instance.organization(org.by)
    theirs = there.insert('prompt', name='Hello', text='Hello.')
    for part in ('greeting', 'invalid', 'no_input'):
        path = f'{part}.prompt_id'
        for id in (gone, theirs, 999999):
            answer = make(org, **{part: {'prompt_id': id}}).must(422)
            only(answer, path)
            assert 'does not exist' in answer.errors[path][0]
        for id in (0, -1, 'x', True):
            only(make(org, **{part: {'prompt_id': id}}).must(422), path)
        only(make(org, **{part: {'prompt_id': prompt, 'text': 'x'}}).must(
            422), f'{part}.text')
        for text in ('x' * 2001, 'a\x07b', 7):
            only(make(org, **{part: {'text': text}}).must(422),
                 f'{part}.text')
        only(make(org, **{part: {'colour': 'red', 'text': 'x'}}).must(422),
             f'{part}.colour')
    only(make(org, greeting={'text': 'x', 'voice': 'x' * 65,
                             'language': 'x' * 17}).must(422),
         'greeting.voice', 'greeting.language')
    data = make(org, greeting={'prompt_id': prompt},
                invalid={'prompt_id': prompt},
                no_input={'text': 'Still\nthere?'}).must(201).data
    assert data['greeting']['prompt_id'] == prompt
    # From one to the other in one change.
    data = org.patch(f'{R}/{data["id"]}', {'greeting': {
        'prompt_id': None, 'text': 'Hi.', 'voice': 'Polly.Amy',
        'language': 'en-GB'}}).must(200).data
    assert data['greeting'] == {'prompt_id': None, 'text': 'Hi.',
                                'voice': 'Polly.Amy', 'language': 'en-GB'}


@scenario
def options_are_one_to_six_keys_each_once(org):
    def refused(digits, text):
        answer = make(org, options=[{'digits': digits,
                                     'target': HANGUP}]).must(422)
        only(answer, 'options.0.digits')
        assert text in answer.errors['options.0.digits'][0], answer.text

    refused('', 'required')
    refused(None, 'required')
    refused('1234567', 'at most 6')
    for bad in ('a', '1a', '+1', '1 2', '१', '-1', 'A', '1.', '##########'):
        refused(bad, 'must')
    refused(1, 'must be a text')
    only(make(org, options=[{'target': HANGUP}]).must(422),
         'options.0.digits')
    twice = make(org, options=[
        {'digits': '1', 'target': HANGUP}, {'digits': '2', 'target': HANGUP},
        {'digits': '1', 'target': HANGUP}])
    only(twice.must(422, options__2__digits='already'), 'options.2.digits')
    keys = ['1', '12', '123456', '0', '00', '*', '#', '*#', '9']
    data = make(org, options=[{'digits': each, 'target': HANGUP}
                              for each in keys]).must(201).data
    assert [each['digits'] for each in data['options']] == keys
    assert org.get(f'{R}/{data["id"]}').data['options'] == data['options']
    hundred = [{'digits': str(n), 'target': HANGUP} for n in range(101)]
    only(make(org, 'many', options=hundred).must(422), 'options')
    make(org, 'many', options=hundred[:100]).must(201)


@scenario
def each_wrong_option_is_named(org):
    ann = org.extension('1001')
    there = org.instance.organization(org.by).extension('1001')
    answer = make(org, options=[
        {'digits': '1', 'target': to('extension', ann), 'label': 'Ann'},
        {'digits': '2'}, {'digits': '3', 'target': None},
        {'digits': '4', 'target': to('extension', there)},
        {'digits': '5', 'target': to('moon', 1)},
        {'digits': '6', 'target': to('ring_group', 999999)},
        {'digits': '7', 'target': {'type': 'external',
                                   'number': '+442079460000'}},
        {'digits': '8', 'target': HANGUP, 'label': 'x' * 101},
        {'digits': '9', 'target': HANGUP, 'label': 'a\nb'}, 7,
        {'digits': '0', 'target': HANGUP, 'colour': 1}])
    only(answer.must(422, options__1__target='required',
                     options__2__target='required',
                     options__3__target__id='does not exist',
                     options__4__target__type='is no type',
                     options__5__target__id='does not exist',
                     options__6__target__number='no outbound rule',
                     options__7__label='at most 100',
                     options__8__label='single line',
                     options__9='must be an object',
                     options__10__colour='is no field'),
         'options.1.target', 'options.2.target', 'options.3.target.id',
         'options.4.target.type', 'options.5.target.id',
         'options.6.target.number', 'options.7.label', 'options.8.label',
         'options.9', 'options.9.digits', 'options.9.target',
         'options.10.colour')
    assert org.get(R).json['meta']['total'] == 0


@scenario
def an_option_leads_outside_by_a_rule(org):
    org.rule('GB', countries=['GB'])
    data = make(org, options=[{'digits': '1', 'target': {
        'type': 'external', 'number': '011 44 20 7946 0000'}}]).must(201).data
    assert data['options'][0]['target'] == {'type': 'external',
                                            'number': '+442079460000'}
    for number in ('911', '+18765550100', '+449098790000', 'sip:a@b.example'):
        only(org.patch(f'{R}/{data["id"]}', {'options': [
            {'digits': '1', 'target': {'type': 'external',
                                       'number': number}}]}).must(422),
             'options.0.target.number')


@scenario
def a_menu_is_played_again_by_a_key_but_not_by_silence(org):
    id = make(org).id
    only(org.patch(f'{R}/{id}', {'timeout': to('ivr_menu', id)}).must(
        422, timeout__id='itself'), 'timeout.id')
    org.patch(f'{R}/{id}', {'options': [
        {'digits': '9', 'target': to('ivr_menu', id)}]}).must(200)
    for timeout in (to('ivr_menu', 999999), to('voicemail', 1), 'hangup',
                    {'type': 'external', 'number': '+442079460000'}):
        org.patch(f'{R}/{id}', {'timeout': timeout}).must(422)
    # It does not hold itself.
    org.delete(f'{R}/{id}').must(204)
    assert org.post(f'{R}/{id}/restore').must(200).data['options'] == [
        {'digits': '9', 'label': '', 'target': to('ivr_menu', id)}]


@scenario
def keys_lead_where_the_options_say(org):
    ann = org.extension('1001')
    bob = org.extension('1002')
    id = make(org, max_attempts=2, timeout=to('extension', bob),
              no_input={'text': 'Anybody?'},
              options=[{'digits': '1', 'target': to('extension', ann)},
                       {'digits': '12', 'target': HANGUP}]).id
    assert '<Number>1001</Number>' in routed(org, id, 'digits=1')
    assert 'numDigits="2"' in routed(org, id, 'silence')
    assert '<Number>1002</Number>' in routed(org, id, 'silence,digits=7')
    said = routed(org, id, 'silence')
    assert 'Welcome.' in said and 'Anybody?' in said
    # A change is met by the next call.
    org.patch(f'{R}/{id}', {'options': [
        {'digits': '1', 'target': to('extension', bob)}]}).must(200)
    assert '<Number>1002</Number>' in routed(org, id, 'digits=1')
    org.patch(f'{R}/{id}', {'status': 'inactive'}).must(200)
    assert 'Welcome.' not in routed(org, id, '')


@scenario
def a_name_is_taken_once(org):
    first = make(org).id
    make(org).must(422, name='taken')
    make(org.instance.organization(org.by)).must(201)
    org.delete(f'{R}/{first}').must(204)
    make(org).must(201)
    org.post(f'{R}/{first}/restore').must(422, name='taken')


@scenario
def who_leads_to_a_menu_is_said_before_it_is_deleted(org):
    id = make(org).id
    ann = org.extension('1001', forward={'busy': to('ivr_menu', id)})
    org.extension('4000', name='To main', type='ivr',
                  target=to('ivr_menu', id))
    make(org, 'Night', options=[{'digits': '1',
                                 'target': to('ivr_menu', id)}]).must(201)
    make(org, 'Late', timeout=to('ivr_menu', id)).must(201)
    hours = org.post('/business-hours', {
        'name': 'Office', 'open': to('ivr_menu', id),
        'closed': HANGUP}).must(201).id
    group = org.post('/ring-groups', {
        'name': 'Sales', 'members': [{'extension_id': ann}],
        'fallback': to('ivr_menu', id)}).must(201).id
    answer = org.delete(f'{R}/{id}').must(409, 'CONFLICT')
    said = sorted((each['type'], each['name'])
                  for each in answer.json['references'])
    assert said == [('business_hours', 'Office'), ('extension', 'Ann'),
                    ('extension', 'To main'), ('ivr_menu', 'Late'),
                    ('ivr_menu', 'Night'), ('ring_group', 'Sales')], said
    assert {each['id'] for each in answer.json['references']} > {hours,
                                                                 group}
    org.get(f'{R}/{id}').must(200)


@scenario
def what_a_menu_leads_to_is_held(org):
    ann = org.extension('1001')
    id = make(org, options=[{'digits': '1',
                             'target': to('voicemail', ann)}]).id
    said = org.delete(f'/extensions/{ann}').must(409).json['references']
    assert said == [{'type': 'ivr_menu', 'id': id, 'name': 'Main'}]
    org.delete(f'{R}/{id}').must(204)
    org.delete(f'/extensions/{ann}').must(204)
    org.post(f'{R}/{id}/restore').must(422)
    org.post(f'/extensions/{ann}/restore').must(200)
    data = org.post(f'{R}/{id}/restore').must(200).data
    assert data['options'][0]['target'] == to('voicemail', ann)
    # The options live again: what they lead to is held again.
    org.delete(f'/extensions/{ann}').must(409)


@scenario
def a_refused_change_changes_nothing(org):
    id = make(org, options=[{'digits': '1', 'target': HANGUP}]).id
    before = org.get(f'{R}/{id}').data
    generation = org.generation()
    org.patch(f'{R}/{id}', {'name': 'New', 'options': [
        {'digits': '2', 'target': HANGUP},
        {'digits': '2', 'target': HANGUP}]}).must(422)
    assert org.get(f'{R}/{id}').data == before
    assert org.generation() == generation
    assert len(org.audit('ivr_menu', id)) == 1
    org.patch(f'{R}/{id}', {'options': None}).must(200)
    rows = org.audit('ivr_menu', id)
    assert [row[0] for row in rows] == ['create', 'update']
    assert rows[1][1]['options'] and not rows[1][2]['options']


@scenario
def a_form_makes_a_menu(org):
    page = org.page(f'{R}/new').must(200).text
    for name in ('greeting.text', 'options.0.digits', 'timeout.to',
                 'options.2.target.to'):
        assert f'name="{name}"' in page, name
    fields = {'name': 'Main', 'greeting.text': 'Hi.',
              'greeting.prompt_id': '', 'first_timeout': '5',
              'direct_dial': 'true', 'timeout.type': '', 'timeout.id': '',
              'options.0.digits': '1', 'options.0.label': '',
              'options.0.target.type': 'hangup', 'options.0.target.id': '',
              'options.1.digits': '', 'options.1.label': '',
              'options.1.target.type': '', 'options.1.target.id': ''}
    answer = org.form(R, fields).must(303)
    data = org.get(answer.headers['location'][len('/cgi-bin'):]).data
    assert data['options'] == [{'digits': '1', 'label': '',
                                'target': HANGUP}]
    assert data['first_timeout'] == 5 and data['direct_dial']
    fields['options.1.label'] = '<b>&'
    page = org.form(R, {**fields, 'name': 'x'}).must(422).text
    assert '&lt;b&gt;&amp;' in page and '<b>&' not in page


@scenario
def admins_change_and_others_read(org):
    id = make(org).id
    for role in ('agent', 'user'):
        they = org.as_(role)
        they.get(R).must(200)
        they.get(f'{R}/{id}').must(200)
        they.post(R, {'name': 'x', 'greeting': GREETING}).must(403)
        they.put(f'{R}/{id}', {'name': 'x', 'greeting': GREETING}).must(403)
        they.patch(f'{R}/{id}', {'name': 'x'}).must(403)
        they.delete(f'{R}/{id}').must(403)
        they.post(f'{R}/{id}/restore').must(403)
        they.page(f'{R}/new').must(403)
    org.as_('owner', 'ivr-menus:read').delete(f'{R}/{id}').must(403)
    org.as_('admin').patch(f'{R}/{id}', {'name': 'x'}).must(200)
    there = org.instance.organization(org.by)
    there.get(f'{R}/{id}').must(404)
    there.patch(f'{R}/{id}', {'name': 'x'}).must(404)
    there.delete(f'{R}/{id}').must(404)
    there.post(f'{R}/{id}/restore').must(404)


if __name__ == '__main__':
    main()
