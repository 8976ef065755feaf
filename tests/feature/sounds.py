"""WAV and MP3 files that tests make themselves, and the forms that bring
them."""
import struct


def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)


def riff(*chunks):
    body = b'WAVE' + b''.join(chunks)
    return b'RIFF' + struct.pack('<I', len(body)) + body


def wav_format(tag=1, channels=1, rate=8000, bits=16, more=b''):
    block = channels * bits // 8
    return chunk(b'fmt ', struct.pack('<HHIIHH', tag, channels, rate,
                                      rate * block, block, bits) + more)


def wav(seconds=1, level=0, **format):
    """Seconds of one sample; another level is another file."""
    tag = format.get('tag', 1)
    bits = format.setdefault('bits', 16 if tag == 1 else 8)
    size = (format.get('channels', 1) * bits // 8 *
            format.get('rate', 8000))
    return riff(wav_format(**format),
                chunk(b'data', bytes([level]) * int(size * seconds)))


def mp3_frame(bitrate=9, rate=0, padding=0, fill=b'\0'):
    """MPEG 1 layer III; 9 is 128 kbit/s, rate 0 is 44100 Hz."""
    kbits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
             320][bitrate]
    size = 144000 * kbits // [44100, 48000, 32000][rate] + padding
    head = bytes([0xff, 0xfb, bitrate << 4 | rate << 2 | padding << 1, 0xc0])
    return head + (fill * size)[:size - 4]


def id3(data=b''):
    n = len(data)
    return b'ID3\x03\0\0' + bytes([n >> 21 & 127, n >> 14 & 127,
                                   n >> 7 & 127, n & 127]) + data


def mp3(frames=39, **frame):
    """39 frames of 1152 samples are a second and 18.8 ms."""
    return mp3_frame(**frame) * frames


def multipart(fields=(), files=(), boundary='----b'):
    """Body and type of a form: (name, text) and (name, filename, type,
    bytes)."""
    body = b''
    for name, value in fields:
        body += (f'--{boundary}\r\nContent-Disposition: form-data; '
                 f'name="{name}"\r\n\r\n{value}\r\n').encode()
    for name, filename, kind, data in files:
        body += (f'--{boundary}\r\nContent-Disposition: form-data; '
                 f'name="{name}"; filename="{filename}"\r\n'
                 f'Content-Type: {kind}\r\n\r\n').encode() + data + b'\r\n'
    return (body + f'--{boundary}--\r\n'.encode(),
            f'multipart/form-data; boundary={boundary}')
