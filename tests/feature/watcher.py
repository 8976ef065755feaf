"""A reader of server-sent events, as a browser's EventSource is one.

    with Watcher(org) as watcher:
        watcher.until('call', state='ringing')
"""
import json
import re
import socket
import time


class Event:
    def __init__(self, kind, id, data):
        self.kind, self.id, self.data = kind, id, data

    def __repr__(self):
        return f'{self.kind} {self.id} {self.data}'


class Watcher:
    def __init__(self, org, last=None, headers=(), token=None, path='/events'):
        port = (org.site if hasattr(org, 'site') else org.instance).port
        self.socket = socket.create_connection(('127.0.0.1', port))
        token = org.token if token is None else token
        lines = [f'GET /cgi-bin{path} HTTP/1.0', 'Host: localhost',
                 'Accept: text/event-stream', *headers]
        if token:
            lines.append(f'Authorization: Bearer {token}')
        if last is not None:
            lines.append(f'Last-Event-ID: {last}')
        self.socket.sendall('\r\n'.join(lines + ['', '']).encode())
        self.text = b''
        self.events = []
        self.comments = 0
        self.over = False
        self.status = None
        self.head = self.read_head()

    def receive(self, seconds):
        """False when nothing came."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            more = self.socket.recv(65536)
        except (TimeoutError, socket.timeout):
            return False
        except ConnectionError:
            more = b''
        if not more:
            self.over = True
            return False
        self.text += more
        return True

    def read_head(self, seconds=20):
        deadline = time.monotonic() + seconds
        while b'\r\n\r\n' not in self.text and not self.over:
            self.receive(deadline - time.monotonic())
            assert time.monotonic() < deadline, 'no answer'
        head, _, self.text = self.text.partition(b'\r\n\r\n')
        self.status = int(head.split()[1])
        return head.decode().lower()

    def parse(self):
        while b'\n\n' in self.text:
            block, _, self.text = self.text.partition(b'\n\n')
            said = {}
            for line in block.decode().split('\n'):
                name, _, value = line.partition(': ')
                said[name] = value
            if 'event' in said:
                self.events.append(Event(said['event'], said.get('id'),
                                         json.loads(said['data'])))
            elif '' in said:
                self.comments += 1

    def read(self, seconds):
        """What comes in that time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.over:
            self.receive(deadline - time.monotonic())
        self.parse()
        return self.events

    def until(self, kind, seconds=60, which=None, **wanted):
        """The first such event from now on or before; it is taken."""
        deadline = time.monotonic() + seconds
        while True:
            self.parse()
            for i, event in enumerate(self.events):
                if (event.kind == kind and all(
                        event.data.get(name) == value
                        for name, value in wanted.items())
                        and (which is None or which(event.data))):
                    del self.events[:i + 1]
                    return event
            assert time.monotonic() < deadline and not self.over, \
                f'no {kind} {wanted} in {self.events}, over: {self.over}'
            self.receive(min(1, deadline - time.monotonic()))

    def ends(self, seconds=60):
        """The stream is over; why."""
        deadline = time.monotonic() + seconds
        while not self.over:
            assert time.monotonic() < deadline, f'it goes on: {self.events}'
            self.receive(1)
        self.parse()
        said = [each for each in self.events if each.kind == 'end']
        return said[0].data['reason'] if said else None

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def presence(data, number):
    """Of an extension in a snapshot or a change."""
    return next((each['presence'] for each in data['extensions']
                 if each['number'] == number), None)


def place(text):
    return re.fullmatch(r'[0-9]+-[0-9]+', text or '')
