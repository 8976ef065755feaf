"""Stand-ins for what OpBX sends to: a mail server and a web server that take
down what they get and misbehave when they are told to.

    with Web(tls=certificate(folder)) as web:
        web.answers = ['500', '200']        # one after the other, then 200
        ...
        assert web.requests[0].body == ...
"""
import http.server
import socket
import socketserver
import ssl
import subprocess
import threading
import time


def certificate(folder, names='IP:127.0.0.1,DNS:localhost'):
    """A key and a certificate that is its own authority; its path."""
    path = f'{folder}/certificate.pem'
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
         'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
         '/CN=stand-in', '-addext', f'subjectAltName={names}',
         '-keyout', path, '-out', f'{path}.crt'],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(f'{path}.crt', encoding='ascii') as cert, \
            open(path, 'a', encoding='ascii') as both:
        both.write(cert.read())
    return path


def server_side(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler, tls=None):
        super().__init__(('127.0.0.1', 0), handler)
        self.port = self.server_address[1]
        self.answers = []
        self.lock = threading.Lock()
        self.tls = server_side(tls) if tls else None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def next_answer(self, default):
        with self.lock:
            return self.answers.pop(0) if self.answers else default

    def handle_error(self, request, client_address):
        pass  # they hang up on purpose


class Request:
    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = {key.lower(): value for key, value in headers}
        self.body = body


class Listener(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def request_of(self):
        length = int(self.headers.get('Content-Length', 0))
        return Request(self.command, self.path, self.headers.items(),
                       self.rfile.read(length))


class WebHandler(Listener):
    def take(self):
        request = self.request_of()
        with self.server.lock:
            self.server.requests.append(request)
        self.misbehave(self.server.next_answer('200'))

    do_GET = do_POST = do_PUT = take

    def misbehave(self, answer):
        word, _, more = answer.partition(' ')
        if word == 'slow':
            time.sleep(float(more))
            word, more = '200', ''
        if word == 'close':
            self.close_connection = True
        elif word == 'half':
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n'
                             b'\r\nonly this')
            self.close_connection = True
        elif word == 'garbage':
            self.wfile.write(b'\0\1\2 what is this\r\n\r\n')
            self.close_connection = True
        elif word == 'endless':
            self.wfile.write(b'HTTP/1.1 200 OK\r\n\r\n')
            while True:
                self.wfile.write(b'x' * 65536)
        elif word == 'endless-headers':
            self.wfile.write(b'HTTP/1.1 200 OK\r\n')
            while True:
                self.wfile.write(b'X-More: ' + b'x' * 1000 + b'\r\n')
        elif word.startswith('3'):
            self.head(int(word), [('Location', more)], b'elsewhere')
        else:
            self.head(int(word), [], b'{"ok": true}')

    def head(self, status, headers, body):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Web(Server):
    """answers: "200", "500", "301 URL", "slow SECONDS", "close" (no word),
    "half" (and hang up), "garbage", "endless", "endless-headers"."""

    def __init__(self, tls=None):
        self.requests = []
        super().__init__(WebHandler, tls)
        self.url = f'{"https" if tls else "http"}://127.0.0.1:{self.port}'

    def get_request(self):
        connection, address = super().get_request()
        if self.tls:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False)
        return connection, address


class Letter:
    def __init__(self):
        self.sender = None
        self.recipients = []
        self.data = None
        self.login = None
        self.secured = False


class MailHandler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b'\r\n')

    def handle(self):
        fault = self.server.next_answer('')
        word, _, more = fault.partition(' ')
        self.letter = Letter()
        if word == 'slow-greeting':
            time.sleep(float(more))
        if word == 'refuse':
            return self.say(f'{more or 554} not here')
        if word == 'close':
            return None
        self.say('220 stand-in ESMTP')
        while True:
            line = self.rfile.readline(4096)
            if not line:
                return None
            if not self.answer(line.decode().strip(), word, more):
                return None

    def answer(self, line, fault, more):
        """False ends the connection."""
        verb = line.split(' ', 1)[0].upper()
        if fault and fault == f'at-{verb.lower()}':
            if more == 'close':
                return False
            self.say(f'{more} no')
            return True
        if verb == 'EHLO':
            said = ['stand-in', '8BITMIME', 'SMTPUTF8', 'AUTH PLAIN']
            if self.server.tls and not self.letter.secured:
                said.append('STARTTLS')
            for i, each in enumerate(said):
                self.say(f'250{" " if i + 1 == len(said) else "-"}{each}')
        elif verb == 'STARTTLS':
            self.say('220 go on')
            self.request = self.connection = self.server.tls.wrap_socket(
                self.connection, server_side=True)
            self.rfile = self.connection.makefile('rb')
            self.wfile = self.connection.makefile('wb', 0)
            self.letter = Letter()
            self.letter.secured = True
        elif verb == 'AUTH':
            self.letter.login = line.split(' ')[-1]
            if line.count(' ') == 1:
                self.say('334 ')
                self.letter.login = self.rfile.readline(4096).decode().strip()
            self.say('235 welcome')
        elif verb == 'MAIL':
            self.letter.sender = line.split(':', 1)[1]
            self.say('250 ok')
        elif verb == 'RCPT':
            self.letter.recipients.append(line.split(':', 1)[1])
            self.say('250 ok')
        elif verb == 'DATA':
            self.say('354 go on')
            return self.data(fault, more)
        elif verb == 'QUIT':
            self.say('221 bye')
            return False
        else:
            self.say('250 ok')
        return True

    def data(self, fault, more):
        lines = []
        while (line := self.rfile.readline(65536)) not in (b'.\r\n', b''):
            if fault == 'in-data':
                return False
            lines.append(line[1:] if line.startswith(b'.') else line)
        if fault == 'after-data':
            self.say(f'{more} no')
            return True
        self.letter.data = b''.join(lines)
        with self.server.lock:
            self.server.letters.append(self.letter)
        self.say('250 taken')
        return True


class Mail(Server):
    """answers, one a connection: "" (takes the mail), "refuse 554",
    "slow-greeting SECONDS", "close", "at-rcpt 550", "at-mail close",
    "in-data" (hangs up), "after-data 451"."""

    def __init__(self, tls=None):
        self.letters = []
        super().__init__(MailHandler, tls)
        self.url = f'smtp://127.0.0.1:{self.port}'


def nobody():
    """A port where nobody listens."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]
