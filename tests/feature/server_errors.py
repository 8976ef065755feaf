#!/usr/bin/env python3
"""What a web server refuses by itself, before a responder is asked: CXML for
the carrier, problem JSON for the other responders, a page of ours elsewhere.

Behind lighttpd, Apache (mod_proxy_fcgi, mod_fcgid, CGI) and nginx, with
requests written by hand.  lighttpd does not know the address of a request
that it cannot read: what it says then is CXML for all, but JSON where the
length is missing, which people forget and carriers do not.
"""
import gzip
import http.client
import io
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import xml.etree.ElementTree

from database import Checks
from instance import Instance

VOICE, OTHER, PAGE = "/cgi-bin/voice", "/cgi-bin/extensions", "/nope"
LONG = "x" * 20000
check = Checks()


class Answer:
    """Of whatever bytes were sent: no client would send some of these."""

    def __init__(self, port, request):
        with socket.create_connection(("127.0.0.1", port), 30) as to:
            try:
                to.sendall(request)
            except OSError:
                pass  # refused before all was read
            raw = b""
            try:
                while piece := to.recv(65536):
                    raw += piece
            except ConnectionResetError:
                pass
        reader = http.client.HTTPResponse(Bytes(raw))
        reader.begin()
        self.status = reader.status
        self.type = reader.getheader("Content-Type", "").split(";")[0]
        self.headers = reader.headers
        try:
            body = reader.read()
        except http.client.IncompleteRead as torn:
            body = torn.partial
        self.packed = self.headers.get("Content-Encoding") == "gzip"
        self.body = (gzip.decompress(body) if self.packed else body).decode()

    def __str__(self):
        return f"{self.status} {self.type} {self.body[:300]}"

    @property
    def is_spoken(self):
        """What every carrier understands as words and the end."""
        try:
            root = xml.etree.ElementTree.fromstring(self.body)
        except xml.etree.ElementTree.ParseError:
            return False
        return (self.type == "application/xml" and root.tag == "Response" and
                [verb.tag for verb in root] in (["Say", "Hangup"],
                                                ["Reject"]))

    @property
    def is_problem(self):
        try:
            problem = json.loads(self.body)
        except ValueError:
            return False
        return (self.type == "application/problem+json" and
                problem["status"] == self.status and problem["message"] and
                problem["errors"] == {} and problem["code"].isupper())


class Bytes(io.BytesIO):
    def makefile(self, *_):
        return self


def request(method, path, *headers, version="HTTP/1.1", host="Host: a",
            body=b""):
    lines = [f"{method} {path} {version}", host, "Connection: close",
             *headers]
    text = "\r\n".join(line for line in lines if line) + "\r\n\r\n"
    return text.encode("latin-1") + body


# What, the statuses that are right for it, the request for an address.  Where
# a server sees nothing wrong the responder answers: it wants a key (401), or
# knows no such method or address.
WRONG = [
    ("no host", {400}, lambda p: request("GET", p, host="")),
    ("a host with a space", {400},
     lambda p: request("GET", p, host="Host: a b")),
    ("two hosts", {400}, lambda p: request("GET", p, "Host: b")),
    ("a length of letters", {400, 413},
     lambda p: request("POST", p, "Content-Length: x")),
    ("a length below 0", {400, 413},
     lambda p: request("POST", p, "Content-Length: -1")),
    ("two lengths", {400},
     lambda p: request("POST", p, "Content-Length: 1", "Content-Length: 2")),
    ("a length without end", {400, 413},
     lambda p: request("POST", p, "Content-Length: " + "9" * 30)),
    ("no length", {401, 411}, lambda p: request("POST", p)),
    ("U+0000 in a header", {400}, lambda p: request("GET", p, "X: a\0b")),
    ("a header without colon", {400, 401},
     lambda p: request("GET", p, "nothing")),
    ("a large header", {400, 431}, lambda p: request("GET", p, "X: " + LONG)),
    ("many large headers", {400, 431},
     lambda p: request("GET", p, *[f"X-{i}: {LONG[:1000]}"
                                   for i in range(200)])),
    ("a long address", {414, 431}, lambda p: request("GET", f"{p}/{LONG}")),
    ("a long query", {414, 431}, lambda p: request("GET", f"{p}?{LONG}")),
    ("%00 in the address", {400, 401, 404},
     lambda p: request("GET", p + "/%00")),
    ("% without digits", {400, 401, 404},
     lambda p: request("GET", p + "/%zz")),
    ("%2F in the address", {401, 404},
     lambda p: request("GET", p + "/1%2f2")),
    ("%FF in the address", {400, 401, 404},
     lambda p: request("GET", p + "/%ff")),
    ("a raw byte in the address", {400, 401, 404},
     lambda p: request("GET", p + "/\xff")),
    ("no such method", {400, 401, 405, 501}, lambda p: request("FOO", p)),
    ("a method in small letters", {400, 401, 405, 501},
     lambda p: request("get", p)),
    ("TRACE", {401, 405}, lambda p: request("TRACE", p)),
    ("CONNECT", {400, 401, 405}, lambda p: request("CONNECT", p)),
    ("HTTP/3.7", {401, 505}, lambda p: request("GET", p, version="HTTP/3.7")),
    ("no HTTP at all", {400}, lambda p: request("GET", p, version="X/1.1")),
    ("an unknown coding", {400, 501},
     lambda p: request("POST", p, "Transfer-Encoding: foo")),
    ("a chunk without length", {400, 401},
     lambda p: request("POST", p, "Transfer-Encoding: chunked",
                       body=b"zz\r\n\r\n")),
    ("an unknown expectation", {400, 401, 415, 417},
     lambda p: request("POST", p, "Content-Length: 1", "Expect: foo",
                       body=b"x")),
    ("a large body", {401, 413, 500},
     lambda p: request("POST", p, "Transfer-Encoding: chunked", body=b"".join(
         [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 200) + b"0\r\n\r\n")),
]


def refused(server, port):
    for what, statuses, wrong in WRONG:
        answer = Answer(port, wrong(VOICE))
        forgot = server == "lighttpd" and what == "no length"
        check(f"{server}, voice, {what}: {statuses} in CXML",
              answer.status in statuses and
              (answer.is_problem if forgot else answer.is_spoken), answer)
        answer = Answer(port, wrong(OTHER))
        unread = server == "lighttpd" and answer.is_spoken and \
            answer.status in (400, 431, 501, 505)
        check(f"{server}, others, {what}: in JSON, from {statuses}",
              answer.status in statuses | {405} and
              (answer.is_problem or unread), answer)


def too_large(server, port):
    """Announced, and refused before a byte of it came."""
    for path, fits in ((VOICE, "is_spoken"), (OTHER, "is_problem")):
        answer = Answer(port, request("POST", path,
                                      "Content-Length: 20000000"))
        check(f"{server}: 20 MB to {path} is 413", answer.status == 413 and
              getattr(answer, fits), answer)


def pages(server, port):
    for path, kind, words in (("/", "text/html", "<h1>OpBX"),
                              ("/style.css", "text/css", ":root"),
                              ("/404.html", "text/html", "nothing here"),
                              ("/docs/", "text/html", "finds its way"),
                              ("/js/api.js", "text/javascript", "export"),
                              ("/lib/uplot.js", "text/javascript", "uPlot"),
                              ("/lib/dagre.js", "text/javascript", "dagre"),
                              ("/lib/open-props.css", "text/css", "--gray-9")):
        answer = Answer(port, request("GET", path))
        # nginx has an older word for the same.
        type = answer.type.replace("application/javascript",
                                   "text/javascript")
        check(f"{server}: {path} is {kind}", answer.status == 200 and
              type == kind and words in answer.body, answer)
        policy = answer.headers.get("Content-Security-Policy", "")
        check(f"{server}: {path} may use nothing but ours",
              policy.startswith("default-src 'self';") and
              "unsafe" not in policy and "*" not in policy, answer.headers)
        check(f"{server}: {path} is asked for again when it changes",
              answer.headers.get("Cache-Control") == "no-cache",
              answer.headers)
    for path in ("/package.json", "/package-lock.json", "/js/", "/lib/"):
        answer = Answer(port, request("GET", path))
        check(f"{server}: {path} is not served", answer.status in (403, 404),
              answer)
    for path in (PAGE, "/nope/../no", "/%ff", "/a.css"):
        answer = Answer(port, request("GET", path))
        check(f"{server}: {path} is a page of ours", answer.status == 404 and
              answer.type == "text/html" and "/style.css" in answer.body and
              "nothing here" in answer.body, answer)
        for name in ("Content-Security-Policy", "X-Content-Type-Options"):
            check(f"{server}: {path} has {name}", name in answer.headers,
                  answer.headers)
    for path in ("/cgi-bin/", "/cgi-bin/nothing", "/cgi-bin/voicex"):
        answer = Answer(port, request("GET", path))
        check(f"{server}: {path} is refused in JSON",
              answer.status in (403, 404) and answer.is_problem, answer)
    answer = Answer(port, request("GET", "/.errors/404.html"))
    check(f"{server}: the errors' folder names no file outside",
          "root:" not in answer.body and answer.status in (200, 404), answer)


def packed(server, port):
    """What is the same for everybody is compressed, and nothing else: an
    answer that holds a secret beside what was asked would tell it by its
    length."""
    gzipped = "Accept-Encoding: gzip, deflate, br"
    for path in ("/", "/style.css", "/js/api.js", "/cgi-bin/schema"):
        plain = Answer(port, request("GET", path))
        answer = Answer(port, request("GET", path, gzipped))
        check(f"{server}: {path} is compressed for who can read that",
              answer.packed and not plain.packed and
              answer.body == plain.body, answer.headers)
        check(f"{server}: {path} varies by that", "accept-encoding" in
              answer.headers.get("Vary", "").lower(), answer.headers)
        for tag, ways in ((plain.headers.get("ETag"), ()),
                          (answer.headers.get("ETag"), (gzipped,))):
            again = Answer(port, request(
                "GET", path, f"If-None-Match: {tag}", *ways))
            check(f"{server}: {path} is not sent again {ways}",
                  tag and again.status == 304 and again.body == "", again)
    for path in (OTHER, "/cgi-bin/session/new", "/cgi-bin/health", VOICE,
                 "/cgi-bin/events", "/cgi-bin/schema/nothing"):
        for kind in ("application/json", "text/html", "text/event-stream"):
            answer = Answer(port, request("GET", path, gzipped,
                                          f"Accept: {kind}"))
            check(f"{server}: {path} as {kind} is as long as it is",
                  "Content-Encoding" not in answer.headers, answer.headers)


def gone(server, one):
    """The responders are not there any more, and cannot come back."""
    for name in ("voice", "extensions"):
        os.unlink(f"{one.var}/cgi-bin/{name}")
    victims = [pid for pid in one.processes()
               if program(pid) in ("voice", "extensions")]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while any(program(pid) for pid in victims):
        assert time.monotonic() < until, "they outlived SIGKILL"
        time.sleep(0.01)
    answer = Answer(one.port, request("GET", VOICE))
    check(f"{server}: a voice that is gone is CXML", answer.is_spoken and
          answer.status in (404, 500, 502, 503), answer)
    answer = Answer(one.port, request("GET", OTHER))
    check(f"{server}: a responder that is gone is JSON", answer.is_problem and
          answer.status in (404, 500, 502, 503), answer)


def program(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            name, rest = stat.read().split("(", 1)[1].rsplit(")", 1)
        return "" if rest.split()[0] in "ZX" else name
    except OSError:
        return ""


def main():
    folder = tempfile.mkdtemp(prefix="opbx-errors-")
    os.chmod(folder, 0o755)
    servers = ["lighttpd"]
    path = os.environ["PATH"] + ":/usr/sbin"
    if shutil.which("apache2", path=path):
        servers += ["apache", "apache-fcgid", "apache-cgi"]
    if shutil.which("nginx", path=path):
        servers.append("nginx")
    try:
        for server in servers:
            one = Instance(f"{folder}/var", server)
            code, out = one.do("start")
            check(f"{server} starts", code == 0, out)
            if code != 0:
                continue
            refused(server, one.port)
            pages(server, one.port)
            packed(server, one.port)
            if server in ("lighttpd", "apache-cgi", "nginx"):
                too_large(server, one.port)
            gone(server, one)
            one.do("stop")
    finally:
        Instance(f"{folder}/var").do("stop")
        shutil.rmtree(folder, ignore_errors=True)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
