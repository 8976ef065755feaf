"""The worker fills Redis before anybody calls: a new process, or a Redis that
came back empty, costs callers nothing, and what was filled in answers them
when MariaDB is away.
"""
import os
import re
import signal
import subprocess
import sys
import time

from database import Checks, Database
from labour import BUILD, Worker, World
from patience import comes

check = Checks()


class Tenant:
    def __init__(self, w, slug):
        self.w = w
        self.id = w.organization(slug)
        self.key = re.search(r"voice key +(\S+)", w.said).group(1)
        self.domain = f"{slug}.example"
        w.sql(f"UPDATE organization SET domain = '{self.domain}' WHERE"
              f" id = {self.id}")
        self.one = w.insert("extension", organization_id=self.id,
                            number="1001", name="Ann", type="user")
        self.two = w.insert("extension", organization_id=self.id,
                            number="1002", name="Bob", type="user")
        group = w.insert("ring_group", organization_id=self.id, name="All",
                         strategy="simultaneous")
        for extension in (self.one, self.two):
            w.sql("INSERT INTO ring_group_member (organization_id,"
                  " ring_group_id, extension_id) VALUES"
                  f" ({self.id}, {group}, {extension})")
        self.did = f"+1212555{self.id:04d}"
        did = w.insert("did", organization_id=self.id, number=self.did,
                       target_type="ring_group", target_id=group)
        w.sql(f"UPDATE did SET proved_at = UTC_TIMESTAMP(3) WHERE"
              f" organization_id = {self.id} AND id = {did}")
        self.changed()

    def changed(self):
        """As every change of configuration ends."""
        self.w.sql(f"SET @organization_id = {self.id};"
                   f" SELECT generation_raise({self.id}),"
                   f" generation_raise(0)")

    def call(self, domain=True):
        """The document of a call from outside, by a new process on another
        machine: it shares no memory with any."""
        self.w.count += 1
        run = f"{self.w.db.folder}/run-{self.w.count}"
        os.mkdir(run)
        conf = f"{self.w.db.folder}/voice-{self.w.count}.conf"
        with open(self.w.db.env["OPBX_CONF"], encoding="utf-8") as file:
            text = re.sub(r"^run_dir = .*$", f"run_dir = {run}", file.read(),
                          flags=re.M)
        with open(conf, "w", encoding="utf-8") as file:
            file.write(text)
        body = (f"CallSid=c{self.w.count}&From=%2B12025550123&To="
                f"%2B{self.did[1:]}&Direction=inbound").encode()
        env = dict(os.environ, OPBX_CONF=conf, GATEWAY_INTERFACE="CGI/1.1",
                   REQUEST_METHOD="POST", SERVER_PROTOCOL="HTTP/1.1",
                   REMOTE_ADDR="127.0.0.1", SCRIPT_NAME="/cgi-bin/voice",
                   PATH_INFO="", QUERY_STRING="",
                   CONTENT_TYPE="application/x-www-form-urlencoded",
                   CONTENT_LENGTH=str(len(body)),
                   HTTP_AUTHORIZATION=f"Bearer {self.key}")
        if domain:
            env["HTTP_X_CX_DOMAIN"] = self.domain
        done = subprocess.run([os.path.join(BUILD, "cgi-bin", "voice")],
                              input=body, env=env, capture_output=True,
                              timeout=60, check=False)
        return done.stdout.decode() + done.stderr.decode()

    def is_answered(self, what, **more):
        said = self.call(**more)
        check(what, "<Number>1001</Number>" in said
              and "<Number>1002</Number>" in said, said)
        return said


def mark(w, tenant):
    return w.redis("GET", f"opbx:{tenant.id}:warm")


def generations(w, tenant):
    [[names, own]] = w.sql(
        f"SELECT generation_of(0), generation_of({tenant.id})")
    return f"{names}:{own}"


def outage(w, tenants):
    w.work()
    for tenant in tenants:
        check("it is filled in", mark(w, tenant) == generations(w, tenant),
              mark(w, tenant))
    w.db.server.send_signal(signal.SIGSTOP)
    try:
        for tenant in tenants:
            tenant.is_answered("answered by its domain without MariaDB")
            tenant.is_answered("and by its key alone", domain=False)
    finally:
        w.db.server.send_signal(signal.SIGCONT)
    check("MariaDB is back", comes(lambda: w.cell("SELECT 1") == "1"))


def empty(w, tenants):
    """A worker that stays notices that Redis came back empty, and changes."""
    worker = Worker(w)
    one = tenants[0]
    check("it starts", comes(lambda: w.redis("GET", "opbx:warm")))
    w.redis("FLUSHALL")
    check("all is filled in again", comes(lambda: all(
        mark(w, tenant) == generations(w, tenant) for tenant in tenants)),
        [mark(w, tenant) for tenant in tenants])
    said = one.is_answered("by what is in Redis")
    check("which was asked alone", '"source":"redis"' in said, said)
    w.sql(f"UPDATE extension SET number = '1009' WHERE organization_id ="
          f" {one.id} AND id = {one.two}")
    w.sql(f"SET @organization_id = {one.id};"
          f" SELECT generation_raise({one.id})")
    check("a change is filled in", comes(
        lambda: mark(w, one) == generations(w, one)), mark(w, one))
    check("nothing is left of the jobs", comes(
        lambda: w.redis.left("cache") == ["0"] * 4), w.redis.left("cache"))
    check("it ends", worker.stop() == 0)
    w.db.server.send_signal(signal.SIGSTOP)
    try:
        said = one.call()
        check("and answers without MariaDB", "<Number>1009</Number>" in said,
              said)
    finally:
        w.db.server.send_signal(signal.SIGCONT)
    check("MariaDB is back", comes(lambda: w.cell("SELECT 1") == "1"))


def order(w, tenants):
    """Those that were called last come first."""
    for n, tenant in enumerate(tenants):
        w.insert("`call`", organization_id=tenant.id, call_key="c",
                 started_at="2036-11-20 12:00:00",
                 created_at=f"2036-11-20 12:00:{n:02d}")
    w.redis("FLUSHALL")
    check("by their last call", w.sql("SELECT organizations_by_call(100)") ==
          [[",".join(str(tenant.id) for tenant in reversed(tenants))
            + f",{w.org}"]], w.sql("SELECT organizations_by_call(100)"))


def deleted(w, tenants):
    last = tenants[-1]
    w.sql(f"UPDATE organization SET deleted_at = UTC_TIMESTAMP(3) WHERE"
          f" id = {last.id}")
    w.redis("FLUSHALL")
    w.redis.put("cache", last.id, "warm")
    w.redis.put("cache", 999999, "warm")
    w.work()
    check("who is gone is nobody's trouble",
          w.redis.left("cache") == ["0"] * 4
          and not w.sql("SELECT * FROM parked_job"),
          w.redis.left("cache"))


def speed(w):
    since = time.monotonic()
    w.work()
    check("what is filled in is not filled in again",
          time.monotonic() - since < 20)


def main():
    with Database() as db, World(check, db) as w:
        tenants = [Tenant(w, f"t{n}") for n in range(4)]
        for part in (outage, empty, order, deleted):
            part(w, tenants)
        speed(w)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
