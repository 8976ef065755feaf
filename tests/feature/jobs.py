"""The worker's queues as an operator sees them: what is parked and put again,
what is measured, what the worker costs over many jobs.

    OPBX_JOBS=1000000   how many (20000)
"""
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time

from database import Checks, Database, ROOT
from labour import BUILD, Worker, World, resident
from patience import comes

check = Checks()
JOBS = int(os.environ.get("OPBX_JOBS", "20000"))
RELEASE = os.path.join(ROOT, "build", "release", "sbin", "opbx-worker")
GROWTH = 1024  # KiB that a process may have grown
BODY = '{"status": "ringing", "x": "\\\\ \\" \\n \\u00e9 ü 😀 \'"}'


def ctl(w, *words, status=0):
    done = w.db.ctl("jobs", *words)
    check(f"jobs {' '.join(words)}", done.returncode == status,
          done.stdout + done.stderr)
    return done.stdout if status == 0 else done.stderr


def park(w, organization, queue, key, payload="{}"):
    return w.insert("parked_job", organization_id=organization, queue=queue,
                    job_key=key, payload=payload, attempts=5,
                    failure="it answered 500")


def parked(w):
    return [row[0] for row in w.sql("SELECT job_key FROM parked_job"
                                    " ORDER BY id")]


def commands(w):
    other = w.organization("b")
    ids = [park(w, w.org, "cdr", "fold"), park(w, other, "cdr", "fold"),
           park(w, 0, "deliveries", "platform",
                '{"kind": "mail", "notification_id": null,'
                ' "content_sealed": "00FF"}'),
           park(w, w.org, "events", "hash", '{"a": 1}')]
    listed = ctl(w, "list")
    check("all are listed, the platform's, too", all(
        re.search(rf"^{id} ", listed, re.M) for id in ids), listed)
    check("of a tenant", len(ctl(w, "list", "--org", "b").splitlines()) == 1)
    check("of a queue", len(ctl(
        w, "list", "--queue", "cdr").splitlines()) == 2)
    check("of both", ctl(w, "list", "--org", "b", "--queue", "events") == "")
    for words in ([], ["frob"], ["retry"], ["drop"], ["list", "--all"],
                  ["retry", "--id", "x"], ["retry", "--id", "0"],
                  ["drop", "--all", "--id", "1"], ["list", "--nonsense"]):
        ctl(w, *words, status=2)
    check("nobody's tenant", "no organization" in ctl(
        w, "list", "--org", "nobody", status=1))
    check("no such job", "no such job" in ctl(
        w, "retry", "--id", "999999", status=1))
    check("nothing was changed", len(parked(w)) == 4)
    check("a letter of the platform", ctl(
        w, "retry", "--id", str(ids[2])) == "1 put again\n")
    check("waits again", w.sql(
        "SELECT organization_id, kind, job_key, attempts, notification_id,"
        " HEX(content_sealed) FROM delivery") ==
          [["0", "mail", "platform", "0", "NULL", "00FF"]])
    w.sql("DELETE FROM delivery")
    check("an event is refused again", "is refused again" in ctl(
        w, "retry", "--id", str(ids[3]), status=1))
    check("and stays", parked(w) == ["fold", "fold", "hash"], parked(w))
    ctl(w, "retry", "--id", str(ids[1]))
    check("one goes to its queue", w.redis(
        "HKEYS", "opbx:queue:cdr:jobs") == f"{other}:fold")
    w.redis.kill()
    check("without Redis, too", ctl(
        w, "retry", "--all", "--queue", "cdr") == "1 put again\n")
    w.redis.start()
    check("drop", ctl(w, "drop", "--id", str(ids[3])) == "1 dropped\n")
    check("none is left", ctl(w, "list") == "" and not parked(w))
    w.sql(f"INSERT INTO parked_job (organization_id, queue, job_key, payload)"
          f" SELECT {w.org}, 'cdr', seq, '{{}}' FROM seq_1_to_1200")
    check("a long list", len(ctl(w, "list").splitlines()) == 1200)
    check("drop all", ctl(w, "drop", "--all") == "1200 dropped\n")
    check("of them", not parked(w))


def given_up(w):
    """What each queue leaves in its tables when it gives up: its parked job,
    and what says that it waits again."""
    event = {"call_key": "whole", "event_hash": "e" * 32}
    w.insert("call_event", kind="session-update", unfolded=2, **event,
             body='{"status": "connected"}')
    w.insert("call_event", kind="cdr", unfolded=2, call_key="whole",
             event_hash="f" * 32, body='{"id": "r1", "duration": 7,'
             ' "disposition": "ANSWER"}')
    w.insert("notification", name="n", event="limit", email="n@a.example")
    notice = w.insert("notice", event="limit", notice_key="k", text="Full",
                      pending=None)
    audio = w.insert("recording", call_key="whole", state="failed",
                     source_url="https://127.0.0.1/a.wav",
                     recorded_at="2026-01-01")
    return {
        "fold": ("0123456789abcdef", "whole",
                 "SELECT COUNT(*) = 2 FROM call_event WHERE unfolded = 1"
                 " AND call_key = 'whole'"),
        "notifications": (f"notice:{notice}", "{}",
                          "SELECT pending FROM notice WHERE event = 'limit'"),
        "recordings": (f"recording:{audio}", "{}",
                       "SELECT state = 'pending' FROM recording"),
        "deliveries": ("letter", '{"kind": "mail", "notification_id": null,'
                       ' "content_sealed": "00FF"}',
                       "SELECT COUNT(*) FROM delivery"),
        "cdr": ("fold", "{}", "SELECT 1"),
        "cache": ("warm", "{}", "SELECT 1"),
        "events": ("0A" * 32, json.dumps({
            "call_key": "other", "kind": "session-update",
            "occurred_at": "2026-01-01 00:00:00.000", "body": BODY}),
            "SELECT COUNT(*) FROM call_event WHERE call_key = 'other' AND"
            " occurred_at = '2026-01-01' AND SHA2(body, 256) ="
            f" '{hashlib.sha256(BODY.encode()).hexdigest()}'"),
    }


def each_queue(w):
    """The retry of a parked fold or notice forgot it."""
    with open(os.path.join(ROOT, "lib", "store", "queue.c"),
              encoding="utf-8") as file:
        queued = set(re.findall(r'\[QUEUE_\w+\] = "(\w+)"', file.read()))
    jobs = given_up(w)
    # Those of no stream of Redis are known by what parks them.
    check("all queues are tried", set(jobs) == queued | {
        "events", "fold", "deliveries"}, queued)
    for queue, (key, payload, _) in jobs.items():
        park(w, w.org, queue, key, payload.replace("\\", "\\\\"))
    w.redis("FLUSHALL")
    check("all are put again", ctl(w, "retry", "--all") ==
          f"{len(jobs)} put again\n" and not parked(w))
    for queue, (_, _, waits) in jobs.items():
        check(f"{queue} waits again", w.cell(waits) == "1", w.sql(waits))
    for queue in queued:
        check(f"{queue} has its job", w.redis(
            "HKEYS", f"opbx:queue:{queue}:jobs") == f"{w.org}:{jobs[queue][0]}")
    w.sql("DELETE FROM delivery; DELETE FROM recording")
    w.work()
    check("the call is whole", w.sql(
        "SELECT state, duration, event_count FROM `call`"
        " WHERE call_key = 'whole'") ==
          [["completed", "7", "2"]], w.sql("SELECT * FROM `call`"))
    check("its record is kept", w.sql("SELECT record_key FROM cdr") ==
          [["r1"]])
    check("people are told", w.cell("SELECT COUNT(*) FROM delivery") == "1" and
          w.cell("SELECT COUNT(pending) FROM notice") == "0")
    w.sql("DELETE FROM delivery; DELETE FROM notification")
    w.redis("FLUSHALL")


def measured(w):
    w.redis("FLUSHALL")
    w.redis.put("recordings", w.org, "recording:1")
    w.redis.put("recordings", w.org, "recording:2")
    done = subprocess.run(
        [os.path.join(BUILD, "cgi-bin", "health")], capture_output=True,
        text=True, timeout=60, check=False,
        env=dict(w.db.env, GATEWAY_INTERFACE="CGI/1.1", REQUEST_METHOD="GET",
                 SERVER_PROTOCOL="HTTP/1.1", REMOTE_ADDR="127.0.0.1",
                 SCRIPT_NAME="/cgi-bin/health", PATH_INFO="/metrics",
                 QUERY_STRING="")).stdout
    check("how many wait", 'opbx_queue_jobs{queue="recordings"} 2\n' in done,
          done)
    check("and how long", re.search(
        r'^opbx_queue_age_seconds{queue="recordings"} \d+\.\d{3}$', done,
        re.M), done)
    check("of each queue", done.count("opbx_queue_jobs{") == 5, done)
    w.redis("FLUSHALL")


def heard(w):
    """A job that hangs is told of."""
    def worker_line():
        return re.search(r"^.*\bworker\b.*$",
                         w.db.ctl("doctor").stdout, re.M).group(0)

    run = f"{w.db.folder}/run"
    worker = Worker(w)
    check("all is well", comes(lambda: worker_line() == "ok   worker"),
          worker_line())
    check("each job is heard of", comes(lambda: {
        "worker.cdr", "worker.recordings", "worker.cache", "worker.mail",
        "worker.https", "worker.repair", "worker.retention",
        "worker.sweep"} <= set(os.listdir(run))), os.listdir(run))
    stopped = worker.jobs()[7]  # cdr
    os.kill(stopped, signal.SIGSTOP)
    time.sleep(0.1)
    past = time.time() - 600
    os.utime(f"{run}/worker.cdr", (past, past))
    line = worker_line()
    check("one that hangs is named", "cdr was not heard of" in line, line)
    os.kill(stopped, signal.SIGCONT)
    check("until it goes on", comes(
        lambda: worker_line() == "ok   worker"), worker_line())
    check("it ends", worker.stop() == 0)


def inject(w, count, first):
    """Jobs of recordings that are nobody's: each asks MariaDB."""
    w.redis("EVAL", "for n = ARGV[2], ARGV[2] + ARGV[3] - 1 do"
            " local key = 'recording:' .. string.format('%d', n)"
            " local id = redis.call('XADD', KEYS[1], '*', 'organization',"
            " ARGV[1], 'key', key)"
            " redis.call('HSET', KEYS[1] .. ':jobs', ARGV[1] .. ':' .. key,"
            " 'w' .. id) end", "1", "opbx:queue:recordings", str(w.org),
            str(first), str(count))


def largest(sizes):
    """Of one process: those that slept come up to it, and no further."""
    return max(sizes.values())


def memory(w):
    worker = Worker(w, RELEASE)
    warm_up = max(2000, JOBS // 20)
    inject(w, warm_up, 1)
    check("it works", comes(lambda: w.redis.depth("recordings") == 0, 120))
    before = {pid: resident(pid) for pid in worker.jobs()}
    since = time.monotonic()
    for first in range(0, JOBS, 10000):
        inject(w, min(10000, JOBS - first), 10000000 + first)
        check("they are done", comes(
            lambda: w.redis.depth("recordings") == 0, 240))
    took = time.monotonic() - since
    after = {pid: resident(pid) for pid in worker.jobs()}
    check("no process ended", set(after) == set(before))
    check(f"{JOBS} jobs leave the memory as it was",
          largest(after) - largest(before) <= GROWTH, (before, after))
    print(f"{JOBS} jobs in {took:.1f} s, memory grew by"
          f" {largest(after) - largest(before)} KiB of {largest(after)}")
    check("nothing is left of them",
          w.redis.left("recordings") == ["0"] * 4)
    check("it ends", worker.stop() == 0)


def main():
    with Database() as db, World(check, db) as w:
        w.configure(**{"log.level": "info"})
        for part in (commands, each_queue, measured, heard, memory):
            part(w)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
