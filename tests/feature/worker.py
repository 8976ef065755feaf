"""opbx-worker: keeps the node's map, repairs the outbox, survives outages."""
import os
import signal
import subprocess
import sys
import time

import logs
from database import CTL, Checks, Database
from patience import comes

WORKER = os.path.join(os.path.dirname(CTL), "opbx-worker")
JOBS = 15
check = Checks()


class Redis:
    def __init__(self, db):
        self.socket = f"{db.folder}/redis"
        self.server = None

    def start(self):
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket,
             "--save", ""], stdout=subprocess.DEVNULL)
        comes(lambda: self("PING") == "PONG")

    def stop(self):
        self.server.kill()
        self.server.wait()
        os.unlink(self.socket)

    def __call__(self, *command):
        return subprocess.run(
            ["redis-cli", "-s", self.socket, *command], text=True,
            capture_output=True, timeout=30, check=False).stdout.strip()


class Worker:
    def __init__(self, db):
        self.log = f"{db.folder}/worker.log"
        self.process = subprocess.Popen(
            [WORKER], env=db.env, stderr=open(self.log, "wb"))

    def lines(self):
        return logs.lines(self.log)

    def said(self, words, job=None):
        return [line for line in self.lines()
                if words in line["message"] and line.get("job") == job]

    def jobs(self):
        """The processes of the jobs, in the order of their start."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path, encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def raise_generation(db, organization):
    check.done("a change", db.sql(
        f"INSERT INTO outbox (organization_id, generation) "
        f"VALUES ({organization}, 5)"))


def notes(db):
    return db.sql("SELECT COUNT(*) FROM outbox").rows == [["0"]]


def once(db, redis):
    def run(*arguments):
        return subprocess.run([WORKER, *arguments], env=db.env, text=True,
                              capture_output=True, timeout=60, check=False)

    raise_generation(db, 3)
    check("--once without Redis fails", run("--once").returncode == 1)
    check("and keeps the note", not notes(db))
    redis.start()
    done = run("--once")
    check("--once", done.returncode == 0 and done.stderr == "", done.stderr)
    check("Redis was told", redis("GET", "opbx:3:generation") == "5")
    check("and the note is gone", notes(db))
    check("an unknown option", run("--twice").returncode == 2)
    done = subprocess.run(
        [WORKER], env=dict(db.env, OPBX_CONF="/nonexistent"), text=True,
        capture_output=True, timeout=60, check=False)
    check("no configuration", done.returncode == 1
          and "/nonexistent" in done.stderr, done.stderr)


def stays(db, redis):
    worker = Worker(db)
    check("one line at the start", comes(lambda: worker.said("started")))
    check("subscribes", comes(lambda: redis(
        "PUBSUB", "NUMSUB", "opbx:generation").endswith("1")))
    raise_generation(db, 4)
    check("repairs the outbox", comes(lambda: notes(db)))
    check("Redis was told", redis("GET", "opbx:4:generation") == "5")

    redis.stop()
    raise_generation(db, 5)
    for job in ("follow", "repair"):
        check(f"{job} says that Redis is away", comes(
            lambda job=job: worker.said("cannot work", job)))
    redis.start()
    for job in ("follow", "repair"):
        check(f"{job} says that Redis is back", comes(
            lambda job=job: worker.said("works again", job)))
        check(f"{job} says it once",
              len(worker.said("cannot work", job)) == 1, worker.lines())
    check("what had to wait was told", comes(
        lambda: redis("GET", "opbx:5:generation") == "5"))

    db.server.send_signal(signal.SIGSTOP)
    check("a stopped MariaDB is noticed", comes(
        lambda: len(worker.said("cannot work", "repair")) == 2))
    db.server.send_signal(signal.SIGCONT)
    check("and that it goes on", comes(
        lambda: len(worker.said("works again", "repair")) == 2))

    jobs = worker.jobs()
    check("a process for each job", len(jobs) == JOBS, jobs)
    os.kill(jobs[0], signal.SIGKILL)
    check("a job that dies is started again", comes(
        lambda: len(worker.jobs()) == JOBS and jobs[0] not in worker.jobs()))

    jobs = worker.jobs()
    since = time.monotonic()
    check("SIGTERM ends it well", worker.stop() == 0)
    check("at once", time.monotonic() - since < 3)
    check("with its jobs", all(is_gone(pid) for pid in jobs))
    check("one line at the end", worker.lines()[-1]["message"] == "stopped",
          worker.lines())


def killed(db):
    worker = Worker(db)
    check("starts", comes(lambda: len(worker.jobs()) == JOBS))
    jobs = worker.jobs()
    worker.process.kill()
    worker.process.wait()
    check("its jobs do not outlive a killed worker",
          comes(lambda: all(is_gone(pid) for pid in jobs)))


def main():
    with Database() as db:
        done = db.ctl("migrate")
        check("migrate", done.returncode == 0, done.stderr)
        redis = Redis(db)
        try:
            once(db, redis)
            stays(db, redis)
            killed(db)
        finally:
            redis.server.kill()
            redis.server.wait()
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
