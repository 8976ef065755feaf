"""What the tests of the worker's jobs share: MariaDB and Redis of their own,
a tenant, a server of recordings, the worker itself.
"""
import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "mocks"))

import logs  # noqa: E402
from database import CTL, Database  # noqa: E402
from patience import comes  # noqa: E402
from receivers import WebHandler, Web, certificate  # noqa: E402

BUILD = os.path.dirname(os.path.dirname(CTL))
WORKER = os.path.join(BUILD, "sbin", "opbx-worker")


class FileHandler(WebHandler):
    """GET answers with the file of that path, unless told otherwise."""

    def misbehave(self, answer):
        file = self.server.files.get(self.path)
        if self.server.gate is not None:
            self.server.gate.wait(30)
        if answer != "200" or file is None:
            if answer == "200":
                answer = "404"
            return super().misbehave(answer)
        self.send_response(200)
        self.send_header("Content-Type", "audio/whatever")
        self.send_header("Content-Length", str(len(file)))
        self.end_headers()
        self.wfile.write(file)
        return None


class Files(Web):
    def __init__(self, tls=None):
        self.files = {}
        self.gate = None  # an event to wait for before each answer
        super().__init__(tls)
        self.RequestHandlerClass = FileHandler


class Redis:
    def __init__(self, folder):
        self.socket = f"{folder}/redis"
        self.folder = folder
        self.server = None
        self.start()

    def start(self):
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket,
             "--save", "", "--appendonly", "yes", "--dir", self.folder],
            stdout=subprocess.DEVNULL)
        assert comes(lambda: self("PING") == "PONG")

    def kill(self):
        self.server.kill()
        self.server.wait()
        if os.path.exists(self.socket):
            os.unlink(self.socket)

    def __call__(self, *command, given=None):
        return subprocess.run(
            ["redis-cli", "-s", self.socket, *command], text=True,
            capture_output=True, timeout=120, check=False,
            input=given).stdout.strip()

    def put(self, queue, organization, key):
        """As lib/store/queue.c does."""
        self("EVAL", "local id = redis.call('XADD', KEYS[1], '*',"
             " 'organization', ARGV[1], 'key', ARGV[2]) redis.call('HSET',"
             " KEYS[1] .. ':jobs', ARGV[1] .. ':' .. ARGV[2], 'w' .. id)",
             "1", f"opbx:queue:{queue}", str(organization), key)

    def depth(self, queue):
        return int(self("XLEN", f"opbx:queue:{queue}") or 0)

    def left(self, queue):
        """Whatever is kept of jobs that are done."""
        name = f"opbx:queue:{queue}"
        return [self("XLEN", name), self("HLEN", f"{name}:jobs"),
                self("ZCARD", f"{name}:due"), self("HLEN", f"{name}:tries")]

    def due(self, queue):
        """Pauses and leases are over."""
        self("EVAL", "for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0,"
             " -1)) do redis.call('ZADD', KEYS[1], 1, id) end", "1",
             f"opbx:queue:{queue}:due")


class World:
    def __init__(self, check, db, **conf):
        self.check, self.db = check, db
        self.conf = {"log.level": "debug", "deadline.factor": "4", **conf}
        self.configure()
        self.redis = Redis(db.folder)
        done = db.ctl("migrate")
        check("migrate", done.returncode == 0, done.stderr)
        self.org = self.organization("a")
        self.count = 0

    def configure(self, **more):
        self.conf.update(more)
        self.db.configure()
        with open(self.db.env["OPBX_CONF"], "a", encoding="utf-8") as file:
            for key, value in self.conf.items():
                file.write(f"{key} = {value}\n")

    def organization(self, slug, timezone="America/New_York"):
        said = self.db.ctl(
            "org", "create", "--name", slug, "--slug", slug, "--country",
            "US", "--timezone", timezone, "--owner-email",
            f"owner@{slug}.example", "--owner-name", "Owner")
        self.check("organization", said.returncode == 0, said.stderr)
        self.said = said.stdout
        return int(re.search(r"id (\d+)\)", said.stdout).group(1))

    def sql(self, text):
        answer = self.db.sql(text)
        if answer.error:
            raise RuntimeError(f"{text}: {answer.text}")
        return answer.rows

    def cell(self, text):
        rows = self.sql(text)
        return rows[0][0] if rows else None

    def insert(self, table, **values):
        values = {"organization_id": self.org, **values}
        quoted = ["NULL" if v is None else str(v) if isinstance(v, int) else
                  "'" + v.replace("'", "''") + "'" for v in values.values()]
        return int(self.cell(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES "
            f"({', '.join(quoted)}); SELECT LAST_INSERT_ID()"))

    def work(self, status=0):
        """Does all that is due; what was logged."""
        done = subprocess.run([WORKER, "--once"], env=self.db.env,
                              capture_output=True, timeout=240, check=False)
        self.check("--once", done.returncode == status,
                   done.stderr.decode())
        return [json.loads(line) for line in done.stderr.splitlines()]

    def ask(self, responder, token, body, method="PATCH", path=""):
        """A change by a responder, as plain CGI."""
        body = json.dumps(body).encode()
        done = subprocess.run(
            [os.path.join(BUILD, "cgi-bin", responder)], input=body,
            capture_output=True, timeout=60, check=False,
            env=dict(self.db.env, GATEWAY_INTERFACE="CGI/1.1",
                     REQUEST_METHOD=method, SERVER_PROTOCOL="HTTP/1.1",
                     REMOTE_ADDR="127.0.0.1", PATH_INFO=path,
                     SCRIPT_NAME=f"/cgi-bin/{responder}",
                     QUERY_STRING="", CONTENT_TYPE="application/json",
                     CONTENT_LENGTH=str(len(body)),
                     HTTP_AUTHORIZATION=f"Bearer {token}"))
        self.check(f"{method} {responder}", re.search(
            rb"^Status: 2", done.stdout, re.M), done.stdout + done.stderr)
        return json.loads(done.stdout.partition(b"\r\n\r\n")[2])["data"]

    def path(self, kind, id, organization=None):
        return (f"{self.db.folder}/var/audio/{organization or self.org}/"
                f"{kind}/{id}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.redis.kill()


class Worker:
    """One that stays."""

    def __init__(self, world, program=WORKER):
        self.log = f"{world.db.folder}/worker.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([program], env=world.db.env,
                                            stderr=log)

    def lines(self):
        return logs.lines(self.log)

    def jobs(self):
        """The processes of the jobs, by their order."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path, encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def kill(self):
        """The worker and all its jobs, at once and with -9."""
        jobs = self.jobs()
        self.process.kill()
        for pid in jobs:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)


def resident(pid):
    """KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


__all__ = ["BUILD", "WORKER", "Database", "Files", "Redis", "Worker",
           "World", "certificate", "resident"]
