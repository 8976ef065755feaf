"""FastCGI spoken by hand, and a lighttpd with tests/mocks/echo.c behind it."""
import http.client
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading

from patience import until

import logs

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODE = os.environ.get("MODE", "release")
ECHO = f"{ROOT}/build/{MODE}/mocks/echo"
JSON = "application/json"


def wait_until(what, condition, seconds=60):
    return until(condition, what, seconds, 0.01)


# -- FastCGI by hand ---------------------------------------------------------


def record(kind, body):
    return struct.pack("!BBHHBx", 1, kind, 1, len(body), 0) + body


def pair(name, value):
    def length(n):
        return bytes([n]) if n < 128 else struct.pack("!I", n | 1 << 31)
    return length(len(name)) + length(len(value)) + name + value


def stream(kind, data):
    pieces = [data[i:i + 65535] for i in range(0, len(data), 65535)]
    return b"".join(record(kind, piece) for piece in pieces + [b""])


def parameters(method, path, headers, length, **more):
    known = {"REQUEST_METHOD": method, "SCRIPT_NAME": path,
             "REMOTE_ADDR": "192.0.2.7", "QUERY_STRING": "", **more}
    if length is not None:
        known["CONTENT_LENGTH"] = str(length)
    return list(known.items()) + list(headers)


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        self.headers = {p[0].lower(): p[1] for p in pairs if len(p) == 2}
        self.status = int(self.headers.get("status", "0").split()[0])
        self.whole = bool(raw)

    def json(self):
        return json.loads(self.body)


def connect(path, seconds=20):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    connection.connect(path)
    return connection


def send(connection, pairs, body=b"", keep=False):
    begin = struct.pack("!HB5x", 1, 1 if keep else 0)
    packed = b"".join(pair(n.encode("latin-1"), v.encode("latin-1"))
                      for n, v in pairs)
    connection.sendall(record(1, begin) + stream(4, packed) + stream(5, body))


def receive(connection):
    """The answer; one that was not ended in order is no answer."""
    data, out, ended = b"", b"", False
    while True:
        try:
            piece = connection.recv(1 << 16)
        except ConnectionResetError:
            piece = b""
        if not piece:
            break
        data += piece
    at = 0
    while at + 8 <= len(data):
        _, kind, _, length, padding = struct.unpack("!BBHHBx",
                                                    data[at:at + 8])
        if kind == 6:
            out += data[at + 8:at + 8 + length]
        ended = ended or kind == 3
        at += 8 + length + padding
    connection.close()
    return Answer(out if ended else b"")


def ask(path, method="GET", where="/cgi-bin/echo", headers=(), body=b"",
        length=None, keep=False, **more):
    connection = connect(path)
    pairs = parameters(method, where, headers, length, **more)
    try:
        send(connection, pairs, body, keep)
    except BrokenPipeError:
        pass
    return receive(connection)


class Responder:
    """echo --listen, with its log."""

    def __init__(self, world, name, children, *options, **environment):
        self.path = f"{world.folder}/{name}"
        self.log_path = f"{world.folder}/{name}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [ECHO, "--listen", self.path, *options], stderr=log,
                env={**world.environment, "OPBX_CHILDREN": str(children),
                     **environment})

    def __enter__(self):
        wait_until("it listens", self.listens)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def listens(self):
        try:
            connect(self.path).close()
            return True
        except OSError:
            return False

    def children(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]

    def log(self):
        return logs.lines(self.log_path)

    def pid(self):
        return int(ask(self.path, where="/cgi-bin/echo/pid").body)


class Load:
    """Requests from several threads until it is left."""

    def __init__(self, threads, once):
        self.once, self.stop = once, threading.Event()
        self.results, self.lock = [], threading.Lock()
        self.threads = [threading.Thread(target=self.run)
                        for _ in range(threads)]

    def run(self):
        while not self.stop.is_set():
            result = self.once()
            with self.lock:
                self.results.append(result)
            if result is None:
                return

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.more(50)
        return self

    def more(self, count):
        """Waits for that many further answers."""
        goal = len(self.results) + count
        wait_until("load is answered", lambda: len(self.results) >= goal
                   or not any(t.is_alive() for t in self.threads))

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def lost(self):
        return [r for r in self.results if r is not None and r != 200]


# -- lighttpd ----------------------------------------------------------------

LIGHTTPD = """
server.modules = ( "mod_setenv", "mod_fastcgi", "mod_cgi" )
server.bind = "{folder}/fast.http"
server.document-root = "{folder}/www"
server.errorlog = "{folder}/lighttpd.log"
server.upload-dirs = ( "{folder}" )
server.max-request-size = 11264
$SERVER["socket"] == "{folder}/cgi.http" {{
	setenv.add-environment = ( {environment} )
	cgi.assign = ( "/cgi-bin/echo" => "" )
}} else {{
	$HTTP["url"] =~ "^/cgi-bin/echo(/|$)" {{
		fastcgi.server = ( "/cgi-bin/echo" => ((
			"socket" => "{folder}/lighttpd.fcgi",
			"bin-path" => "{echo}",
			"max-procs" => 1,
			"check-local" => "disable",
		)) )
	}}
}}
"""


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = connect(self.path, 30)


def fetch(path, method="GET", where="/cgi-bin/echo", headers=(), body=None):
    connection = Connection(path)
    connection.putrequest(method, where, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    if body is not None:
        connection.send(body)
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


class World:
    """One folder, one lighttpd, for all tests."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="opbx-serve-")
        self.environment = {k: v for k, v in os.environ.items()
                            if k.endswith("SAN_OPTIONS") or k == "PATH"}
        self.environment["OPBX_CONF"] = f"{self.folder}/opbx.conf"
        with open(f"{self.folder}/opbx.conf", "w") as file:
            file.write("children = 2\ntrusted_proxies = 192.0.2.7\n")
        os.makedirs(f"{self.folder}/www/cgi-bin")
        os.symlink(ECHO, f"{self.folder}/www/cgi-bin/echo")
        pairs = ", ".join(f'"{name}" => "{value}"'
                          for name, value in self.environment.items())
        with open(f"{self.folder}/lighttpd.conf", "w") as file:
            file.write(LIGHTTPD.format(folder=self.folder, echo=ECHO,
                                       environment=pairs))
        with open(f"{self.folder}/lighttpd.err", "wb") as log:
            self.server = subprocess.Popen(
                [shutil.which("lighttpd", path="/usr/sbin:/usr/bin"), "-D",
                 "-f", f"{self.folder}/lighttpd.conf"], stderr=log,
                env=self.environment)
        self.fast = f"{self.folder}/fast.http"
        self.cgi = f"{self.folder}/cgi.http"

    def __enter__(self):
        def answers():
            try:
                return all(fetch(p).status == 200
                           for p in (self.fast, self.cgi))
            except OSError:
                return False
        try:
            wait_until("lighttpd answers", answers)
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(30)
        shutil.rmtree(self.folder)

    def run(self, *arguments, input_=b"", **environment):
        return subprocess.run([ECHO, *arguments], input=input_, timeout=30,
                              env={**self.environment, **environment},
                              capture_output=True, check=False)

    def both(self):
        return ((self.fast, "FastCGI"), (self.cgi, "CGI"))
