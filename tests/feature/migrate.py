#!/usr/bin/env python3
"""opbxctl migrate and doctor: repeatable, resumable, clear when refused."""
import concurrent.futures
import os
import shutil
import sys
import time

from database import CTL, Database, Checks, ROOT

check = Checks()


def copy_of(db, name):
    """A sql folder of its own, to be changed."""
    folder = f"{db.folder}/{name}"
    shutil.copytree(f"{ROOT}/sql", folder)
    return folder


def write(path, text, mode="w"):
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)


def versions(db):
    return {row[0]: row[1:] for row in db.sql(
        "SELECT file, statements, finished_at IS NOT NULL"
        " FROM schema_version").rows}


def refused(what, done, *words):
    check(what, done.returncode == 1
          and all(word in done.stderr for word in words), done.stderr)


def first(db):
    with concurrent.futures.ThreadPoolExecutor() as both:
        two = list(both.map(lambda _: db.ctl("migrate"), range(2)))
    for done in two:
        check("one of two that start at once", done.returncode == 0,
              done.stderr)
    check("each file was applied once", sorted(
        line for done in two for line in done.stdout.splitlines()) == sorted(
            f"applied {name}" for name in os.listdir(f"{ROOT}/sql")),
        [done.stdout for done in two])
    check("and is known", set(versions(db)) == set(os.listdir(f"{ROOT}/sql"))
          and all(row[1] == "1" for row in versions(db).values()),
          versions(db))
    times = []
    for _ in range(3):
        begin = time.monotonic()
        done = db.ctl("migrate")
        times.append(time.monotonic() - begin)
        check("nothing to do", done.returncode == 0 and done.stdout == "",
              done.stdout + done.stderr)
    # Sanitizers and busy machines make it slower.
    check(f"it is fast: {times}", min(times) < (1 if "asan" in CTL else 0.2))


def changed(db):
    sql = copy_of(db, "changed")
    db.configure(sql)
    write(f"{sql}/0001-tenants.sql", "-- changed\n", "a")
    refused("an old file that was changed", db.ctl("migrate"),
            "0001-tenants.sql was changed after it was applied")
    check("doctor tells", "fail migrations: 0001-tenants.sql was changed"
          in db.ctl("doctor").stdout)
    os.remove(f"{sql}/0001-tenants.sql")
    refused("an old file that is gone", db.ctl("migrate"),
            "0001-tenants.sql", "newer than this program")
    shutil.copy(f"{ROOT}/sql/0001-tenants.sql", sql)
    write(f"{sql}/0000-early.sql", "SELECT 1;")
    refused("a new file before the old ones", db.ctl("migrate"),
            "0000-early.sql", "highest number")
    os.rename(f"{sql}/0000-early.sql", f"{sql}/0001-twin.sql")
    refused("two of one number", db.ctl("migrate"), "same number")
    os.remove(f"{sql}/0001-twin.sql")
    check("nothing of it was applied", db.ctl("migrate").stdout == "")
    check("nothing new is known",
          set(versions(db)) == set(os.listdir(f"{ROOT}/sql")))
    with open(f"{sql}/views.sql", encoding="utf-8") as file:
        text = file.read()
    write(f"{sql}/views.sql", text + "CREATE VIEW more AS SELECT 1 AS x;\n")
    check("doctor sees that views changed",
          "fail migrations: 1 wait" in db.ctl("doctor").stdout)
    check("views that changed are applied again",
          db.ctl("migrate").stdout == "applied views.sql\n")
    write(f"{sql}/views.sql", text + "CREATE VIEW more AS SELECT nothing;\n")
    refused("a view that fails", db.ctl("migrate"), "views.sql", "line ",
            "1054")
    write(f"{sql}/views.sql", text + "DROP VIEW more;\n")
    check("is tried again", db.ctl("migrate").stdout == "applied views.sql\n")
    write(f"{sql}/grants.sql", "GRANT SELECT ON @database@.x TO @nobody@;\n",
          "a")
    refused("a grant to no account", db.ctl("migrate"),
            "@nobody@ is no account")


def interrupted(db):
    sql = copy_of(db, "interrupted")
    db.configure(sql)
    good = "CREATE TABLE one (id INT);\n"
    path = f"{sql}/9999-more.sql"
    write(path, good + "\n-- and\nCREATE TABLE two (id NONSENSE);\n")
    refused("a statement that fails", db.ctl("migrate"), "9999-more.sql",
            "statement 2 (line 4)", "NONSENSE")
    check("what was done of it is known",
          versions(db)["9999-more.sql"] == ["1", "0"], versions(db))
    refused("again", db.ctl("migrate"), "statement 2 (line 4)")
    write(path, "CREATE TABLE one (id BIGINT);\nCREATE TABLE two (id INT);")
    refused("what was applied of it is changed", db.ctl("migrate"),
            "was changed before its statement 2")
    write(path, good + "-- mended\nCREATE TABLE two (id INT);\n"
          "INSERT INTO two VALUES (1), (2);\n")
    done = db.ctl("migrate")
    check("what is left of it can be mended", done.returncode == 0
          and "applied 9999-more.sql\n" in done.stdout, done.stderr)
    check.done("and went on where it stopped", db.sql(
        "SELECT COUNT(*) FROM two, one RIGHT JOIN (SELECT 1) x ON 1"),
        [["2"]])
    check("and is finished", versions(db)["9999-more.sql"] == ["3", "1"])


def accounts(db):
    user = ("SELECT 1 FROM information_schema.user_privileges"
            " WHERE grantee LIKE '%opbx\\_%' AND privilege_type <> 'USAGE'")
    check.done("no account has a global privilege", db.sql(user), [])
    check.done("voice logs in", db.sql("SELECT 1", "voice"), [["1"]])
    secret = db.master
    db.master = bytes(32)
    check.refused("not with another key", db.sql("SELECT 1", "voice"), 1045)
    write(f"{db.folder}/secret", db.master.hex())
    check("doctor notices another key",
          "fail mariadb: " in db.ctl("doctor").stdout)
    check("a new key makes new passwords",
          "applied grants.sql" in db.ctl("migrate").stdout)
    check.done("voice logs in with it", db.sql("SELECT 1", "voice"), [["1"]])
    db.master = secret
    write(f"{db.folder}/secret", secret.hex())
    db.ctl("migrate")
    db.sql("GRANT SELECT ON opbx.user TO opbx_voice@localhost")
    check("doctor notices a privilege too many",
          "fail account voice: sees base tables" in db.ctl("doctor").stdout)
    db.sql("DELETE FROM schema_version WHERE file = 'grants.sql'")
    db.ctl("migrate")
    check("and migrate takes it away", "account voice"
          not in db.ctl("doctor").stdout)


def elsewhere(db):
    """Another name, one account, no server, nothing to log in with."""
    db.name = "other_1"
    db.configure(db_prefix="o1_")
    check("a second database beside the first",
          db.ctl("migrate").returncode == 0)
    check.done("has its tables", db.sql(
        "SELECT COUNT(*) FROM organization"), [["0"]])
    db.configure(db_name="bad`name")
    refused("a name with a quote", db.ctl("migrate"), "db.name")
    db.name = "alone"
    db.configure(db_accounts="one", db_user="one", db_password="one")
    db.sql("CREATE USER one@localhost IDENTIFIED BY 'one';"
           "GRANT ALL ON alone.* TO one@localhost", database="")
    db.configure(db_accounts="one", db_user="one", db_password="one",
                 db_admin_user="one", db_admin_password="one")
    refused("a binary log, and nobody may make triggers", db.ctl("migrate"),
            "1419", "log_bin_trust_function_creators")
    db.sql("SET GLOBAL log_bin_trust_function_creators = 1", database="")
    done = db.ctl("migrate")
    check("one account does", done.returncode == 0, done.stderr)
    check("and no grants are made", "grants.sql" not in done.stdout)
    done = db.ctl("doctor")
    check("doctor names the guard that is lost",
          "warn accounts: db.accounts = one" in done.stdout, done.stdout)
    db.configure(db_admin_user="nobody", db_admin_password="guess")
    refused("an administrator who may not", db.ctl("migrate"), "1045")
    db.configure(db_socket="/nonexistent/socket")
    refused("no server", db.ctl("migrate"), "2002")
    done = db.ctl("doctor")
    check("doctor tells what to start", done.returncode == 1
          and "fail mariadb:" in done.stdout, done.stdout)


def doctor(db):
    done = db.ctl("doctor")
    lines = done.stdout.splitlines()
    check("doctor looks at everything", len(lines) >= 10
          and all(line[:5] in ("ok   ", "warn ", "fail ")
                  for line in lines), done.stdout)
    for words in ("ok   configuration", "ok   secret", "ok   migrations",
                  "ok   mariadb", "ok   accounts", "ok   tzdata",
                  "warn base_url", "warn redis"):
        check(f"doctor says {words}", words in done.stdout, done.stdout)
    # The programs may be built alone, without responders beside them.
    failed = [line for line in lines if line.startswith("fail")
              and not line.startswith("fail responders")]
    check("nothing failed", not failed, done.stdout)
    os.chmod(f"{db.folder}/secret", 0o644)
    done = db.ctl("doctor")
    check("doctor notices a secret that others can read",
          done.returncode == 1 and "fail secret" in done.stdout, done.stdout)
    os.chmod(f"{db.folder}/secret", 0o600)
    os.rename(f"{db.folder}/run", f"{db.folder}/away")
    check("doctor notices a missing folder", "fail run_dir: there is no"
          in db.ctl("doctor").stdout)
    os.rename(f"{db.folder}/away", f"{db.folder}/run")
    done = db.ctl("doctor", OPBX_CONF="/nonexistent/opbx.conf")
    check("doctor without a configuration", done.returncode == 1
          and "fail configuration" in done.stdout, done.stdout)
    check("a word too many", db.ctl("migrate", "now").returncode == 2)
    check("no such command", db.ctl("mirgate").returncode == 2)
    check("help", db.ctl("help").returncode == 0
          and "migrate" in db.ctl("help").stdout)


def main():
    with Database() as db:
        for part in (first, doctor, changed, accounts, interrupted,
                     elsewhere):
            part(db)
            db.name = "opbx"
            db.configure()
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
