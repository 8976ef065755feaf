"""A private MariaDB with the schema in it, for tests that speak SQL.

One server in a temporary folder, on a unix socket; it goes with the test.
Statements run in the mariadb client, as the administrator or as one of the
accounts of sql/grants.sql.
"""
import getpass
import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CTL = os.path.join(ROOT, "build", os.environ.get("MODE", "asan"), "sbin",
                   "opbxctl")


class Answer:
    """What a script answered: rows of texts, or the error's number."""

    def __init__(self, done):
        self.rows = [line.split("\t")
                     for line in done.stdout.splitlines()]
        found = re.search(r"^ERROR (\d+)", done.stderr, re.M)
        self.error = int(found.group(1)) if found else 0
        self.text = done.stderr.strip()
        if done.returncode and not self.error:
            self.error = -1

    def __repr__(self):
        return self.text if self.error else repr(self.rows)


class Database:
    def __init__(self):
        # Short, for a socket's path has at most 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="opbx-db-")
        os.chmod(self.folder, 0o755)
        self.socket = f"{self.folder}/s"
        self.master = secrets.token_bytes(32)
        self.name = "opbx"
        self.server = None
        self.env = dict(os.environ, OPBX_CONF=f"{self.folder}/opbx.conf")
        for name in ("run", "var"):
            os.mkdir(f"{self.folder}/{name}")
        with open(f"{self.folder}/secret", "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(self.master.hex())
        self.configure()

    def configure(self, sql=f"{ROOT}/sql", **more):
        """Writes the configuration; db_accounts="one" is db.accounts."""
        keys = {"base_url": "http://127.0.0.1:8080", "secret_file": "secret",
                "run_dir": "run", "var_dir": "var", "sql_dir": sql,
                "db.socket": self.socket, "db.name": self.name,
                "db.admin_user": getpass.getuser(),
                "redis.socket": f"{self.folder}/redis"}
        keys.update({k.replace("_", ".", 1): v for k, v in more.items()})
        with open(self.env["OPBX_CONF"], "w", encoding="utf-8") as file:
            for key, value in keys.items():
                file.write(f"{key} = {value}\n")

    def __enter__(self):
        user = getpass.getuser()
        with open(f"{self.folder}/log", "ab") as log:
            subprocess.run(
                ["mariadb-install-db", "--no-defaults", f"--user={user}",
                 f"--datadir={self.folder}/data", "--skip-test-db",
                 "--auth-root-authentication-method=socket",
                 f"--auth-root-socket-user={user}",
                 "--innodb-log-file-size=8M"],
                stdout=log, stderr=log, check=True,
                # Another server that starts would sweep a shared one.
                env={**os.environ, "TMPDIR": self.folder})
            self.server = subprocess.Popen(
                [shutil.which("mariadbd") or "/usr/sbin/mariadbd",
                 "--no-defaults", f"--user={user}",
                 f"--datadir={self.folder}/data", f"--socket={self.socket}",
                 f"--tmpdir={self.folder}", "--skip-networking",
                 # As where there are replicas: what it then refuses shows.
                 "--log-bin", "--server-id=1",
                 "--innodb-log-file-size=8M", "--lower-case-table-names=0",
                 "--innodb-flush-log-at-trx-commit=0"],
                stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while self.sql("SELECT 1", database="").error:
            if self.server.poll() is not None or time.monotonic() > deadline:
                with open(f"{self.folder}/log", encoding="utf-8") as log:
                    raise RuntimeError(log.read())
            time.sleep(0.05)
        return self

    def __exit__(self, *why):
        if self.server is not None:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(30)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def password(self, account):
        """As crypto_derive() and db.h have it."""
        return hashlib.blake2b(f"database {account}".encode(),
                               digest_size=32, key=self.master,
                               person=b"opbx derive 1").hexdigest()

    def sql(self, text, account=None, tenant=None, database=None):
        """Runs a script up to its first error, as the administrator when no
        account is named, for one tenant when one is."""
        command = ["mariadb", "--no-defaults", "-S", self.socket, "-N", "-B",
                   "--unbuffered"]
        env = dict(self.env)
        if account is not None:
            command += ["-u", f"opbx_{account}"]
            env["MYSQL_PWD"] = self.password(account)
        else:
            command += ["-u", getpass.getuser()]
        command.append(self.name if database is None else database)
        before = ("SET time_zone = '+00:00', "
                  "sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY';\n")
        if tenant is not None:
            before += f"SET @organization_id = {tenant};\n"
        return Answer(subprocess.run(
            [part for part in command if part], input=before + text, env=env,
            capture_output=True, text=True, timeout=120, check=False))

    def ctl(self, *arguments, **more):
        return subprocess.run([CTL, *arguments], env=dict(self.env, **more),
                              capture_output=True, text=True, timeout=240,
                              stdin=subprocess.DEVNULL, check=False)


class Checks:
    """Counts what holds, tells what does not."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, holds, detail=""):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED: {what}")
        for line in str(detail).splitlines():
            print(f"    {line}")

    def refused(self, what, answer, error, word=""):
        self(what, answer.error == error and word in answer.text,
             f"wanted error {error} {word}, got {answer!r}")

    def done(self, what, answer, rows=None):
        self(what, answer.error == 0 and rows in (None, answer.rows),
             f"wanted {'success' if rows is None else rows}, got {answer!r}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
