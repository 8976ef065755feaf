"""The worker counts each CDR once into the sums that statistics read."""
import sys

from database import Checks, Database
from labour import Worker, World
from patience import comes

check = Checks()


def cdr(w, started, **more):
    w.count += 1
    return w.insert("cdr", record_key=f"record-{w.count}",
                    started_at=started, document="{}",
                    **{"direction": "inbound", "disposition": "answered",
                       "duration": 60, "billed": 30, **more})


def hours(w, organization=None):
    return w.sql("SELECT hour, direction, disposition, calls, duration,"
                 " billed FROM cdr_hour WHERE organization_id ="
                 f" {organization or w.org} ORDER BY 1, 2, 3")


def days(w, organization=None):
    return w.sql("SELECT day, number, direction, calls, answered, duration"
                 f" FROM cdr_day WHERE organization_id ="
                 f" {organization or w.org} ORDER BY 1, 2, 3")


def clear(w):
    w.sql("DELETE FROM cdr; DELETE FROM cdr_hour; DELETE FROM cdr_day;"
          " DELETE FROM parked_job")
    w.redis("FLUSHALL")


def counts(w):
    did = w.insert("did", number="+12125550100")
    cdr(w, "2026-11-20 23:59:59.999", did_id=did)
    cdr(w, "2026-11-20 23:00:00", did_id=did, disposition="busy", duration=0,
        billed=0)
    cdr(w, "2026-11-20 23:30:00", did_id=did, duration=15, billed=7)
    cdr(w, "2026-11-21 00:00:00", direction="outbound")
    # 23:30 of the 21st in New York.
    cdr(w, "2026-11-22 04:30:00")
    w.work()
    check("hours are UTC", hours(w) == [
        ["2026-11-20 23:00:00", "inbound", "answered", "2", "75", "37"],
        ["2026-11-20 23:00:00", "inbound", "busy", "1", "0", "0"],
        ["2026-11-21 00:00:00", "outbound", "answered", "1", "60", "30"],
        ["2026-11-22 04:00:00", "inbound", "answered", "1", "60", "30"],
    ], hours(w))
    check("days are the organization's, by its number", days(w) == [
        ["2026-11-20", "", "outbound", "1", "1", "60"],
        ["2026-11-20", "+12125550100", "inbound", "3", "2", "75"],
        ["2026-11-21", "", "inbound", "1", "1", "60"],
    ], days(w))
    check("all are marked", w.cell(
        "SELECT COUNT(*) FROM cdr WHERE unfolded IS NOT NULL") == "0")
    before = hours(w), days(w)
    w.work()
    w.redis.put("cdr", w.org, "fold")
    w.work()
    check("each once", (hours(w), days(w)) == before)
    cdr(w, "2026-11-20 23:10:00", did_id=did)
    w.work()
    check("a later one is added", hours(w)[0][3:] == ["3", "135", "67"]
          and days(w)[1][3:] == ["4", "3", "135"], (hours(w), days(w)))
    check("nothing is left of the jobs", w.redis.left("cdr") == ["0"] * 4)
    clear(w)


def apart(w):
    """Tenants do not meet, and one that cannot be counted stops nobody."""
    other = w.organization("b", timezone="Asia/Tokyo")
    broken = w.organization("c")
    w.sql(f"UPDATE organization SET timezone = 'Nowhere/Land' WHERE"
          f" id = {broken}")
    cdr(w, "2026-11-20 23:00:00")
    cdr(w, "2026-11-20 23:00:00", organization_id=other)
    cdr(w, "2026-11-20 23:00:00", organization_id=broken)
    for _ in range(5):
        w.work()
        w.redis.due("cdr")
    check("one", hours(w)[0][3] == "1")
    check("and the other", days(w, other) == [
        ["2026-11-21", "", "inbound", "1", "1", "60"]], days(w, other))
    check("what cannot be done is parked", w.sql(
        "SELECT organization_id, queue, attempts FROM parked_job") ==
          [[str(broken), "cdr", "5"]], w.sql("SELECT * FROM parked_job"))
    check("and was not half done", not hours(w, broken))
    w.sql(f"UPDATE organization SET timezone = 'UTC' WHERE id = {broken}")
    check("retry", w.db.ctl("jobs", "retry", "--all").stdout ==
          "1 put again\n")
    w.work()
    check("then it is counted", hours(w, broken)[0][3] == "1")
    clear(w)


def many(w, count):
    w.sql("INSERT INTO cdr (organization_id, record_key, started_at,"
          " document, direction, disposition, duration, billed)"
          f" SELECT {w.org}, CONCAT('m', seq), '2026-11-20' + INTERVAL"
          " seq MINUTE, '{}', 'inbound', 'answered', 10, 5 FROM"
          f" seq_1_to_{count}")


def total(w):
    return (w.cell("SELECT COALESCE(SUM(calls), 0) FROM cdr_hour"),
            w.cell("SELECT COALESCE(SUM(calls), 0) FROM cdr_day"),
            w.cell("SELECT COUNT(*) FROM cdr WHERE unfolded IS NOT NULL"))


def kills(w):
    """kill -9 of workers side by side, and of Redis, counts none twice."""
    many(w, 12000)
    w.redis.put("cdr", w.org, "fold")
    for part in range(3):
        workers = [Worker(w), Worker(w)]
        left = int(total(w)[2])
        comes(lambda left=left: int(total(w)[2]) < left, 10)
        for worker in workers:
            worker.kill()
        w.redis.due("cdr")
        if part == 1:
            w.redis.kill()
            w.redis.start()
    w.work()
    check("each is counted once", total(w) == ("12000", "12000", "0"),
          total(w))
    check("nothing was parked", not w.sql("SELECT * FROM parked_job"))
    clear(w)
    many(w, 600)
    w.redis.kill()
    w.work(status=1)
    check("without Redis as well", total(w) == ("600", "600", "0"), total(w))
    w.redis.start()
    clear(w)


def main():
    with Database() as db, World(check, db) as w:
        for part in (counts, apart, kills):
            part(w)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
