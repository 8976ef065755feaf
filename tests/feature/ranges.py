"""A part of a file, its ETag, and what HTTP says of both (RFC 9110)."""
from sounds import multipart, wav
from support import main, scenario

R = '/prompts'


@scenario
def ranges_are_those_of_the_rfc(org):
    sound = wav(level=7)[:-2000] + bytes(range(250)) * 8
    form, kind = multipart([('name', 'x')], [
        ('audio', 'x.wav', 'audio/wav', sound)])
    data = org.post(R, form, type=kind).must(201).data
    path = f'{R}/audio/{data["audio_token"]}'
    size = len(sound)
    etag = org.get(path, token='').headers['etag']

    def asked(range, **headers):
        return org.get(path, token='', headers={'Range': range, **{
            key.replace('_', '-'): value for key, value in headers.items()}})

    def part(range, first, last, **headers):
        answer = asked(range, **headers).must(206)
        assert answer.body == sound[first:last + 1], range
        assert answer.headers['content-range'] == \
            f'bytes {first}-{last}/{size}'
        assert answer.headers['content-length'] == str(last - first + 1)
        assert answer.headers['content-type'] == 'audio/wav'
        assert answer.headers['etag'] == etag

    def whole(range, **headers):
        answer = asked(range, **headers).must(200)
        assert answer.body == sound, range
        assert 'content-range' not in answer.headers

    part('bytes=0-0', 0, 0)
    part('bytes=0-', 0, size - 1)
    part('bytes=100-199', 100, 199)
    part(f'bytes={size - 1}-', size - 1, size - 1)
    part('bytes=-100', size - 100, size - 1)
    part(f'bytes=-{size * 2}', 0, size - 1)
    part(f'bytes=5-{size * 2}', 5, size - 1)
    part('Bytes = 1-2', 1, 2)
    part('bytes=1-2', 1, 2, If_Range=etag)
    whole('bytes=1-2', If_Range='"other"')
    whole('bytes=1-2', If_Range='W/' + etag)
    whole('bytes=1-2', If_Range='Sun, 22 Nov 2026 00:00:00 GMT')
    for odd in ('bytes=0-1,5-6', 'bytes=', 'bytes', 'bytes=-', 'bytes=2-1',
                'bytes=a-b', 'bytes=1', 'bytes=1-2-3', 'bytes=--1',
                'bytes=-1-2', 'lines=0-1', 'bytes=0x1-2', 'bytes=+1-2',
                'bytes=1-99999999999999999999999', '=0-1'):
        whole(odd)
    for none in (f'bytes={size}-', f'bytes={size}-{size + 9}', 'bytes=-0'):
        answer = asked(none).must(416)
        assert answer.headers['content-range'] == f'bytes */{size}'
        problem = answer.json
        assert answer.headers['content-type'] == 'application/problem+json'
        assert (problem['status'], problem['code']) == (
            416, 'RANGE_NOT_SATISFIABLE') and problem['request_id']
    head = org.ask('HEAD', path, token='', headers={'Range': 'bytes=0-1'})
    assert head.must(200).headers['content-length'] == str(size)
    assert head.body == b'' and head.headers['etag'] == etag
    again = org.get(path, token='', headers={'If-None-Match': f'"x", {etag}'})
    assert again.must(304).body == b'' and again.headers['etag'] == etag
    org.get(path, token='', headers={'If-None-Match': 'W/' + etag}).must(304)
    org.get(path, token='', headers={'If-None-Match': '"x"'}).must(200)
    org.get(path, token='', headers={'If-Match': '"x"'}).must(412)
    org.get(path, token='', headers={'If-Match': etag}).must(200)


if __name__ == '__main__':
    main()
