"""The worker fetches recordings and voicemails, from where they may come
from and as what they must be, each once.
"""
import glob
import os
import sys
import threading

from database import Checks, Database
from labour import Files, Worker, World, certificate
from patience import comes
from sounds import mp3, wav

check = Checks()
API_KEY = "XI0123456789abcdef0123456789abcdef"


def recording(w, url, **more):
    w.count += 1
    return w.insert("recording", call_key=f"call-{w.count}",
                    recorded_at="2026-11-20 12:00:00", source_url=url, **more)


def voicemail(w, url, **more):
    w.count += 1
    return w.insert("voicemail", call_key=f"call-{w.count}",
                    extension_id=w.extension, source_url=url,
                    received_at="2026-11-20 12:00:00", **more)


def show(w, id, table="recording"):
    more = ", audio_token" if table == "voicemail" else ", NULL"
    row = w.sql(f"SELECT state, failure, media_type, bytes, seconds,"
                f" expires_at{more} FROM {table} WHERE id = {id}")[0]
    return dict(zip(("state", "failure", "media_type", "bytes", "seconds",
                     "expires_at", "token"),
                    [None if cell == "NULL" else cell for cell in row]))


def content(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def drafts(w):
    return glob.glob(f"{w.db.folder}/var/audio/*/*/*.*")


def clear(w):
    w.sql("DELETE FROM recording; DELETE FROM voicemail;"
          " DELETE FROM parked_job; UPDATE organization SET"
          " limit_storage_mb = 0")
    w.redis("FLUSHALL")
    w.web.requests.clear()
    w.web.answers.clear()


def fetches(w):
    w.web.files = {"/one.wav": wav(seconds=2.6), "/two.mp3": mp3()}
    w.sql("UPDATE setting SET recording_retention = 30")
    one = recording(w, f"{w.web.url}/one.wav")
    two = voicemail(w, f"{w.web.url}/two.mp3")
    none = recording(w, None)
    gone = recording(w, f"{w.web.url}/gone",
                     deleted_at="2026-11-21 12:00:00")
    w.work()
    shown = show(w, one)
    check("a recording is here", shown == {
        "state": "ready", "failure": None, "media_type": "audio/wav",
        "bytes": str(len(w.web.files["/one.wav"])), "seconds": "3",
        "expires_at": "2026-12-20 12:00:00.000", "token": None}, shown)
    check("as it came", content(w.path("recording", one)) ==
          w.web.files["/one.wav"])
    check("for us alone", os.stat(w.path("recording", one)).st_mode & 0o777
          == 0o640)
    shown = show(w, two, "voicemail")
    check("a voicemail is here", (shown["state"], shown["media_type"],
                                  shown["expires_at"]) ==
          ("ready", "audio/mpeg", None), shown)
    check("under an address of its own", len(shown["token"] or "") == 32)
    check("its file", content(w.path("voicemail", two)) ==
          w.web.files["/two.mp3"])
    check("who asked to be told of it is", w.sql(
        "SELECT event, notice_key, COALESCE(pending, 0) FROM notice") ==
          [["voicemail", f"voicemail {two}", "0"]])
    check("one without an address waits", show(w, none)["state"] == "pending")
    check("a deleted one is not fetched", show(w, gone)["state"] == "pending"
          and len(w.web.requests) == 2, w.web.requests)
    check("no key for strangers", not any(
        "authorization" in r.headers for r in w.web.requests))
    check("nothing is left of the jobs",
          w.redis.left("recordings") == ["0"] * 4)
    w.work()
    check("once", len(w.web.requests) == 2)
    clear(w)


def retries(w):
    w.web.files = {"/late.wav": wav()}
    id = recording(w, f"{w.web.url}/late.wav")
    w.web.answers = ["404", "500", "half", "close"]
    words = []
    for _ in range(4):
        w.work()
        shown = show(w, id)
        check("it is still wanted", shown["state"] == "pending", shown)
        words.append(shown["failure"])
        asked = len(w.web.requests)
        w.work()
        check("not before its time", len(w.web.requests) == asked)
        w.redis.due("recordings")
    check("why is shown", words[:2] == ["it answered 404", "it answered 500"]
          and "closed" in words[2], words)
    w.work()
    shown = show(w, id)
    check("the fifth time it came", (shown["state"], shown["failure"]) ==
          ("ready", None), shown)
    check("nothing is parked", not w.sql("SELECT * FROM parked_job"))
    check("no half file is left", not drafts(w), drafts(w))
    clear(w)


def parks(w):
    id = recording(w, f"{w.web.url}/never.wav")
    for _ in range(5):
        w.work()
        w.redis.due("recordings")
    check("five times", len(w.web.requests) == 5, w.web.requests)
    shown = show(w, id)
    check("then it failed", (shown["state"], shown["failure"]) ==
          ("failed", "it answered 404"), shown)
    check("and is parked", w.sql(
        "SELECT organization_id, queue, job_key, attempts, failure"
        " FROM parked_job") == [[str(w.org), "recordings",
                                 f"recording:{id}", "5", "it answered 404"]])
    w.work()
    check("and left alone", len(w.web.requests) == 5)
    listed = w.db.ctl("jobs", "list").stdout
    check("opbxctl lists it", f"recording:{id}: it answered 404" in listed,
          listed)
    w.web.files = {"/never.wav": wav()}
    number = w.cell("SELECT id FROM parked_job")
    done = w.db.ctl("jobs", "retry", "--id", number)
    check("opbxctl puts it again", done.stdout == "1 put again\n",
          done.stdout + done.stderr)
    w.work()
    check("and it comes", show(w, id)["state"] == "ready", show(w, id))
    check("nothing is parked", not w.sql("SELECT * FROM parked_job"))
    clear(w)


def refusals(w):
    big = wav(seconds=1) + b"x"
    w.web.files = {"/text": b"<html>no audio</html>", "/empty": b"",
                   "/behind.wav": big}
    for url, word in (
            (f"{w.web.url}/text", "WAV"), (f"{w.web.url}/empty", "empty"),
            (f"{w.web.url}/behind.wav", ""),
            (w.web.url.replace("https", "http") + "/a", "only https"),
            ("https://127.0.0.2/a", "public Internet"),
            ("https://10.0.0.1/a", "public Internet"),
            ("https://169.254.169.254/latest", "public Internet"),
            ("https://[::1]/a", ""), ("https://[fe80::1]/a", ""),
            ("https://u:p@127.0.0.1/a", "name and password"),
            ("file:///etc/passwd", ""), ("nonsense", ""),
            ("gopher://127.0.0.1/", "only https")):
        id = recording(w, url)
        w.work()
        shown = show(w, id)
        check(f"{url} is refused", shown["state"] == "pending"
              and shown["failure"] and word in shown["failure"], shown)
        check(f"{url}: nothing is kept", content(w.path("recording", id))
              is None and not drafts(w), drafts(w))
        clear(w)
    for answer, word in (
            ("302 https://127.0.0.2/a", "public Internet"),
            ("302 http://127.0.0.1/a", "only https"), ("garbage", "")):
        id = recording(w, f"{w.web.url}/a")
        w.web.answers = [answer]
        w.work()
        shown = show(w, id)
        check(f"{answer} is refused", shown["failure"]
              and word in shown["failure"], shown)
        clear(w)


def credentials(w):
    """To the carrier's hosts, and to no other by way of a redirect."""
    token = w.db.ctl("token", "create", "--org", "a", "--email",
                     "owner@a.example", "--abilities", "*").stdout.strip()
    w.ask("settings", token, {"carrier_api_key": API_KEY})
    w.web.files = {"/a.wav": wav(), "/b.wav": wav()}
    w.configure(**{"carrier.hosts": "cloudonix.io localhost"})
    url = f"https://localhost:{w.web.port}"
    id = recording(w, f"{url}/a.wav")
    stranger = recording(w, f"{w.web.url}/b.wav")
    w.work()
    said = {r.path: r.headers.get("authorization") for r in w.web.requests}
    check("the carrier is told the key", said == {
        "/a.wav": f"Bearer {API_KEY}", "/b.wav": None}, said)
    check("both are here", show(w, id)["state"] == "ready"
          and show(w, stranger)["state"] == "ready")
    clear(w)
    recording(w, f"{url}/a.wav")
    w.web.answers = [f"302 {w.web.url}/b.wav"]
    w.work()
    said = [r.headers.get("authorization") for r in w.web.requests]
    check("not where it leads elsewhere", said == [f"Bearer {API_KEY}", None],
          said)
    clear(w)
    w.configure(**{"carrier.hosts": "ocalhost host"})
    recording(w, f"{url}/a.wav")
    w.work()
    check("a host is a whole name", "authorization" not in
          w.web.requests[0].headers)
    w.configure(**{"carrier.hosts": "localhost"})
    clear(w)
    w.sql("UPDATE setting SET carrier = 'twilio'")
    recording(w, f"{url}/a.wav")
    w.work()
    check("another carrier's key is no Bearer", "authorization" not in
          w.web.requests[0].headers)
    w.sql("UPDATE setting SET carrier = 'cloudonix'")
    clear(w)


def storage(w):
    w.web.files = {"/big.wav": wav(seconds=80)}
    w.sql("UPDATE organization SET limit_storage_mb = 1")
    id = recording(w, f"{w.web.url}/big.wav")
    w.work()
    shown = show(w, id)
    check("what does not fit is not kept", "MiB" in shown["failure"]
          and content(w.path("recording", id)) is None and not drafts(w),
          shown)
    w.sql("UPDATE organization SET limit_storage_mb = 2")
    w.redis.due("recordings")
    w.work()
    check("until it fits", show(w, id)["state"] == "ready", show(w, id))
    w.sql("UPDATE organization SET limit_storage_mb = 1")
    other = recording(w, f"{w.web.url}/big.wav")
    asked = len(w.web.requests)
    w.work()
    check("where nothing fits nobody is asked",
          len(w.web.requests) == asked and show(w, other)["failure"])
    clear(w)


def without_redis(w):
    w.web.files = {"/a.wav": wav()}
    id = recording(w, f"{w.web.url}/a.wav")
    w.redis.kill()
    w.work(status=1)
    check("it is fetched without Redis", show(w, id)["state"] == "ready",
          show(w, id))
    w.redis.start()
    lost = recording(w, f"{w.web.url}/a.wav")
    w.redis("FLUSHALL")
    w.work()
    check("a Redis that forgot it has it again",
          show(w, lost)["state"] == "ready")
    clear(w)


def kills(w):
    """kill -9 at any moment, of two workers side by side."""
    w.web.files = {f"/{n}.wav": wav(seconds=n / 10 + 0.1) for n in range(60)}
    ids = [recording(w, f"{w.web.url}/{n}.wav") for n in range(60)]
    for id in ids:
        w.redis.put("recordings", w.org, f"recording:{id}")
    for _ in range(4):
        workers = [Worker(w), Worker(w)]
        asked = len(w.web.requests)
        comes(lambda asked=asked: len(w.web.requests) > asked + 5, 5)
        for worker in workers:
            worker.kill()
        w.redis.due("recordings")
    workers = [Worker(w), Worker(w)]
    done = comes(lambda: w.cell(
        "SELECT COUNT(*) FROM recording WHERE state = 'ready'") == "60", 60)
    check("none is lost", done, w.sql("SELECT id, state, failure FROM"
                                      " recording WHERE state <> 'ready'"))
    check("nothing is left of the jobs", comes(
        lambda: w.redis.left("recordings") == ["0"] * 4))
    for worker in workers:
        check("SIGTERM ends it well", worker.stop() == 0)
    check("each is whole", all(
        content(w.path("recording", id)) == w.web.files[f"/{n}.wav"]
        for n, id in enumerate(ids)))
    check("nothing was parked", not w.sql("SELECT * FROM parked_job"))
    clear(w)


def graceful(w):
    w.web.files = {"/slow.wav": wav()}
    id = recording(w, f"{w.web.url}/slow.wav")
    w.redis.put("recordings", w.org, f"recording:{id}")
    gate = threading.Event()
    w.web.gate = gate
    worker = Worker(w)
    check("it is being fetched", comes(lambda: w.web.requests))
    threading.Timer(1.5, gate.set).start()
    check("SIGTERM ends it well", worker.stop() == 0)
    w.web.gate = None
    check("what was in hand is done", show(w, id)["state"] == "ready",
          show(w, id))
    check("and nothing is left of it",
          w.redis.left("recordings") == ["0"] * 4)
    clear(w)


def main():
    with Database() as db:
        path = certificate(db.folder)
        with Files(path) as web, World(
                check, db, **{"net.allow_private": "127.0.0.1 ::1",
                              "net.ca_file": path,
                              "carrier.hosts": "cloudonix.io"}) as w:
            w.web = web
            w.extension = w.insert("extension", number="1001", name="Ann",
                                   type="user")
            for part in (fetches, retries, parks, refusals, credentials,
                         storage, without_redis, graceful, kills):
                part(w)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
