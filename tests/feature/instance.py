#!/usr/bin/env python3
"""tools/instance: what `make run`, start, stop and status promise.

Servers of its own below a temporary folder; nothing stays behind.
"""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from database import Checks

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "tools", "instance")
check = Checks()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Instance:
    def __init__(self, var, server="lighttpd", port=None):
        self.var = var
        self.port = port or free_port()
        self.env = dict(os.environ, VAR=var, PORT=str(self.port),
                        SERVER=server)
        self.url = f"http://127.0.0.1:{self.port}"

    def do(self, verb, **more):
        done = subprocess.run([TOOL, verb], env=dict(self.env, **more),
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              timeout=240, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout

    def processes(self):
        """Everything that belongs to this instance, by its environment."""
        mark = f"OPBX_INSTANCE={os.path.realpath(self.var)}".encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as environ:
                    if mark in environ.read().split(b"\0"):
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def pid(self, part):
        with open(f"{self.var}/pid/{part}", encoding="utf-8") as record:
            return int(record.read().split()[0])

    def get(self, path, data=None, **headers):
        request = urllib.request.Request(
            self.url + path, data, {k.replace("_", "-"): v
                                    for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers, refused.read()
        except (OSError, http.client.HTTPException) as broken:
            return 0, {"Content-Type": ""}, str(broken).encode()

    def voice(self, key=None):
        values = shell_values(f"{self.var}/demo.env")
        body = json.dumps({
            "Domain": values["DOMAIN"], "Session": "s1",
            "Direction": "inbound", "CallStatus": "in-progress",
            "From": "+16175551212", "To": "+12125550100"})
        return self.get("/cgi-bin/voice", body.encode(),
                        Content_Type="application/json",
                        Authorization=f"Bearer {key or values['VOICE_KEY']}")


def shell_values(path):
    done = subprocess.run(["sh", "-c", 'set -a; . "$0"; env -0', path],
                          env={}, stdout=subprocess.PIPE, check=True)
    return dict(pair.split("=", 1) for pair in
                done.stdout.decode().split("\0") if pair)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def announced(verb, one, said):
    """The address, who may sign in there, and a call to try it with."""
    values = shell_values(f"{one.var}/demo.env")
    for what in ("BASE_URL", "OWNER_EMAIL", "OWNER_PASSWORD"):
        check(f"{verb} prints {what}", values[what] in said, said)
    check(f"{verb} names the port of now", one.url in said, said)
    curl = said[said.find("curl "):].split("/cgi-bin/voice")[0]
    answer = subprocess.run(["sh", "-c", curl + "/cgi-bin/voice"],
                            stdout=subprocess.PIPE, check=False).stdout
    check(f"the curl that {verb} prints works as it is",
          b"<Number>1001</Number>" in answer, curl + "\n" + str(answer))


def operator(*words, **environment):
    """opbxctl as it was built in the checkout."""
    bare = {name: value for name, value in os.environ.items()
            if name not in ("OPBX_CONF", "VAR")}
    done = subprocess.run([f"{ROOT}/build/release/sbin/opbxctl", *words],
                          env={**bare, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout, done.stderr


def which_instance(one):
    code, out, err = operator("route", "--from", "+16175551212", "--to",
                              "+12125550100", VAR=one.var)
    check("VAR names the instance to opbxctl",
          code == 0 and "<Number>1001</Number>" in out, out + err)
    for environment, named in ((dict(VAR=one.var + "-not"),
                                one.var + "-not/etc/opbx.conf"),
                               (dict(OPBX_CONF="/nowhere/opbx.conf",
                                     VAR=one.var), "/nowhere/opbx.conf")):
        code, out, err = operator("route", "--from", "1", "--to", "2",
                                  **environment)
        check(f"opbxctl says that {named} is not there", code == 1 and
              named in err and out == "", err)
        check("and how to name another", "OPBX_CONF=" in err and
              "VAR=" in err, err)
    broken = f"{one.var}/etc/broken.conf"
    with open(broken, "w", encoding="utf-8") as conf:
        conf.write("nonsense\n")
    code, _, err = operator("route", "--from", "1", "--to", "2",
                            OPBX_CONF=broken)
    check("one that is wrong is not one that is missing",
          code == 1 and "broken.conf:1" in err and "VAR=" not in err, err)
    os.unlink(broken)


def life(folder):
    one = Instance(f"{folder}/one")
    code, out = one.do("status")
    check("status before the start says that nothing runs",
          code != 0 and "nothing runs" in out, out)

    begin = time.monotonic()
    code, out = one.do("start")
    check("start answers 0", code == 0, out)
    if code != 0:
        return
    check("start takes less than 15 s", time.monotonic() - begin < 15)
    announced("start", one, out)
    check("start tells the command that ends it",
          f"make stop VAR={os.path.realpath(one.var)}" in out, out)
    which_instance(one)
    code, out = one.do("status")
    check("status is 0 when all is up", code == 0, out)
    for part in ("mariadb", "redis", "worker", "lighttpd", "site"):
        check(f"status has a line for {part}",
              re.search(rf"^{part} +up", out, re.M), out)

    status, _, body = one.voice()
    check("a call to +12125550100 rings 1001",
          status == 200 and b"<Number>1001</Number>" in body, body)
    check("a wrong key is 401", one.voice("wrong")[0] == 401)
    check("the demo's secrets are for the owner's eyes",
          mode_of(f"{one.var}/demo.env") == 0o600)
    check("the master key is for the owner's eyes",
          mode_of(f"{one.var}/etc/secret") == 0o600)
    with open(f"{one.var}/etc/secret", encoding="ascii") as secret:
        check("the master key has 64 hex digits",
              re.fullmatch("[0-9a-f]{64}\n?", secret.read()))
    status, headers, body = one.get("/cgi-bin/nothing-here")
    check("an unknown responder is 404 in JSON", status == 404 and
          headers["Content-Type"] == "application/problem+json", body)
    check("there is no listing of folders",
          one.get("/../etc/")[0] in (400, 403, 404))

    code, out = one.do("start")
    check("a second start is refused", code != 0 and "already" in out and
          f"make stop VAR={os.path.realpath(one.var)}" in out, out)
    check("and leaves the first alone", one.do("status")[0] == 0)

    two = Instance(f"{folder}/two", port=one.port)
    code, out = two.do("start")
    check("a port that is taken is named",
          code != 0 and str(one.port) in out, out)
    check("and nothing of it is left running", not two.processes())

    long = Instance(f"{folder}/two" + "/long-name" * 12)
    code, out = long.do("start")
    check("a second instance starts beside the first, below a long path",
          code == 0, out)
    check("both answer", one.voice()[0] == 200 and long.voice()[0] == 200)
    check("they have different keys",
          shell_values(f"{one.var}/demo.env")["VOICE_KEY"] !=
          shell_values(f"{long.var}/demo.env")["VOICE_KEY"])
    code, out = long.do("stop")
    check("stop answers 0", code == 0, out)
    check("stop leaves nothing running", not long.processes(),
          long.processes())
    check("the first still answers", one.voice()[0] == 200)

    os.kill(one.pid("redis"), signal.SIGKILL)
    code, out = one.do("status")
    check("status tells what is down", code != 0 and
          re.search("^redis +DOWN", out, re.M), out)
    check("a call is answered without Redis",
          b"<Number>1001</Number>" in one.voice()[2])
    code, out = one.do("start")
    check("start mends what is half dead", code == 0, out)
    check("and all is up again", one.do("status")[0] == 0)

    os.kill(one.pid("lighttpd"), signal.SIGKILL)
    one.do("stop")
    check("orphans of a killed server are stopped, too",
          not one.processes(), one.processes())
    code, out = one.do("stop")
    check("stop when nothing runs is no error", code == 0, out)


def again(folder):
    """The data stays; another port and another server are another start."""
    one = Instance(f"{folder}/one")
    before = open(f"{one.var}/demo.env", encoding="utf-8").read()
    servers = ["lighttpd"]
    for program, names in (("apache2", ["apache", "apache-fcgid",
                                        "apache-cgi"]), ("nginx", ["nginx"])):
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
            servers += names
    for server in servers:
        one = Instance(f"{folder}/one", server)
        code, out = one.do("start")
        check(f"{server} starts", code == 0, out)
        if code != 0:
            continue
        status, _, body = one.voice()
        check(f"{server}: the same key is good, and 1001 rings",
              status == 200 and b"<Number>1001</Number>" in body, body)
        check(f"{server}: a wrong key is 401", one.voice("no")[0] == 401)
        check(f"{server}: an unknown responder is 404 in JSON",
              one.get("/cgi-bin/voicex")[1]["Content-Type"] ==
              "application/problem+json")
        kinds = [one.get(path)[::2] for path in ("/cgi-bin/voicemails/5",
                                                 "/cgi-bin/voice")]
        check(f"{server}: voicemails is told apart from voice beside it",
              kinds[0][0] == kinds[1][0] == 401 and
              json.loads(kinds[0][1])["code"] == "UNAUTHENTICATED" and
              b"<Response>" in kinds[1][1], kinds)
        check(f"{server}: demo.env names the port of now",
              shell_values(f"{one.var}/demo.env")["BASE_URL"] == one.url)
        check(f"{server}: stop ends all",
              one.do("stop")[0] == 0 and not one.processes(),
              one.processes())
    after = open(f"{one.var}/demo.env", encoding="utf-8").read()
    strip = re.compile("^BASE_URL=.*$", re.M)
    check("nothing else of demo.env has changed",
          strip.sub("", before) == strip.sub("", after))


def databases_that_died(folder):
    """A start began the web server and the worker anew with them, and the
    calls of that time were not answered."""
    one = Instance(f"{folder}/dead")
    code, out = one.do("start")
    check("it starts", code == 0, out)
    before = {part: one.pid(part) for part in
              ("mariadb", "redis", "worker", "lighttpd")}
    for parts in (["mariadb"], ["redis"], ["mariadb", "redis"]):
        for part in parts:
            os.kill(one.pid(part), signal.SIGKILL)
        check(f"{parts}: calls are answered", one.voice()[0] == 200)
        code, out = one.do("start")
        check(f"{parts}: started again", code == 0 and
              "runs again" in out, out)
        now = {part: one.pid(part) for part in before}
        for part in before:
            check(f"{parts}: {part} is {'new' if part in parts else 'old'}",
                  (now[part] != before[part]) == (part in parts),
                  (before, now))
        before = now
        check(f"{parts}: all is well", one.do("status")[0] == 0)
    os.kill(one.pid("worker"), signal.SIGKILL)
    code, out = one.do("start")
    check("of another part all start again", code == 0 and
          one.pid("lighttpd") != before["lighttpd"], out)
    check("stop ends all", one.do("stop")[0] == 0 and not one.processes(),
          one.processes())


def foreground(folder):
    one = Instance(f"{folder}/one")
    run = subprocess.Popen([TOOL, "run"], env=one.env, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           start_new_session=True)
    said = ""
    for line in run.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    announced("run", one, said)
    os.killpg(run.pid, signal.SIGINT)
    rest = run.communicate(timeout=60)[0]
    check("Ctrl-C ends it with 0", run.returncode == 0, said + rest)
    check("and nothing is left running", not one.processes(),
          one.processes())

    run = subprocess.Popen([TOOL, "run"], env=one.env, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           start_new_session=True)
    for line in run.stdout:
        if "Ctrl-C" in line:
            break
    os.kill(one.pid("mariadb"), signal.SIGKILL)
    rest = run.communicate(timeout=60)[0]
    check("run ends when a server dies, and says which",
          run.returncode != 0 and "mariadb has died" in rest, rest)
    check("and takes the others along", not one.processes())


def refused(folder):
    """What cannot start says why, with the log, and leaves nothing."""
    one = Instance(f"{folder}/one")
    for what, words in ((dict(PORT="eighty"), "eighty"),
                        (dict(PORT="70000"), "70000"),
                        (dict(SERVER="iis"), "iis"),
                        (dict(MODE="nowhere"), "nowhere"),
                        (dict(EXTRA="no/such"), "no/such")):
        code, out = one.do("start", **what)
        check(f"{what} is refused", code != 0 and words in out, out)

    with tempfile.TemporaryDirectory() as shelf:
        aside = os.path.join(shelf, "mariadb")
        shutil.move(f"{one.var}/mariadb", aside)
        os.mkdir(f"{one.var}/mariadb")
        code, out = one.do("start")
        check("a MariaDB that dies is named with the end of its log",
              code != 0 and "mariadb" in out and "mariadb.log" in out, out)
        check("and nothing is left running", not one.processes())
        shutil.rmtree(f"{one.var}/mariadb")
        shutil.move(aside, f"{one.var}/mariadb")

    os.rename(f"{one.var}/etc/secret", f"{one.var}/etc/secret.good")
    with open(f"{one.var}/etc/secret", "w", encoding="ascii") as secret:
        secret.write("not a key")
    os.chmod(f"{one.var}/etc/secret", 0o600)
    code, out = one.do("start")
    check("a broken master key ends the start", code != 0, out)
    check("and nothing is left running", not one.processes())
    os.rename(f"{one.var}/etc/secret.good", f"{one.var}/etc/secret")

    if os.geteuid() == 0:
        small = f"{folder}/small"
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs",
                           small], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0:
            try:
                full = Instance(f"{small}/var")
                code, out = full.do("start")
                check("a full disk is named",
                      code != 0 and "full" in out, out)
                check("and nothing is left running", not full.processes())
            finally:
                subprocess.run(["umount", small], check=True)
    code, out = one.do("start")
    check("after all that it starts as before", code == 0, out)
    check("and calls are answered",
          b"<Number>1001</Number>" in one.voice()[2])


def main():
    folder = tempfile.mkdtemp(prefix="opbx-instance-")
    os.chmod(folder, 0o755)
    try:
        for part in (life, again, databases_that_died, foreground,
                     refused):
            part(folder)
    finally:
        for name in ("one", "two", "dead"):
            Instance(f"{folder}/{name}").do("stop")
        shutil.rmtree(folder, ignore_errors=True)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
