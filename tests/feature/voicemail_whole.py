#!/usr/bin/env python3
"""A message from the caller's voice to the last ear: greeted, recorded,
fetched, mailed, listed, played, heard, listened to by phone, deleted.
"""
import urllib.parse

from carrier import finish, run, scenario
from fold import cdr, folded, tell
from outside import own_scenarios, site as new_site
from patience import until
from sounds import wav

PIN = '48151'
PLAY = 'Gather(Say Play Say) Redirect'


def mailbox(site, **more):
    """1001 with a mailbox and a number of its own."""
    tenant = site.tenant()
    address = f'ann@{tenant.slug}.example'
    [ann] = tenant.users('1001', user_id=tenant.user_of('agent'), voicemail={
        'enabled': True, 'pin': PIN, 'email': address,
        'greeting': {'text': 'Ann is out.'}, **more})
    for role in ('agent', 'user', 'admin'):
        site.secrets.add(tenant.token_of(role))
    number, _ = tenant.own(1, ('extension', ann))
    return tenant, number, ann, address


def leave(tenant, number, sound, name, said='17'):
    """A caller leaves a message; its id once it is there."""
    files = tenant.site.outside.files
    path = f'/{tenant.slug}/{name}.wav'
    if sound is not None:
        files.files[path] = sound
    call = tenant.call(number, CallerName='Cy').must('Dial(1001)')
    call.then('no-answer').must('Say Record Hangup', says='Ann is out')
    assert call.attribute('Record', 'playBeep') == 'true'
    token = call.said['Session']
    url = f'{files.url}{path}'
    call.back(RecordingUrl=f'{url}?signed=1', RecordingDuration=said)
    for _ in range(2):
        tell(tenant, 'recording', Session=token, RecordingUrl=url,
             RecordingStatus='completed', RecordingDuration=said)
    tell(tenant, *cdr(token, 'ANSWER', recording_url=url))
    row = folded(tenant, token, state='completed')
    [message] = row['voicemails']
    return message['id']


def ready(tenant, id):
    return until(lambda: (lambda data: data if data['state'] == 'ready'
                          else None)(tenant.get(
                              f'/voicemails/{id}').must(200).data),
                 'the audio')


def letters(tenant, address, count):
    until(lambda: len(tenant.site.outside.letters(address)) >= count,
          'the mail', 30)
    found = tenant.site.outside.letters(address)
    assert len(found) == count, found
    return found


@scenario
def a_message_goes_all_the_way(site):
    tenant, number, ann, address = mailbox(site)
    sound = wav(seconds=2.6)
    id = leave(tenant, number, sound, 'one')
    shown = ready(tenant, id)
    assert shown['from_number'] == '+16175551212', shown
    assert shown['caller_name'] == 'Cy' and shown['extension_id'] == ann
    assert shown['seconds'] == 3 and shown['media_type'] == 'audio/wav'
    assert not shown['heard']
    listed = tenant.as_('agent').get('/voicemails?heard=false').must(200)
    assert [each['id'] for each in listed.data] == [id]
    # By mail, with all of it.
    [letter] = letters(tenant, address, 1)
    assert letter['subject'] == \
        'Message from +16175551212, Cy for 1001 User 1001, 3 s', letter
    [part] = list(letter.iter_attachments())
    assert part.get_content() == sound and part.get_content_type() == \
        'audio/wav' and part.get_filename() == f'message-{id}.wav'
    # In the browser, all of it or a part.
    path = f'/voicemails/{id}/audio'
    answer = tenant.as_('agent').get(path).must(200)
    assert answer.body == sound, len(answer.body)
    answer = tenant.get(path, headers={'Range': 'bytes=10-19'}).must(206)
    assert answer.body == sound[10:20], answer.headers
    tenant.get(path, headers={'Range': f'bytes={len(sound)}-'}).must(416)
    tenant.as_('agent').post(f'/voicemails/{id}/heard').must(200)
    assert tenant.get('/voicemails?heard=false').must(200).data == []
    tenant.as_('agent').post(f'/voicemails/{id}/unheard').must(200)
    tenant.as_('agent').delete(f'/voicemails/{id}').must(204)
    tenant.get(path).must(404)
    assert tenant.get('/voicemails').must(200).data == []
    tenant.as_('agent').post(f'/voicemails/{id}/restore').must(200)
    assert tenant.get(path).must(200).body == sound


@scenario
def by_phone(site):
    tenant, number, _, _ = mailbox(site)
    sounds = [wav(seconds=n + 1, level=n) for n in range(3)]
    ids = []
    for n, sound in enumerate(sounds):
        ids.append(leave(tenant, number, sound, f'm{n}'))
        ready(tenant, ids[n])

    def heard():
        return {row['id'] for row in tenant.get(
            '/voicemails?heard=true').must(200).data}
    call = tenant.call('*97', by='1001').must('Gather(Say) Redirect',
                                              says='PIN')
    call.press('00000').must('Gather(Say Say) Redirect', says='not the PIN')
    assert heard() == set()
    call.press(PIN).must(PLAY, says='1 of 3')
    # What the carrier plays is what was said: to whoever knows where.
    url = next(call.root.iter('Play')).text
    asked = urllib.parse.urlsplit(url)
    assert url.startswith(site.base) and not asked.query, url
    fetch = asked.path.removeprefix('/cgi-bin')
    assert tenant.get(fetch, token='').must(200).body == sounds[2]
    tenant.get(fetch[:-4] + 'AAAA', token='').must(404)
    until(lambda: heard() == {ids[2]}, 'heard')
    call.press('1').must(PLAY, says='1 of 3')
    call.press('2').must(PLAY, says='2 of 3')
    call.press('3').must('Gather(Say Say Play Say) Redirect',
                         says='Deleted')
    until(lambda: [row['id'] for row in tenant.get(
        '/voicemails').must(200).data] == [ids[2], ids[0]], 'one less')
    call.press('2').must('Say Hangup', says='no more')
    tenant.delete(f'/voicemails/{ids[2]}').must(204)
    tenant.get(fetch, token='').must(404)
    tenant.call('*97', by='1001').press(PIN).must(PLAY, says='1 of 1')


@scenario
def nobody_else_hears_it(site):
    tenant, number, _, _ = mailbox(site)
    there = site.tenant()
    id = leave(tenant, number, wav(), 'secret')
    ready(tenant, id)
    for other in (tenant.as_('user'), there):
        assert other.get('/voicemails').must(200).data == []
        other.get(f'/voicemails/{id}').must(404)
        other.get(f'/voicemails/{id}/audio').must(404)
        other.post(f'/voicemails/{id}/heard').must(404)
        other.delete(f'/voicemails/{id}').must(404)
    tenant.get(f'/voicemails/{id}/audio', token='').must(401)
    assert tenant.call('*97', by='1002').short == 'Say Hangup'
    assert tenant.call('*97').short == 'Say Hangup'
    assert tenant.get(f'/voicemails/{id}').must(200).data['heard'] is False


@scenario
def what_cannot_be_fetched_is_no_message_yet(site):
    tenant, number, _, address = mailbox(site)
    id = leave(tenant, number, b'<html>no audio</html>', 'page')
    failed = until(lambda: tenant.get(f'/voicemails/{id}').must(
        200).data['failure'], 'the failure')
    assert 'WAV' in failed, failed
    tenant.get(f'/voicemails/{id}/audio').must(404)
    tenant.call('*97', by='1001').press(PIN).must(
        'Say Hangup', says='no messages')
    assert site.outside.letters(address) == []
    # Later it is one, and then it is mailed.
    path = f'/{tenant.slug}/page.wav'
    site.outside.files.files[path] = wav(seconds=1)
    until(lambda: tenant.get(f'/voicemails/{id}').must(200).data['state'] ==
          'ready', 'the next try', 60)
    letters(tenant, address, 1)


@scenario
def without_an_address_nobody_gets_mail(site):
    tenant, number, ann, address = mailbox(site, email=None)
    hook = tenant.post('/notifications', {
        'event': 'voicemail', 'subjects': [{'type': 'extension', 'id': ann}],
        'url': f'{site.outside.web.url}/{tenant.slug}'}).must(201).id
    id = leave(tenant, number, wav(seconds=1), 'quiet')
    ready(tenant, id)
    [event] = until(lambda: site.outside.events(f'/{tenant.slug}'),
                    'the event')
    assert event['event'] == 'voicemail', event
    assert event['notification']['id'] == hook
    assert event['voicemail']['id'] == id, event
    assert event['voicemail']['extension_id'] == ann
    assert site.outside.letters(address) == []


if __name__ == '__main__':
    finish(*run(new_site(), own_scenarios()))
