"""Prompts: words in a voice, or a file that is uploaded, listened to and
fetched by the carrier."""
import json
import re

from sounds import (chunk, id3, mp3, mp3_frame, multipart, riff, wav,
                    wav_format)
from support import main, only, scenario

R = '/prompts'
MOST = 10 << 20


def send(org, path, fields=(), audio=None, method='POST', **more):
    files = [] if audio is None else [('audio', 'x.wav', 'audio/wav', audio)]
    body, kind = multipart(fields, files)
    return org.ask(method, path, body, type=kind, **more)


def made(org, name='Welcome', audio=None):
    """A prompt of a file."""
    return send(org, R, [('name', name)],
                wav() if audio is None else audio).must(201).data


def files_of(org):
    folder = org.instance.var / 'audio' / str(org.id) / 'prompt'
    return sorted(folder.iterdir()) if folder.exists() else []


def by_token(org, token, **more):
    return org.get(f'{R}/audio/{token}', token='', **more)


@scenario
def words_in_a_voice(org):
    answer = org.post(R, {'name': 'Welcome', 'text': 'Hello\nthere',
                          'voice': 'Amy', 'language': 'en-GB'}).must(201)
    assert answer.headers['location'] == f'/cgi-bin/prompts/{answer.id}'
    data = answer.data
    assert data['text'] == 'Hello\nthere' and data['voice'] == 'Amy'
    assert 'audio' not in data and data['audio_token'] is None
    assert data['media_type'] is None and data['bytes'] is None
    assert org.get(f'{R}/{data["id"]}').data == data
    # What was read can be sent back whole.
    assert org.put(f'{R}/{data["id"]}', data).must(200).data['text'] == \
        data['text']
    org.get(f'{R}/{data["id"]}/audio').must(404)
    data = org.patch(f'{R}/{data["id"]}', {'voice': None}).must(200).data
    assert data['voice'] is None and data['language'] == 'en-GB'


@scenario
def a_file_is_kept_as_it_is(org):
    sound = wav(seconds=2.6)
    data = made(org, audio=sound)
    assert data['media_type'] == 'audio/wav' and data['seconds'] == 3
    assert data['bytes'] == len(sound) and data['text'] is None
    assert len(data['audio_token']) == 32
    answer = org.get(f'{R}/{data["id"]}/audio').must(200)
    assert answer.body == sound
    assert answer.headers['content-type'] == 'audio/wav'
    assert answer.headers['content-length'] == str(len(sound))
    assert answer.headers['accept-ranges'] == 'bytes'
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert answer.headers['content-disposition'] == 'inline'
    assert answer.headers['cache-control'] == 'private, no-cache'
    saved = org.get(f'{R}/{data["id"]}/audio?download=1').must(200)
    assert saved.headers['content-disposition'] == \
        f'attachment; filename="prompt-{data["id"]}.wav"'
    org.get(f'{R}/{data["id"]}/audio?download=x').must(422, download='true')
    org.get(f'{R}/{data["id"]}/audio?x=1').must(200)
    path, = files_of(org)
    assert path.read_bytes() == sound
    # Neither the name nor the token tells of the other.
    assert data['audio_token'] not in str(path)
    assert path.stat().st_mode & 0o007 == 0


@scenario
def the_carrier_fetches_it_by_its_token(org):
    sound = wav(seconds=0.5)
    data = made(org, audio=sound)
    answer = by_token(org, data['audio_token']).must(200)
    assert answer.body == sound
    assert answer.headers['content-type'] == 'audio/wav'
    assert answer.headers['cache-control'].startswith('public')
    assert answer.headers['content-disposition'] == 'inline'
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert 'sandbox' in answer.headers['content-security-policy']
    token = data['audio_token']
    for wrong in (token[:-1], token[:-1] + ('A' if token[-1] != 'A' else 'B'),
                  token + 'A', token.swapcase(), 'A' * 32, 'A' * 64,
                  '%2e%2e%2f' * 9 + 'etc/passwd', 'x', '%2e' * 20, "' OR 1=1 -- xxxxx",
                  token + '/', str(data['id'])):
        if wrong == token + '/':
            by_token(org, wrong).must(200)
            continue
        # A server may tidy an address up before we see it.
        answer = by_token(org, wrong.replace(' ', '%20'))
        assert answer.status in (400, 401, 404), answer.text
    org.get(f'{R}/{data["id"]}/audio', token='').must(401)
    org.delete(f'{R}/{data["id"]}').must(204)
    by_token(org, token).must(404)
    org.get(f'{R}/{data["id"]}/audio').must(404)
    org.post(f'{R}/{data["id"]}/restore').must(200)
    assert by_token(org, token).must(200).body == sound
    there = org.instance.organization(org.by)
    assert by_token(there, token).must(200).body == sound
    there.get(f'{R}/{data["id"]}/audio').must(404)


@scenario
def another_file_has_another_address(org):
    first = made(org, audio=wav(level=1))
    path = f'{R}/{first["id"]}/audio'
    second = org.put(path, wav(level=2), type='audio/wav').must(200).data
    third = send(org, path, audio=mp3()).must(200).data
    fourth = send(org, f'{R}/{first["id"]}', [('name', 'New')],
                  audio=wav(level=4), method='PATCH').must(200).data
    assert fourth['name'] == 'New' and third['media_type'] == 'audio/mpeg'
    tokens = [x['audio_token'] for x in (first, second, third, fourth)]
    assert len(set(tokens)) == 4
    for old in tokens[:3]:
        by_token(org, old).must(404)
    assert by_token(org, tokens[3]).body == wav(level=4)
    assert len(files_of(org)) == 1
    etag = org.get(f'{R}/{first["id"]}').headers['etag']
    org.put(path, wav(), type='audio/wav',
            headers={'If-Match': '"other"'}).must(412)
    org.put(path, wav(), type='audio/wav', headers={'If-Match': etag}).must(
        200)
    assert len(files_of(org)) == 1
    actions = [row[0] for row in org.audit('prompt', first['id'])]
    assert actions == ['create'] + ['update'] * 4


@scenario
def words_and_files_take_each_others_place(org):
    id = org.post(R, {'name': 'W', 'text': 'Hello', 'voice': 'Amy',
                      'language': 'en'}).must(201).id
    data = org.put(f'{R}/{id}/audio', wav(), type='audio/x-wav').must(
        200).data
    assert data['text'] is None and data['voice'] is None
    assert data['language'] is None and data['audio_token']
    # Without a word about words the file stays.
    kept = org.patch(f'{R}/{id}', {'name': 'X'}).must(200).data
    assert kept['audio_token'] == data['audio_token']
    kept = org.put(f'{R}/{id}', {'name': 'Y'}).must(200).data
    assert kept['audio_token'] == data['audio_token']
    only(org.patch(f'{R}/{id}', {'voice': 'Amy'}).must(
        422, voice='belongs to a text'), 'voice')
    only(org.patch(f'{R}/{id}', {'audio_token': 'A' * 32,
                                 'audio': 'x'}).must(
        422, audio='multipart'), 'audio')
    data = org.patch(f'{R}/{id}', {'text': 'Hi'}).must(200).data
    assert data['audio_token'] is None and data['seconds'] is None
    assert data['media_type'] is None
    assert files_of(org) == []
    only(org.patch(f'{R}/{id}', {'text': None}).must(
        422, text='required'), 'text')
    # The words a form had and did not change give way to its file.
    data = send(org, f'{R}/{id}', [('text', 'Hi')], wav(),
                method='PATCH').must(200).data
    assert data['text'] is None and data['audio_token']
    only(send(org, f'{R}/{id}', [('text', 'Other')], wav(),
              method='PATCH').must(422, text='empty'), 'text')
    assert len(files_of(org)) == 1


@scenario
def bounds_of_the_words(org):
    def refused(field, *values):
        for value in values:
            only(org.post(R, {'name': 'x', 'text': 'y',
                              field: value}).must(422), field)

    refused('name', '', None, 7, 'x' * 101, 'a\nb')
    refused('text', 'x' * 2001, 7, 'a\x01b', True)
    refused('voice', 'x' * 65, 7, 'a\nb')
    refused('language', 'x' * 17, 7)
    refused('audio', 'x', 7, {})
    refused('bytes', 7)
    refused('audio_token', 'A' * 32)
    refused('colour', 'red')
    for none in ({}, {'text': ''}, {'text': None}):
        only(org.post(R, {'name': 'x', **none}).must(
            422, text='required'), 'text')
    org.post(R, {'name': 'x' * 100, 'text': 'y' * 2000, 'voice': 'z' * 64,
                 'language': 'l' * 16}).must(201)
    org.post(R, {'name': 'x' * 100, 'text': 'y'}).must(422, name='taken')
    org.post(R, {'name': 'X' * 100, 'text': 'y'}).must(422, name='taken')


@scenario
def what_is_wav_or_mp3_is_taken(org):
    guid = b'\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71'
    extensible = wav_format(0xfffe, more=struct_extension(1, guid))
    vbr = b''.join(mp3_frame(bitrate=n % 14 + 1) for n in range(100))
    index = mp3_frame(fill=b'\0')
    index = index[:36] + b'Xing' + index[40:]
    samples = chunk(b'data', b'\0' * 16000)
    for name, sound, kind, seconds in (
            ('pcm', wav(3), 'audio/wav', 3),
            ('eight', wav(3, bits=8, rate=11025), 'audio/wav', 3),
            ('stereo', wav(2, channels=2, rate=48000, bits=24),
             'audio/wav', 2),
            ('a-law', wav(4, tag=6), 'audio/wav', 4),
            ('mu-law', wav(4, tag=7), 'audio/wav', 4),
            ('short', wav(0.1), 'audio/wav', 1),
            ('extensible', riff(extensible, samples), 'audio/wav', 1),
            ('chunks', riff(chunk(b'LIST', b'INFOx'), wav_format(),
                            chunk(b'fact', b'1234'), samples,
                            chunk(b'bext', b'z' * 99)), 'audio/wav', 1),
            ('mp3', mp3(383), 'audio/mpeg', 10),
            ('two', mp3(2), 'audio/mpeg', 1),
            ('tagged', id3(b'TIT2' * 300) + mp3(383) + b'TAG' + b' ' * 125,
             'audio/mpeg', 10),
            ('vbr', index + vbr, 'audio/mpeg', 3),
            ('cut', mp3(383) + mp3_frame()[:100], 'audio/mpeg', 10),
            ('padded', mp3(383) + b'\0' * 3000, 'audio/mpeg', 10)):
        data = made(org, name, sound)
        assert data['media_type'] == kind, name
        assert data['seconds'] == seconds, (name, data['seconds'])
        assert by_token(org, data['audio_token']).body == sound, name


def struct_extension(tag, guid):
    return b'\x16\0\x10\0\0\0\0\0' + bytes([tag, 0]) + guid


@scenario
def what_is_neither_is_refused(org):
    page = b'<!DOCTYPE html><script>alert(1)</script>'
    samples = chunk(b'data', b'\0' * 16000)
    script = wav()
    # As a script: RIFF/*...*/=alert(1)
    script = b'RIFF/*\0\0' + script[8:].ljust(0x2a2f + 8 - 8, b'\0')
    for name, sound in (
            ('nothing', b''), ('page', page), ('text', b'hello' * 100),
            ('ogg', b'OggS' + b'\0' * 100), ('flac', b'fLaC' + b'\0' * 100),
            ('png', b'\x89PNG\r\n\x1a\n' + b'\0' * 100),
            ('riff', b'RIFF\x04\0\0\0AVI '), ('head', wav()[:11]),
            ('cut', wav()[:-2]), ('behind', wav() + b'\0\0'),
            ('page-behind', wav() + page), ('page-before', page + wav()),
            ('page-in-list', riff(wav_format(), chunk(b'LIST', page),
                                  samples)),
            ('page-in-samples', riff(wav_format(), chunk(b'data', page))),
            ('script', script),
            ('no-samples', riff(wav_format())),
            ('empty-samples', riff(wav_format(), chunk(b'data', b''))),
            ('no-format', riff(samples)),
            ('format-later', riff(samples, wav_format())),
            ('two-formats', riff(wav_format(), wav_format(), samples)),
            ('two-samples', riff(wav_format(), samples, samples)),
            ('adpcm', riff(wav_format(tag=2, bits=4), samples)),
            ('float', riff(wav_format(tag=3, bits=32), samples)),
            ('channels', riff(wav_format(channels=6), samples)),
            ('no-channels', riff(wav_format(channels=0), samples)),
            ('rate', riff(wav_format(rate=1), samples)),
            ('no-rate', riff(wav_format(rate=0), samples)),
            ('bits', riff(wav_format(bits=12), samples)),
            ('mu-law-bits', riff(wav_format(tag=7, bits=16), samples)),
            ('big-endian', b'RIFX' + wav()[4:]),
            ('long-chunk', riff(wav_format(), b'data\xff\xff\xff\xff')),
            ('one-frame', mp3(1)), ('only-id3', id3(b'x' * 500)),
            ('layer-2', b'\xff\xfd\x90\xc0' + b'\0' * 2000),
            ('rate-changes', mp3(5) + mp3(5, rate=1)),
            ('mp3-behind', mp3(5) + b'x' * 3000),
            ('page-in-id3', id3(page) + mp3()),
            ('page-behind-mp3', mp3() + page * 40),
            ('page-before-mp3', page + mp3()),
            ('id3-too-long', id3(b'x' * 500)[:400])):
        answer = send(org, R, [('name', name)], sound)
        if answer.status == 201:
            raise AssertionError(f'{name} was taken')
        only(answer.must(415, 'UNSUPPORTED_TYPE', audio='WAV'), 'audio')
    assert files_of(org) == []
    assert org.get(R).json['meta']['total'] == 0


@scenario
def a_form_is_read_strictly(org):
    def refused(body, kind, status=400):
        org.post(R, body, type=kind).must(status)

    good, kind = multipart([('name', 'x'), ('text', 'y')])
    refused(good, 'multipart/form-data')
    refused(good, 'multipart/form-data; boundary=other')
    refused(good, 'multipart/mixed; boundary=----b', 415)
    refused(good[:-4], kind)
    refused(b'x' + good, kind)
    refused(good + b'x', kind)
    refused(good.replace(b'\r\n', b'\n'), kind)
    refused(good.replace(b'form-data', b'attachment'), kind)
    refused(good.replace(b'\r\n\r\ny', b'\r\n\r\n\xff'), kind)
    org.post(R, good, type=kind).must(201)
    twice, kind = multipart([('name', 'z')], [
        ('audio', 'a', 'audio/wav', wav()),
        ('audio', 'b', 'audio/wav', wav())])
    only(org.post(R, twice, type=kind).must(422, audio='one'), 'audio')
    both, kind = multipart([('name', 'z')], [
        ('audio', 'a', 'audio/wav', wav()),
        ('file', 'b', 'audio/wav', wav())])
    only(org.post(R, both, type=kind).must(422, audio='one'), 'audio')
    file, kind = multipart([('name', 'a file')], [
        ('file', 'a', 'audio/wav', wav())])
    id = org.post(R, file, type=kind).must(201).data['id']
    org.delete(f'{R}/{id}').must(204)
    other, kind = multipart([('name', 'z')], [
        ('audio', 'a', 'audio/wav', wav()), ('more', 'b', 'x/y', b'z')])
    only(org.post(R, other, type=kind).must(422, more='no file'), 'more')
    # The name and the type that a client gives a file mean nothing.
    liar, kind = multipart([('name', 'z')], [
        ('audio', '../../../../etc/passwd', 'text/html', wav())])
    data = org.post(R, liar, type=kind).must(201).data
    assert data['media_type'] == 'audio/wav'
    assert len(files_of(org)) == 2
    # A JSON body beside other types of other resources.
    org.post('/ring-groups', good, type='multipart/form-data; '
             'boundary=----b').must(415)


@scenario
def a_raw_file_goes_to_the_prompt_alone(org):
    id = org.post(R, {'name': 'W', 'text': 'x'}).must(201).id
    org.post(R, wav(), type='audio/wav').must(415)
    org.put(f'{R}/{id}', wav(), type='audio/wav').must(415)
    org.put(f'{R}/{id}/audio', {'audio': 'x'}).must(415)
    org.put(f'{R}/{id}/audio', wav(), type='audio/ogg').must(415)
    org.put(f'{R}/{id}/audio', wav(), type='text/html').must(415)
    only(org.put(f'{R}/{id}/audio', b'<html>' * 9, type='audio/wav').must(
        415, audio='neither'), 'audio')
    only(send(org, f'{R}/{id}/audio').must(422, audio='required'), 'audio')
    only(send(org, f'{R}/{id}/audio', [('name', 'x')], wav()).must(
        422, name='no field'), 'name')
    org.put(f'{R}/{id + 1000}/audio', wav(), type='audio/wav').must(404)
    assert files_of(org) == []
    # The bytes say what it is.
    data = org.put(f'{R}/{id}/audio', mp3(), type='audio/wav').must(200).data
    assert data['media_type'] == 'audio/mpeg'
    assert org.get(f'{R}/{id}/audio').headers['content-type'] == 'audio/mpeg'


@scenario
def ten_mebibytes_and_no_more(org):
    size = len(wav(0.5)) - 8000
    fits = riff(wav_format(), chunk(b'data', b'\0' * (MOST - size)))
    assert len(fits) == MOST
    id = made(org, 'full', fits)['id']
    answer = org.get(f'{R}/{id}/audio').must(200)
    assert answer.body == fits
    more = riff(wav_format(), chunk(b'data', b'\0' * (MOST - size + 2)))
    only(send(org, R, [('name', 'more')], more).must(
        413, 'TOO_LARGE', audio='at most'), 'audio')
    org.put(f'{R}/{id}/audio', more, type='audio/wav').must(413)
    org.put(f'{R}/{id}/audio', b'\0' * (MOST + (80 << 10)),
            type='audio/wav').must(413)
    assert org.get(f'{R}/{id}').data['bytes'] == MOST
    assert len(files_of(org)) == 1


@scenario
def a_menu_plays_it(org):
    base = re.search(r'^base_url *= *(\S+)',
                     org.instance.conf.read_text(), re.M).group(1)
    data = made(org, audio=wav(level=3))
    menu = org.post('/ivr-menus', {
        'name': 'Main', 'greeting': {'prompt_id': data['id']}}).must(201).id
    number = org.number(1)
    did = org.did(number)
    org.patch(f'/dids/{did}', {'target': {'type': 'ivr_menu',
                                          'id': menu}}).must(200)
    domain = f'{org.slug}.example'
    org.sql(f"UPDATE organization SET domain = '{domain}' "
            f"WHERE id = {org.id}")
    key = org.instance.ctl('key', 'rotate', '--org', org.slug).split()[-1]

    def played():
        answer = org.post('/voice', {
            'Domain': domain, 'Direction': 'inbound', 'Session': 's1',
            'From': '+12025550199', 'To': number}, token=key,
            accept='application/xml').must(200)
        return re.search(r'<Play[^>]*>([^<]+)</Play>', answer.text).group(1)

    url = played()
    assert url.startswith(base), url
    path = url[url.index('/cgi-bin') + len('/cgi-bin'):]
    assert path == f'{R}/audio/{data["audio_token"]}'
    assert org.get(path, token='').must(200).body == wav(level=3)
    # Another file reaches the next call under another address.
    org.put(f'{R}/{data["id"]}/audio', wav(level=5),
            type='audio/wav').must(200)
    new = played()
    assert new != url
    assert org.get(new[new.index('/cgi-bin') + len('/cgi-bin'):],
                   token='').must(200).body == wav(level=5)


@scenario
def what_is_played_is_not_deleted(org):
    ids = [org.post(R, {'name': f'p{n}', 'text': 'x'}).must(201).id
           for n in range(5)]
    menu = org.post('/ivr-menus', {
        'name': 'Main', 'greeting': {'prompt_id': ids[0]},
        'invalid': {'prompt_id': ids[1]},
        'no_input': {'prompt_id': ids[2]}}).must(201).id
    extension = org.extension('1001', voicemail={
        'enabled': True, 'greeting': {'prompt_id': ids[3]}})
    did = org.did(org.number(1))
    org.patch(f'/dids/{did}', {
        'record': True, 'announcement': {'prompt_id': ids[4]}}).must(200)
    for id, type, user, name in (
            (ids[0], 'ivr_menu', menu, 'Main'),
            (ids[1], 'ivr_menu', menu, 'Main'),
            (ids[2], 'ivr_menu', menu, 'Main'),
            (ids[3], 'extension', extension, 'Ann'),
            (ids[4], 'did', did, org.number(1))):
        answer = org.delete(f'{R}/{id}').must(409, 'CONFLICT')
        assert answer.json['references'] == [
            {'type': type, 'id': user, 'name': name}]
    org.delete(f'/ivr-menus/{menu}').must(204)
    org.delete(f'{R}/{ids[0]}').must(204)
    org.post(f'/ivr-menus/{menu}/restore').must(422)


@scenario
def storage_has_a_limit(org):
    org.sql(f'UPDATE organization SET limit_storage_mb = 1 '
            f'WHERE id = {org.id}')
    a = made(org, 'a', wav(30))
    org.insert('recording', call_key='c', state='ready',
               recorded_at='2026-01-01', bytes=400000)
    answer = send(org, R, [('name', 'b')], wav(30)).must(409, 'CONFLICT')
    assert '1 MiB' in answer.json['message'], answer.text
    # In place of the one there is, it fits.
    org.put(f'{R}/{a["id"]}/audio', wav(35), type='audio/wav').must(200)
    org.put(f'{R}/{a["id"]}/audio', wav(60), type='audio/wav').must(409)
    assert org.get(f'{R}/{a["id"]}/audio').body == wav(35)
    # What is deleted can be restored, so it takes its room.
    org.delete(f'{R}/{a["id"]}').must(204)
    send(org, R, [('name', 'b')], wav(30)).must(409)
    assert len(files_of(org)) == 1
    org.sql(f'UPDATE organization SET limit_storage_mb = 2 '
            f'WHERE id = {org.id}')
    send(org, R, [('name', 'b')], wav(30)).must(201)


@scenario
def who_may_do_what(org):
    data = made(org)
    id = data['id']
    for role in ('agent', 'user'):
        other = org.as_(role)
        other.get(R).must(200)
        other.get(f'{R}/{id}').must(200)
        other.get(f'{R}/{id}/audio').must(200)
        other.post(R, {'name': 'x', 'text': 'y'}).must(403)
        other.patch(f'{R}/{id}', {'name': 'x'}).must(403)
        other.put(f'{R}/{id}/audio', wav(), type='audio/wav').must(403)
        send(other, f'{R}/{id}/audio', audio=wav()).must(403)
        other.delete(f'{R}/{id}').must(403)
        other.post(f'{R}/{id}/restore').must(403)
        other.page(f'{R}/new').must(403)
    org.as_('admin', 'prompts:read').put(
        f'{R}/{id}/audio', wav(), type='audio/wav').must(403)
    org.as_('admin').put(f'{R}/{id}/audio', wav(),
                         type='audio/wav').must(200)
    there = org.instance.organization(org.by)
    for answer in (there.get(f'{R}/{id}'), there.get(f'{R}/{id}/audio'),
                   there.put(f'{R}/{id}/audio', wav(), type='audio/wav'),
                   there.patch(f'{R}/{id}', {'name': 'x'}),
                   there.delete(f'{R}/{id}'),
                   there.post(f'{R}/{id}/restore')):
        answer.must(404)
    assert files_of(there) == []


@scenario
def lists_search_and_csv(org):
    made(org, 'Bell', mp3())
    org.post(R, {'name': 'Alarm', 'text': 'Fire, leave now'}).must(201)
    org.post(R, {'name': 'Closed', 'text': '=1+1'}).must(201)
    names = [p['name'] for p in org.get(R).data]
    assert names == ['Alarm', 'Bell', 'Closed']
    assert [p['name'] for p in org.get(f'{R}?q=leave').data] == ['Alarm']
    assert [p['name'] for p in org.get(
        f'{R}?media_type=audio/mpeg').data] == ['Bell']
    assert org.get(f'{R}?sort=-bytes&per_page=1').data[0]['name'] == 'Bell'
    org.get(f'{R}?audio=x').must(422)
    org.get(f'{R}?audio_token=x').must(422)
    text = org.get(R, accept='text/csv').must(200).text
    assert "'=1+1" in text and 'Bell' in text


@scenario
def by_forms_alone(org):
    page = org.page(f'{R}/new').must(200).text
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input type="file" name="audio"[^>]*accept=', page)
    page = send(org, R, [('name', 'Kept'), ('text', '')], b'no sound',
                accept='text/html').must(415).text
    assert 'value="Kept"' in page and 'neither WAV nor MP3' in page
    page = send(org, R, [('name', ''), ('text', 'A text')],
                accept='text/html').must(422).text
    assert 'A text' in page and 'is required' in page
    # As a browser sends it whose user chose no file.
    body, kind = multipart([('name', 'Words'), ('text', 'Hello'),
                            ('voice', ''), ('language', '')],
                           [('audio', '', 'application/octet-stream', b'')])
    answer = org.post(R, body, type=kind, accept='text/html').must(303)
    where = answer.headers['location'][len('/cgi-bin'):]
    page = org.page(where).must(200).text
    assert 'Hello' in page and '<audio' not in page
    assert f'action="/cgi-bin{where}/audio" enctype="multipart' in page
    answer = send(org, f'{where}/audio', audio=wav(), accept='text/html')
    assert answer.must(303).headers['location'] == f'/cgi-bin{where}'
    page = org.page(where)
    assert f'<audio controls preload="none" src="/cgi-bin{where}/audio">' \
        in page.text
    assert "media-src 'self'" in page.headers['content-security-policy']
    page = send(org, f'{where}/audio', audio=b'x',
                accept='text/html').must(415).text
    assert 'neither WAV nor MP3' in page
    # The edit form sends its verb in a field.
    send(org, where, [('_method', 'PATCH'), ('name', 'Other'), ('text', ''),
                      ('_next', '/cgi-bin/prompts')],
         accept='text/html').must(303)
    assert org.get(where).data['name'] == 'Other'
    send(org, where, [('_method', 'PATCH'), ('name', '')],
         accept='text/html').must(422)
    send(org, where, [('_method', 'NONE')], accept='text/html').must(405)
    org.page(f'{where}/delete').must(200)
    org.form(where, {'_method': 'DELETE'}).must(303)
    page = org.page(f'{where}?deleted=with').must(200).text
    assert '<audio' not in page and 'Restore' in page
    org.form(f'{where}/restore', {}).must(303)
    assert org.get(where).data['media_type'] == 'audio/wav'


@scenario
def a_key_makes_it_once(org):
    body, kind = multipart([('name', 'x')], [
        ('audio', 'a', 'audio/wav', wav())])
    first = org.post(R, body, type=kind, headers={
        'Idempotency-Key': 'k1'}).must(201)
    again = org.post(R, body, type=kind, headers={
        'Idempotency-Key': 'k1'}).must(201)
    assert json.loads(again.text)['data']['id'] == first.id
    assert len(files_of(org)) == 1


if __name__ == '__main__':
    main()
