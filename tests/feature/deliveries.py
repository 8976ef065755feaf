"""opbx-worker sends what waits: mail and signed requests, once if it can.

Stand-ins take the mail and the requests and misbehave; the time to wait is
set in the database instead of slept.
"""
import base64
import email
import email.policy
import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "mocks"))

from database import CTL, Checks, Database  # noqa: E402
from patience import comes  # noqa: E402
from receivers import Mail, Web, certificate, nobody  # noqa: E402

BUILD = os.path.dirname(os.path.dirname(CTL))
WORKER = os.path.join(BUILD, "sbin", "opbx-worker")
SECRET = "a secret of sixteen letters and more"
check = Checks()


class World:
    """A database, a tenant in it, and what the worker sends to."""

    def __init__(self, db, mail, web):
        self.db, self.mail, self.web = db, mail, web
        self.logged = b""
        check("migrate", db.ctl("migrate").returncode == 0)
        said = db.ctl("org", "create", "--name", "A", "--slug", "a",
                      "--country", "US", "--timezone", "UTC",
                      "--owner-email", "owner@a.example", "--owner-name",
                      "Owner")
        check("organization", said.returncode == 0, said.stderr)
        self.org = int(re.search(r"id (\d+)\)", said.stdout).group(1))
        self.token = db.ctl("token", "create", "--org", "a", "--email",
                            "owner@a.example", "--abilities",
                            "*").stdout.strip()
        self.count = 0

    def ask(self, method, path, body=None):
        """A request to the responder, as plain CGI."""
        body = json.dumps(body or {}).encode()
        done = subprocess.run(
            [os.path.join(BUILD, "cgi-bin", "notifications")], input=body,
            capture_output=True, timeout=60, check=False,
            env=dict(self.db.env, GATEWAY_INTERFACE="CGI/1.1",
                     REQUEST_METHOD=method, SERVER_PROTOCOL="HTTP/1.1",
                     REMOTE_ADDR="127.0.0.1",
                     SCRIPT_NAME="/cgi-bin/notifications", PATH_INFO=path,
                     QUERY_STRING="", CONTENT_TYPE="application/json",
                     CONTENT_LENGTH=str(len(body)),
                     HTTP_AUTHORIZATION=f"Bearer {self.token}"))
        self.logged += done.stderr
        head, _, text = done.stdout.partition(b"\r\n\r\n")
        check(f"{method} {path}", re.search(rb"^Status: 2", head, re.M),
              done.stdout.decode() + done.stderr.decode())
        return json.loads(text)["data"]

    def notification(self, **more):
        self.count += 1
        return self.ask("POST", "", {"name": f"N{self.count}",
                                     "event": "failure", **more})["id"]

    def hook(self, url=None):
        return self.notification(url=url or f"{self.web.url}/hook?a=1",
                                 secret=SECRET)

    def test(self, id):
        self.db.sql("DELETE FROM counter")
        self.ask("POST", f"/{id}/test")

    def show(self, id):
        return self.ask("GET", f"/{id}")

    def work(self):
        """Sends what is due."""
        done = subprocess.run([WORKER, "--once"], env=self.db.env,
                              capture_output=True, timeout=120, check=False)
        self.logged += done.stderr
        return [json.loads(line) for line in done.stderr.splitlines()]

    def due(self):
        """The next attempt is now."""
        self.db.sql("UPDATE delivery SET next_at = '2026-01-01'")

    def cell(self, text):
        rows = self.db.sql(text).rows
        return rows[0][0] if rows else None

    def waiting(self):
        return int(self.cell("SELECT COUNT(*) FROM delivery"))

    def clear(self):
        self.db.sql("DELETE FROM delivery; DELETE FROM parked_job")
        self.web.requests.clear()
        self.web.answers.clear()
        self.mail.letters.clear()
        self.mail.answers.clear()


def requests(w):
    id = w.hook()
    w.test(id)
    check("it waits", w.waiting() == 1 and not w.web.requests)
    lines = w.work()
    check("one request was sent", len(w.web.requests) == 1, w.web.requests)
    got = w.web.requests[0]
    stamp = got.headers.get("x-opbx-timestamp", "")
    check("a POST to the URL", (got.method, got.path) == ("POST",
                                                          "/hook?a=1"))
    check("of JSON by OpBX", got.headers["content-type"] == "application/json"
          and got.headers["user-agent"] == "OpBX", got.headers)
    check("signed with the secret", got.headers["x-opbx-signature"] ==
          hmac.new(SECRET.encode(), f"{stamp}.".encode() + got.body,
                   hashlib.sha256).hexdigest(), got.headers)
    check("now", abs(int(stamp) - time.time()) < 120, stamp)
    body = json.loads(got.body)
    check("it says that it is a test", body["event"] == "test"
          and body["organization_id"] == w.org
          and body["notification"]["id"] == id, body)
    check("the row is gone", w.waiting() == 0)
    shown = w.show(id)
    check("it was delivered", shown["delivered_at"] and not shown["failure"]
          and not shown["failed_at"], shown)
    check("the log says so", any(
        line["message"] == "delivered" and line["notification_id"] == id
        and line["delivery"] == got.headers["x-opbx-delivery"]
        for line in lines), lines)
    w.work()
    check("it is sent once", len(w.web.requests) == 1)
    w.clear()


def retries(w):
    id = w.hook()
    w.test(id)
    waits = []
    w.web.answers = ["500", "404", "close", "slow 0", "302 /elsewhere"]
    w.web.answers[3] = "half"
    said = []
    for _ in range(4):
        w.work()
        waits.append(int(w.cell(
            "SELECT ROUND(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), next_at)"
            " / 60) FROM delivery")))
        said.append(w.show(id)["failure"])
        before = len(w.web.requests)
        w.work()
        check("not before its time", len(w.web.requests) == before)
        w.due()
    check("1 min, 5 min, 30 min, 2 h", waits == [1, 5, 30, 120], waits)
    check("why is shown", said[:2] == ["it answered 500", "it answered 404"]
          and "closed" in said[2] and "closed" in said[3], said)
    keys = {r.headers["x-opbx-delivery"] for r in w.web.requests}
    check("the same key each time", len(keys) == 1, keys)
    w.work()
    check("the fifth failure parks it", w.waiting() == 0 and w.cell(
        "SELECT CONCAT(organization_id, ' ', queue, ' ', attempts)"
        " FROM parked_job") == f"{w.org} deliveries 5")
    check("a redirect of a POST by 302 is no delivery", "302" in
          w.show(id)["failure"], w.show(id))
    check("what is parked is sealed", SECRET.encode().hex().upper() not in
          w.cell("SELECT payload FROM parked_job"))
    w.test(id)
    w.work()
    shown = w.show(id)
    check("one that arrives takes the failure away", shown["failure"] is None
          and shown["delivered_at"] > shown["failed_at"], shown)
    w.clear()


def faults(w):
    """Whatever a receiver does, it is a failure within a bounded time."""
    for answer, word in (
            ("garbage", ""), ("endless", "too long"),
            ("endless-headers", "too long"), ("slow 30", "too long"),
            ("307 https://127.0.0.2/x", "public Internet"),
            ("308 https://10.0.0.1/x", "public Internet"),
            ("307 http://127.0.0.1/x", "only https"),
            ("307 file:///etc/passwd", "URL is not one"),
            ("307 gopher://127.0.0.1/x", "only https"),
            (f"307 https://u:p@127.0.0.1:{w.web.port}/", "name and password"),
            ("307", "answered 307"), ("500", "answered 500")):
        id = w.hook()
        w.test(id)
        w.web.answers = [answer]
        since = time.monotonic()
        w.work()
        failure = w.show(id)["failure"]
        check(f"{answer} fails", failure and word in failure, failure)
        check(f"{answer} in time", time.monotonic() - since < 25)
        check(f"{answer}: once", len(w.web.requests) == 1, w.web.requests)
        w.clear()
    id = w.hook(f"https://127.0.0.1:{nobody()}/x")
    w.test(id)
    w.work()
    check("nobody listens", "connections" in w.show(id)["failure"])
    for url in ("https://127.0.0.2/", "https://[::1]/",
                "https://[::ffff:10.0.0.1]/", "https://0x7f000002/",
                "https://2130706434/", "https://169.254.169.254/latest",
                "https://localhost:1/"):
        w.clear()
        # What was saved before it was private, or by a name.
        id = w.hook()
        w.db.sql(f"UPDATE notification SET url = '{url}' WHERE id = {id}")
        w.test(id)
        w.work()
        check(f"{url} is refused", re.search(
            "public Internet|connections|no host",
            w.show(id)["failure"]), w.show(id))
    w.clear()


def redirects(w):
    id = w.hook()
    w.test(id)
    w.web.answers = ["307 /two?b=2", f"308 {w.web.url}/three", "204"]
    w.work()
    check("redirects are followed", [r.path for r in w.web.requests] ==
          ["/hook?a=1", "/two?b=2", "/three"], w.web.requests)
    check("with the method and the body", all(
        r.method == "POST" and r.body == w.web.requests[0].body
        for r in w.web.requests))
    check("and it arrives", w.show(id)["delivered_at"])
    w.clear()
    w.test(id)
    w.web.answers = ["307 /again"] * 5
    w.work()
    check("three times", len(w.web.requests) == 4, w.web.requests)
    check("and no further", "too often" in w.show(id)["failure"])
    w.clear()


def certificates(w, folder):
    other = f"{folder}/other"
    os.mkdir(other)
    with Web(certificate(other)) as stranger:
        id = w.hook(f"{stranger.url}/x")
        w.test(id)
        w.work()
        check("a certificate of nobody's", "certificate" in
              w.show(id)["failure"], w.show(id))
        check("and nothing was told", not stranger.requests)
    w.clear()
    with Web() as plain:
        id = w.hook(f"https://127.0.0.1:{plain.port}/x")
        w.test(id)
        w.work()
        check("a server without TLS", w.show(id)["failure"], w.show(id))
        check("nothing was told in clear", not plain.requests)
    w.clear()


def letters(w):
    id = w.notification(email="ops@example.com")
    w.test(id)
    w.work()
    check("a mail was sent", len(w.mail.letters) == 1)
    letter = w.mail.letters[0]
    check("over TLS", letter.secured)
    check("signed in", base64.b64decode(letter.login) ==
          b"\0mailer\0mail pass", letter.login)
    check("from and to", (letter.sender.split(" ")[0], letter.recipients) ==
          ("<opbx@pbx.example>", ["<ops@example.com>"]),
          (letter.sender, letter.recipients))
    mail = email.message_from_bytes(letter.data, policy=email.policy.default)
    check("its head", (mail["to"], mail["from"], mail["subject"]) ==
          ("ops@example.com", "Öffice <opbx@pbx.example>",
           "A test of OpBX"), mail.items())
    check("is automatic", mail["auto-submitted"] == "auto-generated")
    check("its text", f'"N{w.count}" can reach you' in mail.get_content()
          and "owner@a.example" in mail.get_content(), mail.get_content())
    check("its id", re.fullmatch(r"<[0-9a-f-]{36}@pbx\.example>",
                                 mail["message-id"]), mail["message-id"])
    check("it was delivered", w.show(id)["delivered_at"])
    first = mail["message-id"]
    w.clear()
    w.test(id)
    w.mail.answers = ["after-data 451"]
    w.work()
    check("451 comes again", "451" in w.show(id)["failure"], w.show(id))
    w.due()
    w.work()
    again = email.message_from_bytes(w.mail.letters[0].data)
    check("another mail has another id", again["message-id"] != first)
    w.clear()


def mail_faults(w):
    for answer, word in (
            ("refuse 554", "554"), ("close", "closed"), ("at-rcpt 550", "550"),
            ("at-mail 451", "451"), ("at-ehlo close", ""),
            ("at-auth 535", "mail server"), ("at-starttls 454", ""),
            ("at-data close", ""), ("in-data", ""), ("after-data 552", "552"),
            ("at-rcpt close", "")):
        id = w.notification(email="ops@example.com")
        w.test(id)
        w.mail.answers = [answer] * 2
        w.work()
        failure = w.show(id)["failure"]
        check(f"mail: {answer} fails", failure and word in failure, failure)
        check(f"mail: {answer} waits", w.waiting() == 1
              and not w.mail.letters, w.mail.letters)
        w.clear()
    id = w.notification(email="ops@example.com")
    w.test(id)
    w.mail.answers = ["slow-greeting 1"]
    w.work()
    check("a slow greeting is waited for", w.show(id)["delivered_at"])
    w.clear()
    with Mail() as plain:
        w.db.configure(**{**KEYS(w), "smtp_url": plain.url})
        id = w.notification(email="ops@example.com")
        w.test(id)
        w.work()
        check("no TLS, no mail", w.show(id)["failure"]
              and not plain.letters, w.show(id))
        w.db.configure(**{**KEYS(w), "smtp_url": plain.url,
                          "smtp_starttls": "no"})
        w.due()
        w.work()
        check("unless it may", len(plain.letters) == 1)
        w.db.configure(**KEYS(w))
    w.clear()


def several(w):
    """Workers side by side, each delivery once."""
    ids = [w.hook() for _ in range(3)]
    for _ in range(4):
        for id in ids:
            w.test(id)
    w.web.answers = ["slow 0.2"] * 12
    workers = [subprocess.Popen([WORKER], env=w.db.env,
                                stderr=subprocess.PIPE) for _ in range(3)]
    check("all are sent", comes(lambda: w.waiting() == 0, 60))
    for worker in workers:
        worker.terminate()
    for worker in workers:
        w.logged += worker.communicate(timeout=60)[1]
    keys = [r.headers["x-opbx-delivery"] for r in w.web.requests]
    check("each once", len(keys) == len(set(keys)) == 12, keys)
    w.clear()


def killed(w):
    """Between sending and noting: the same again, known by its key."""
    id = w.hook()
    w.test(id)
    w.web.answers = ["slow 5", "200"]
    worker = subprocess.Popen([WORKER], env=w.db.env,
                              stderr=subprocess.PIPE,
                              start_new_session=True)
    check("it arrived", comes(lambda: len(w.web.requests) == 1))
    os.killpg(worker.pid, signal.SIGKILL)
    w.logged += worker.communicate(timeout=60)[1]
    check("and was not noted", w.waiting() == 1
          and not w.show(id)["delivered_at"])
    w.work()
    check("who has it has it alone for a while", len(w.web.requests) == 1)
    check("for five minutes", w.cell(
        "SELECT next_at BETWEEN UTC_TIMESTAMP(3) + INTERVAL 240 SECOND AND"
        " UTC_TIMESTAMP(3) + INTERVAL 300 SECOND FROM delivery") == "1")
    w.due()
    w.work()
    keys = [r.headers["x-opbx-delivery"] for r in w.web.requests]
    check("then it comes again", len(keys) == 2, keys)
    check("with the same key", len(set(keys)) == 1, keys)
    check("and is done", w.waiting() == 0 and w.show(id)["delivered_at"])
    w.clear()


def stops(w):
    """SIGTERM does not wait for a slow receiver."""
    id = w.hook()
    w.test(id)
    w.web.answers = ["slow 30"]
    worker = subprocess.Popen([WORKER], env=w.db.env, stderr=subprocess.PIPE)
    check("it is under way", comes(lambda: len(w.web.requests) == 1))
    since = time.monotonic()
    worker.terminate()
    w.logged += worker.communicate(timeout=60)[1]
    check("it ends soon", time.monotonic() - since < 6)
    check("and nothing is lost", w.waiting() == 1)
    w.clear()


def outage(w):
    """MariaDB goes and comes; nothing is sent that cannot be noted."""
    id = w.hook()
    w.test(id)
    w.db.server.send_signal(signal.SIGSTOP)
    worker = subprocess.Popen([WORKER], env=w.db.env, stderr=subprocess.PIPE)
    time.sleep(1)
    check("nothing is sent", not w.web.requests)
    w.db.server.send_signal(signal.SIGCONT)
    check("then it is", comes(lambda: len(w.web.requests) == 1))
    check("and noted", comes(lambda: w.waiting() == 0))
    worker.terminate()
    w.logged += worker.communicate(timeout=60)[1]
    w.clear()


def quiet(w):
    """What is secret is in no line of the log."""
    for word in (SECRET, "mail pass", "ops@example.com", "/hook?a=1",
                 w.token.split("|")[1]):
        check(f"the log does not hold {word}",
              word.encode() not in w.logged, w.logged[-2000:])
    check("but something", w.logged.count(b"delivered") > 10)


def KEYS(w):
    return {"net_allow_private": "127.0.0.1", "net_ca_file": w.certificate,
            "smtp_url": w.mail.url, "smtp_from": "Öffice <opbx@pbx.example>",
            "smtp_user": "mailer", "smtp_password": "mail pass"}


def main():
    with Database() as db:
        path = certificate(db.folder)
        with Mail(path) as mail, Web(path) as web:
            w = World(db, mail, web)
            w.certificate = f"{path}.crt"
            db.configure(**KEYS(w))
            for part in (requests, retries, faults, redirects, letters,
                         mail_faults, several, killed, stops, outage):
                part(w)
            certificates(w, db.folder)
            quiet(w)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
