"""The worker removes what is over, with its files, and nothing else."""
import os
import sys
import time

from database import Checks, Database
from labour import World

check = Checks()
DAY = 86400


def recording(w, table="recording", **more):
    w.count += 1
    at = "recorded_at" if table == "recording" else "received_at"
    if table == "voicemail":
        more["extension_id"] = w.extension
    id = w.insert(table, call_key=f"call-{w.count}", state="ready",
                  **{at: "2026-11-20 12:00:00", **more})
    return id, write(w.path(table, id))


def write(path, age=0):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"x")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def ago(w, days):
    return w.cell(f"SELECT UTC_TIMESTAMP(3) - INTERVAL {days} DAY")


def left(w, table):
    return {int(row[0]) for row in w.sql(f"SELECT id FROM {table}")}


def audio(w):
    for table in ("recording", "voicemail"):
        kept = [recording(w, table),
                recording(w, table, expires_at=ago(w, -1)),
                recording(w, table, deleted_at=ago(w, 29))]
        over = [recording(w, table, expires_at=ago(w, 1)),
                recording(w, table, expires_at=ago(w, 1),
                          deleted_at=ago(w, 2)),
                recording(w, table, deleted_at=ago(w, 31))]
        nothing = w.insert(
            table, call_key="no file", expires_at=ago(w, 1),
            **({"recorded_at": "2026-01-01"} if table == "recording" else
               {"received_at": "2026-01-01", "extension_id": w.extension}))
        w.work()
        check(f"{table}: what is over is gone",
              left(w, table) == {id for id, _ in kept}, left(w, table))
        check(f"{table}: with its file",
              not any(os.path.exists(path) for _, path in over))
        check(f"{table}: the rest stays",
              all(os.path.exists(path) for _, path in kept))
        check(f"{table}: a row without file goes, too",
              nothing not in left(w, table))
    w.configure(**{"retention.deleted_days": "10"})
    w.work()
    check("as many days as the configuration says",
          len(left(w, "recording")) == 2)


def orphans(w):
    named, path = recording(w)
    os.utime(path, (time.time() - 3 * DAY,) * 2)
    other = write(w.path("recording", 999999), 3 * DAY)
    draft = write(w.path("recording", "5.abc"), 3 * DAY)
    young = write(w.path("recording", 888888))
    prompt = write(w.path("prompt", "0" * 32), 3 * DAY)
    nobody = write(w.path("voicemail", 5, organization=777777), 3 * DAY)
    mark = f"{w.db.folder}/var/audio/.looked"
    w.work()
    check("once a day", os.path.exists(other) and os.path.exists(mark))
    os.utime(mark, (time.time() - 2 * DAY,) * 2)
    w.work()
    for gone in (other, draft, prompt, nobody):
        check(f"{gone[-20:]} is nobody's", not os.path.exists(gone))
    check("what a row names stays", os.path.exists(path), named)
    check("what is young stays", os.path.exists(young))


def rows(w):
    w.sql(f"INSERT INTO call_event (organization_id, call_key, kind,"
          f" event_hash, body, created_at, unfolded) SELECT {w.org}, 'c',"
          f" 'cdr', UNHEX(SHA2(seq, 256)), '{{}}', UTC_TIMESTAMP(3) -"
          f" INTERVAL seq DAY, NULL FROM seq_1000_to_1 ORDER BY seq DESC")
    user = w.cell(f"SELECT id FROM user WHERE organization_id = {w.org}")
    past, future = ago(w, 60), ago(w, -60)
    pairs = {
        "session": dict(user_id=int(user)),
        "password_link": dict(user_id=int(user)),
        "idempotency_key": dict(scope="s"),
        "counter": {},
        "voice_key": dict(key_sealed="x"),
    }
    before = {}
    for table, values in pairs.items():
        key = {"idempotency_key": "key_hash", "counter": "name"}.get(
            table, "hash")
        w.sql(f"DELETE FROM {table}")
        for n, at in enumerate((past, future)):
            w.insert(table, **values, **{key: str(n) * 32,
                                         "expires_at": at})
        before[table] = key
    w.sql(f"INSERT INTO attempt VALUES ('{'0' * 32}', 1, '{past}'),"
          f" ('{'1' * 32}', 1, '{future}')")
    before["attempt"] = "name"
    for n, at in enumerate((past, None)):
        w.insert("recovery_code", user_id=int(user), hash=str(n) * 32,
                 used_at=at)
    before["recovery_code"] = "hash"
    for n, at in enumerate((ago(w, 91), ago(w, 89))):
        w.insert("parked_job", queue="cdr", job_key=str(n) * 32, payload="{}",
                 parked_at=at)
    before["parked_job"] = "job_key"
    w.sql("INSERT INTO outbox (organization_id, generation) VALUES (9, 1),"
          " (9, 2), (9, 3)")
    w.redis.kill()  # so that nothing takes the outbox' place
    w.work(status=1)
    w.redis.start()
    for table, key in before.items():
        check(f"{table}: what is over is gone, the rest stays", w.sql(
            f"SELECT {key} FROM {table}") == [["1" * 32]],
            w.sql(f"SELECT {key} FROM {table}"))
    check("events of ninety days", w.cell(
        "SELECT COUNT(*) FROM call_event") in ("89", "90"),
        w.cell("SELECT COUNT(*) FROM call_event"))
    check("the newest of the outbox", w.sql(
        "SELECT generation FROM outbox WHERE organization_id = 9") ==
          [["3"]])


def main():
    with Database() as db, World(check, db) as w:
        w.extension = w.insert("extension", number="1001", name="Ann",
                               type="user")
        for part in (audio, orphans, rows):
            part(w)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
