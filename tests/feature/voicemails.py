"""Voicemails: who has which mailbox, what was heard, and how the carrier
fetches a message."""
from sounds import wav
from support import main, only, scenario

R = '/voicemails'


def message(org, extension, n=0, audio=None, state='ready',
            at='2026-11-20 12:00:00', **more):
    id = org.insert('voicemail', extension_id=extension,
                    call_key=f'call-{n}', state=state, received_at=at,
                    from_number='+12025550199', caller_name='Ann',
                    media_type='audio/wav', seconds=1, **more)
    if audio is not None:
        folder = org.instance.var / 'audio' / str(org.id) / 'voicemail'
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(id)).write_bytes(audio)
    return id


def owned(org, role, number):
    return org.extension(number, user_id=org.user_of(role),
                         voicemail={'enabled': True})


def ids(answer):
    return [row['id'] for row in answer.must(200).data]


@scenario
def it_is_shown_played_and_marked(org):
    box = owned(org, 'user', '1001')
    id = message(org, box, audio=wav(2))
    they = org.as_('user')
    data = they.get(f'{R}/{id}').must(200).data
    assert data['heard'] is False and data['heard_at'] is None
    assert data['caller_name'] == 'Ann' and data['extension_id'] == box
    assert 'audio_token' not in data and 'source_url' not in data
    answer = they.get(f'{R}/{id}/audio').must(200)
    assert answer.body == wav(2)
    assert answer.headers['content-type'] == 'audio/wav'
    assert they.get(f'{R}/{id}/audio', headers={
        'Range': 'bytes=-5'}).must(206).body == wav(2)[-5:]
    # To fetch it is not to have heard it.
    assert they.get(f'{R}/{id}').data['heard'] is False
    data = they.patch(f'{R}/{id}', {'heard': True}).must(200).data
    assert data['heard'] is True and data['heard_at']
    when = data['heard_at']
    assert they.patch(f'{R}/{id}', {'heard': True}).must(200).data[
        'heard_at'] == when
    # What was read can be sent back.
    assert they.patch(f'{R}/{id}', data).must(200).data['heard_at'] == when
    data = they.post(f'{R}/{id}/unheard').must(200).data
    assert data['heard'] is False and data['heard_at'] is None
    data = they.post(f'{R}/{id}/heard').must(200).data
    assert data['heard'] is True and data['heard_at']
    assert org.sql(f'SELECT heard_at IS NOT NULL, caller_name, state FROM '
                   f'voicemail WHERE id = {id}') == [['1', 'Ann', 'ready']]
    changes = org.audit('voicemail', id)
    assert {row[0] for row in changes} == {'update'}
    assert changes[0][1]['heard'] is False
    assert changes[0][2]['heard'] is True
    assert changes[0][3] == org.user_of('user')


@scenario
def nothing_else_is_changed(org):
    id = message(org, owned(org, 'user', '1001'))
    they = org.as_('user')
    for body in ({'heard': 'yes'}, {'heard': None}, {'heard': 1}):
        only(they.patch(f'{R}/{id}', body).must(422), 'heard')
    only(they.patch(f'{R}/{id}', {'colour': 1}).must(422), 'colour')
    data = they.patch(f'{R}/{id}', {
        'caller_name': 'Eve', 'state': 'failed', 'heard_at': None,
        'extension_id': 1}).must(200).data
    assert data['caller_name'] == 'Ann' and data['state'] == 'ready'
    they.post(R, {}).must(405)
    they.put(f'{R}/{id}', {}).must(405)
    they.get(f'{R}/new').must(404)
    etag = they.get(f'{R}/{id}').headers['etag']
    they.patch(f'{R}/{id}', {'heard': True},
               headers={'If-Match': '"x"'}).must(412)
    they.patch(f'{R}/{id}', {'heard': True},
               headers={'If-Match': etag}).must(200)


@scenario
def a_mailbox_is_its_owners(org):
    boxes = {role: owned(org, role, number) for role, number in
             (('agent', '1001'), ('user', '1002'))}
    rows = {role: message(org, boxes[role], role, wav()) for role in boxes}
    nobodys = message(org, org.extension('1003'), 'x', wav())
    for role, other in (('agent', 'user'), ('user', 'agent')):
        they = org.as_(role)
        assert ids(they.get(R)) == [rows[role]]
        assert ids(they.get(f'{R}?extension_id={boxes[other]}')) == []
        assert str(rows[other]) not in [
            line.split(',')[0].strip('"') for line in
            they.get(R, accept='text/csv').text.splitlines()]
        for id in (rows[other], nobodys):
            for answer in (
                    they.get(f'{R}/{id}'), they.get(f'{R}/{id}/audio'),
                    they.get(f'{R}/{id}?deleted=with'),
                    they.page(f'{R}/{id}/delete'),
                    they.patch(f'{R}/{id}', {'heard': True}),
                    they.post(f'{R}/{id}/heard'),
                    they.post(f'{R}/{id}/unheard'),
                    they.delete(f'{R}/{id}'),
                    they.post(f'{R}/{id}/restore')):
                answer.must(404)
        they.delete(f'{R}/{rows[role]}').must(204)
        they.get(f'{R}/{rows[role]}').must(404)
        they.get(f'{R}/{rows[role]}/audio').must(404)
        assert ids(they.get(R)) == []
        assert ids(they.get(f'{R}?deleted=only')) == [rows[role]]
        they.post(f'{R}/{rows[role]}/restore').must(200)
        they.get(f'{R}/{rows[role]}/audio').must(200)
    admin = org.as_('admin')
    assert len(ids(admin.get(R))) == 3
    admin.patch(f'{R}/{nobodys}', {'heard': True}).must(200)
    admin.get(f'{R}/{nobodys}/audio').must(200)
    admin.delete(f'{R}/{nobodys}').must(204)
    assert org.sql(f'SELECT COUNT(*) FROM voicemail WHERE heard_at IS NOT '
                   f'NULL AND organization_id = {org.id}') == [['1']]
    org.as_('user', 'voicemails:read').patch(
        f'{R}/{rows["user"]}', {'heard': True}).must(403)


@scenario
def lists_know_what_was_heard(org):
    box, other = org.extension('1001'), org.extension('1002')
    a = message(org, box, 1, at='2026-11-20 12:00:00')
    b = message(org, box, 2, at='2026-11-21 12:00:00',
                heard_at='2026-11-22 12:00:00')
    c = message(org, other, 3, at='2026-11-22 12:00:00', state='pending')
    assert ids(org.get(R)) == [c, b, a]
    assert ids(org.get(f'{R}?heard=true')) == [b]
    assert ids(org.get(f'{R}?heard=false')) == [c, a]
    assert ids(org.get(f'{R}?extension_id={box}')) == [b, a]
    assert ids(org.get(f'{R}?state=pending')) == [c]
    assert ids(org.get(f'{R}?from=2026-11-21&to=2026-11-21')) == [b]
    assert ids(org.get(f'{R}?number=5550199')) == [c, b, a]
    assert ids(org.get(f'{R}?q=ann&sort=received_at')) == [a, b, c]
    only(org.get(f'{R}?heard=x').must(422), 'heard')
    only(org.get(f'{R}?audio_token=x').must(422), 'audio_token')


@scenario
def the_carrier_fetches_it_by_its_token(org):
    token = 'T' * 20 + f'{org.id:012d}'
    box = org.extension('1001')
    id = message(org, box, 1, wav(3), audio_token=token)

    def fetched(word):
        return org.get(f'{R}/audio/{word}', token='')

    answer = fetched(token).must(200)
    assert answer.body == wav(3)
    assert answer.headers['cache-control'] == 'private, no-store'
    assert answer.headers['content-type'] == 'audio/wav'
    assert answer.headers['content-disposition'] == 'inline'
    for wrong in (token[:-1], token[1:], token.lower(), 'T' * 32):
        fetched(wrong).must(404)
    # A message is no prompt.
    org.get(f'/prompts/audio/{token}', token='').must(404)
    org.delete(f'{R}/{id}').must(204)
    fetched(token).must(404)
    waiting = token[::-1]
    message(org, box, 2, state='pending', audio_token=waiting)
    fetched(waiting).must(404)


@scenario
def a_message_is_not_the_mailbox_of_its_number(org):
    box = org.extension('1001')
    org.post('/ivr-menus', {
        'name': 'Night', 'greeting': {'text': 'Hello'}, 'options': [
            {'digits': '1', 'target': {'type': 'voicemail', 'id': box}}],
    }).must(201)
    message(org, box, id=box)
    org.delete(f'{R}/{box}').must(204)


@scenario
def others_tenants_have_none(org):
    id = message(org, org.extension('1001'), audio=wav())
    there = org.instance.organization(org.by)
    for answer in (there.get(f'{R}/{id}'), there.get(f'{R}/{id}/audio'),
                   there.patch(f'{R}/{id}', {'heard': True}),
                   there.post(f'{R}/{id}/heard'), there.delete(f'{R}/{id}'),
                   there.post(f'{R}/{id}/restore')):
        answer.must(404)
    org.get(f'{R}/{id}/audio', token='').must(401)


@scenario
def by_pages_alone(org):
    id = message(org, owned(org, 'user', '1001'), audio=wav())
    they = org.as_('user')
    assert '/new' not in they.page(R).must(200).text
    page = they.page(f'{R}/{id}').must(200).text
    assert '<audio' in page and 'name="heard"' in page
    assert 'Mark as not heard' in page and '>Delete<' in page
    they.form(f'{R}/{id}', {'_method': 'PATCH', 'heard': 'true'}).must(303)
    assert they.get(f'{R}/{id}').data['heard'] is True
    they.form(f'{R}/{id}/unheard', {}).must(303)
    assert they.get(f'{R}/{id}').data['heard'] is False
    page = they.form(f'{R}/{id}', {'_method': 'PATCH', 'heard': 'x'})
    assert 'must be true or false' in page.must(422).text
    they.page(f'{R}/{id}/delete').must(200)
    they.form(f'{R}/{id}', {'_method': 'DELETE'}).must(303)
    they.form(f'{R}/{id}/restore', {}).must(303)
    they.get(f'{R}/{id}').must(200)


if __name__ == '__main__':
    main()
