"""Recordings: who may listen to which, and what of them is listened to."""
import os

from sounds import mp3, wav
from support import main, only, scenario

R = '/recordings'


def recording(org, n=0, audio=None, state='ready', at='2026-11-20 12:00:00',
              kind='audio/wav', **more):
    """A row as the webhook makes it, and its file as the worker does."""
    id = org.insert('recording', call_key=f'call-{n}', state=state,
                    recorded_at=at, media_type=kind,
                    from_number='+12025550199', to_number='+12125550100',
                    bytes=len(audio or b''), seconds=1, **more)
    if audio is not None:
        folder = org.instance.var / 'audio' / str(org.id) / 'recording'
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(id)).write_bytes(audio)
    return id


def owned(org, role, number):
    return org.extension(number, user_id=org.user_of(role))


def ids(answer):
    return [row['id'] for row in answer.must(200).data]


@scenario
def it_is_shown_and_played(org):
    sound = wav(2)
    id = recording(org, audio=sound)
    data = org.get(f'{R}/{id}').must(200).data
    assert data['call_key'] == 'call-0' and data['state'] == 'ready'
    assert data['from_number'] == '+12025550199'
    assert data['bytes'] == len(sound) and data['seconds'] == 1
    assert data['recorded_at'] == '2026-11-20T12:00:00Z'
    assert 'source_url' not in data
    answer = org.get(f'{R}/{id}/audio').must(200)
    assert answer.body == sound
    assert answer.headers['content-type'] == 'audio/wav'
    assert answer.headers['content-disposition'] == 'inline'
    assert answer.headers['cache-control'] == 'private, no-cache'
    part = org.get(f'{R}/{id}/audio', headers={'Range': 'bytes=10-19'})
    assert part.must(206).body == sound[10:20]
    saved = org.get(f'{R}/{id}/audio?download=1').must(200)
    assert saved.headers['content-disposition'] == \
        f'attachment; filename="recording-{id}.wav"'
    other = recording(org, 1, mp3(), kind='audio/mpeg')
    assert org.get(f'{R}/{other}/audio').headers['content-type'] == \
        'audio/mpeg'
    # A type that is none of ours is not repeated to a browser.
    odd = recording(org, 2, b'<html>', kind='text/html')
    assert org.get(f'{R}/{odd}/audio').must(200).headers[
        'content-type'] == 'application/octet-stream'


@scenario
def a_long_one_is_sent_piece_by_piece(org):
    sound = os.urandom(24 << 20)
    id = recording(org, audio=sound)
    answer = org.get(f'{R}/{id}/audio').must(200)
    assert answer.headers['content-length'] == str(len(sound))
    assert answer.body == sound
    part = org.get(f'{R}/{id}/audio', headers={'Range': 'bytes=9999999-'})
    assert part.must(206).body == sound[9999999:]


@scenario
def what_is_not_there_is_not_played(org):
    org.get(f'{R}/{recording(org, 1, state="pending")}/audio').must(404)
    org.get(f'{R}/{recording(org, 2, wav(), "failed")}/audio').must(404)
    gone = recording(org, 3)
    assert 'audio' not in org.get(f'{R}/{gone}/audio').must(404).text
    link = recording(org, 4, wav())
    path = org.instance.var / 'audio' / str(org.id) / 'recording' / str(link)
    path.unlink()
    path.symlink_to('/etc/passwd')
    org.get(f'{R}/{link}/audio').must(500)
    id = recording(org, 5, wav())
    org.delete(f'{R}/{id}').must(204)
    org.get(f'{R}/{id}').must(404)
    org.get(f'{R}/{id}/audio').must(404)
    assert org.get(f'{R}/{id}?deleted=with').must(200).data['id'] == id
    org.post(f'{R}/{id}/restore').must(200)
    assert org.get(f'{R}/{id}/audio').must(200).body == wav()
    assert [row[0] for row in org.audit('recording', id)] == [
        'delete', 'restore']
    for path in ('audio', f'{id}/audio/x', f'{id}/./audio/x', f'0{id}/audio'):
        assert org.get(f'{R}/{path}').status in (400, 404), path
    org.post(R, {}).must(405)
    org.patch(f'{R}/{id}', {}).must(405)
    org.put(f'{R}/{id}/audio', wav(), type='audio/wav').must(405)


@scenario
def lists_know_time_number_extension_and_state(org):
    a = org.extension('1001')
    first = recording(org, 1, at='2026-11-20 04:59:59', extension_id=a)
    second = recording(org, 2, at='2026-11-20 05:00:00', state='pending')
    third = recording(org, 3, at='2026-11-21 04:59:59')
    fourth = recording(org, 4, at='2026-11-21 05:00:00')
    assert ids(org.get(R)) == [fourth, third, second, first]
    # New York's days begin at five o'clock.
    assert ids(org.get(f'{R}?from=2026-11-20&to=2026-11-20')) == [
        third, second]
    assert ids(org.get(f'{R}?from=2026-11-21')) == [fourth]
    assert ids(org.get(f'{R}?to=2026-11-19')) == [first]
    assert ids(org.get(f'{R}?from=2026-11-20T05:00:00Z'
                       '&to=2026-11-21T04:59:59Z')) == [second]
    assert ids(org.get(f'{R}?extension_id={a}')) == [first]
    assert ids(org.get(f'{R}?state=pending')) == [second]
    assert ids(org.get(f'{R}?call_key=call-3')) == [third]
    for number in ('+12025550199', '%2B12025550199', '5550199',
                   '212-555-0100'):
        assert len(ids(org.get(f'{R}?number={number}'))) == 4, number
    assert ids(org.get(f'{R}?number=+12025550198')) == []
    assert ids(org.get(f'{R}?number=0199&sort=recorded_at&per_page=1'
                       '&page=2&to=2026-11-21')) == [second]
    answer = org.get(f'{R}?from=yesterday&to=2026-02-30&number=x&page=0'
                     '&colour=red').must(422)
    only(answer, 'from', 'to', 'number', 'page', 'colour')
    for bad in ('2026-13-01', '2026-00-01', '2026-1-1', '20261120', '-',
                '2026-11-20T25:00:00Z', '2026-11-32'):
        only(org.get(f'{R}?from={bad}').must(422), 'from')
    for bad in ('1', '%25%25', '_1', '%2B%2B', "1'1"):
        only(org.get(f'{R}?number={bad}').must(422), 'number')
    lines = org.get(f'{R}?number=0199&from=2026-11-21',
                    accept='text/csv').must(200).text.splitlines()
    assert len(lines) == 2 and str(fourth) in lines[1]
    page = org.page(R).must(200).text
    assert '/new' not in page and f'{R}/{first}"' in page


@scenario
def own_ones_alone_below_admin(org):
    mine = {role: owned(org, role, number)
            for role, number in (('agent', '1001'), ('user', '1002'))}
    rows = {role: recording(org, role, wav(), extension_id=mine[role])
            for role in mine}
    nobodys = recording(org, 'x', wav())
    for role, other in (('agent', 'user'), ('user', 'agent')):
        they = org.as_(role)
        assert ids(they.get(R)) == [rows[role]]
        assert they.get(R).json['meta']['total'] == 1
        assert ids(they.get(f'{R}?extension_id={mine[other]}')) == []
        they.get(f'{R}/{rows[role]}').must(200)
        they.get(f'{R}/{rows[role]}/audio').must(200)
        assert '<audio' in they.page(f'{R}/{rows[role]}').must(200).text
        assert 'Delete' not in they.page(f'{R}/{rows[role]}').text
        assert str(rows[role]) in they.get(R, accept='text/csv').text
        for id in (rows[other], nobodys):
            they.get(f'{R}/{id}').must(404)
            they.get(f'{R}/{id}?deleted=with').must(404)
            they.get(f'{R}/{id}/audio').must(404)
            they.page(f'{R}/{id}').must(404)
        they.delete(f'{R}/{rows[role]}').must(403)
        they.post(f'{R}/{rows[role]}/restore').must(403)
    assert sorted(ids(org.as_('admin').get(R))) == sorted(
        [*rows.values(), nobodys])
    # Whose extension it is now counts, not whose it was.
    org.patch(f'/extensions/{mine["user"]}',
              {'user_id': org.user_of('agent')}).must(200)
    assert ids(org.as_('user').get(R)) == []
    org.as_('user').get(f'{R}/{rows["user"]}/audio').must(404)
    org.as_('agent').get(f'{R}/{rows["user"]}/audio').must(200)
    org.delete(f'/extensions/{mine["user"]}').must(204)
    org.as_('agent').get(f'{R}/{rows["user"]}/audio').must(404)


@scenario
def others_tenants_have_none(org):
    id = recording(org, audio=wav())
    there = org.instance.organization(org.by)
    assert ids(there.get(R)) == []
    for answer in (there.get(f'{R}/{id}'), there.get(f'{R}/{id}/audio'),
                   there.delete(f'{R}/{id}'),
                   there.post(f'{R}/{id}/restore')):
        answer.must(404)
    org.get(f'{R}/{id}/audio', token='').must(401)


@scenario
def by_pages_alone(org):
    id = recording(org, audio=wav())
    page = org.page(f'{R}/{id}').must(200).text
    assert f'src="/cgi-bin{R}/{id}/audio"' in page
    assert f'href="/cgi-bin{R}/{id}/audio?download=1"' in page
    assert '<button>Save</button>' not in page
    org.page(f'{R}/{id}/delete').must(200)
    org.form(f'{R}/{id}', {'_method': 'DELETE'}).must(303)
    assert 'Restore' in org.page(f'{R}/{id}?deleted=with').text
    org.form(f'{R}/{id}/restore', {}).must(303)
    org.get(f'{R}/{id}').must(200)


if __name__ == '__main__':
    main()
