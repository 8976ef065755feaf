#!/usr/bin/env python3
"""The database keeps tenants apart, whatever a responder asks of it.

Logs in to the accounts of the responders and tries what a forgotten WHERE or
an injected statement would: sql/views.sql, grants.sql, triggers.sql and the
references of the schema have to refuse it.
"""
import sys

from database import Database, Checks

check = Checks()
DELETED = "deleted_at = UTC_TIMESTAMP(3)"


class Tenant:
    """An organization with one of everything that can refer."""

    def __init__(self, db, slug):
        self.db = db
        self.id = int(db.sql(
            f"SELECT organization_create('{slug}', '{slug}', 'US', 'UTC')",
            "ctl").rows[0][0])
        self.user = self.insert(
            "users", "name, email, role, password_hash",
            f"'Owner', 'owner@{slug}.example', 'owner', 'hash-of-{slug}'")
        self.did = self.insert("dids", "number", f"'+1212555010{self.id}'")
        self.extension = self.insert(
            "extensions", "number, name, type, sip_password_sealed",
            "'1001', 'One', 'user', 'sealed'")
        self.group = self.insert(
            "ring_groups", "name, fallback_type, fallback_id",
            f"'Sales', 'voicemail', {self.extension}")
        self.run("INSERT INTO ring_group_members"
                 " (organization_id, ring_group_id, extension_id) VALUES"
                 f" ({self.id}, {self.group}, {self.extension})")

    def run(self, text, account="ctl"):
        return self.db.sql(text, account, self.id)

    def insert(self, view, columns, values, account="ctl"):
        answer = self.run(
            f"INSERT INTO {view} (organization_id, {columns})"
            f" VALUES ({self.id}, {values}); SELECT LAST_INSERT_ID()",
            account)
        check(f"insert into {view}", answer.error == 0, answer)
        return int(answer.rows[0][0]) if answer.rows else 0


def reading(db, a, b):
    views = [row[0] for row in db.sql(
        "SELECT table_name FROM information_schema.views"
        " WHERE table_schema = DATABASE()").rows]
    tables = [row[0] for row in db.sql(
        "SELECT table_name FROM information_schema.tables WHERE"
        " table_schema = DATABASE() AND table_type = 'BASE TABLE'").rows]
    check("there are views", len(views) > 40, views)
    for table in tables:
        check.refused(f"voice reads table {table}",
                      db.sql(f"SELECT 1 FROM `{table}`", "voice", a.id), 1142)
        check.refused(f"ctl reads table {table}",
                      db.sql(f"SELECT 1 FROM `{table}`", "ctl", a.id), 1142)
    for view in views:
        # Every column, by whoever may do most; nobody may without a tenant.
        answer = db.sql(f"SELECT COUNT(*) FROM {view}")
        check.refused(f"{view} without a tenant", answer, 1644)
        check.refused(f"{view} with tenant 0",
                      db.sql("SET @organization_id = 0, @operator_id = 0;"
                             f"SELECT COUNT(*) FROM {view}"), 1644)
    for view in ("extensions", "dids", "ring_groups", "ring_group_members",
                 "organizations", "settings"):
        column = "id" if view == "organizations" else "organization_id"
        check.done(f"voice sees its tenant's {view} alone",
                   db.sql(f"SELECT DISTINCT {column} FROM {view}", "voice",
                          a.id), [[str(a.id)]])
        check.done(f"voice does not see another's {view}",
                   db.sql(f"SELECT COUNT(*) FROM {view}"
                          f" WHERE {column} = {b.id} OR {column} <> {a.id}",
                          "voice", a.id), [["0"]])
    check.refused("voice reads users",
                  db.sql("SELECT id FROM users", "voice", a.id), 1142)
    check.refused("ring-groups reads a password hash",
                  db.sql("SELECT password_hash FROM users", "ring-groups",
                         a.id), 1143)
    for secret in ("password_hash", "totp_sealed", "totp_last_step"):
        check.refused(f"users reads {secret}",
                      db.sql(f"SELECT {secret} FROM users", "users", a.id),
                      1143)
    check.refused("voice reads a SIP password",
                  db.sql("SELECT sip_password_sealed FROM extensions",
                         "voice", a.id), 1143)
    check.refused("voice reads the audit",
                  db.sql("SELECT * FROM audit_entries", "voice", a.id), 1142)
    check.refused("ring-groups reads a PIN",
                  db.sql("SELECT pin_sealed FROM conference_rooms",
                         "ring-groups", a.id), 1143)
    for account, view in (("voice", "ring_groups"), ("calls", "extensions"),
                          ("ring-groups", "extensions"),
                          ("webhook", "dids"), ("audit", "audit_entries")):
        check.refused(f"{account} deletes {view}",
                      db.sql(f"DELETE FROM {view}", account, a.id), 1142)
    check.refused("nobody deletes numbers, whose key reaches over tenants",
                  db.sql("DELETE FROM dids", "ctl", a.id), 1142)
    check.refused("voice has no file privilege",
                  db.sql("SELECT * INTO OUTFILE '/tmp/x' FROM ring_groups",
                         "voice", a.id), 1227)
    check.refused("audit rows are not changed",
                  db.sql("UPDATE audit_entries SET action = ''", "audit",
                         a.id), 1142)


def writing(db, a, b):
    check.refused("insert for another tenant",
                  a.run("INSERT INTO ring_groups (organization_id, name)"
                        f" VALUES ({b.id}, 'Theirs')", "ring-groups"), 1369)
    check.refused("move to another tenant",
                  a.run(f"UPDATE ring_groups SET organization_id = {b.id}",
                        "ring-groups"), 1644)
    check.done("update of another's row meets none",
               a.run("UPDATE ring_groups SET name = 'Mine'"
                     f" WHERE id = {b.group}; SELECT ROW_COUNT()",
                     "ring-groups"), [["0"]])
    for text in (
            "INSERT INTO ring_groups (id, organization_id, name) VALUES"
            f" ({b.group}, {a.id}, 'Mine')"
            " ON DUPLICATE KEY UPDATE name = 'Mine'",
            "INSERT INTO ring_groups (id, organization_id, name) VALUES"
            f" ({b.group}, {b.id}, 'Mine')"
            " ON DUPLICATE KEY UPDATE name = 'Mine'",
            "REPLACE INTO ring_groups (id, organization_id, name) VALUES"
            f" ({b.group}, {a.id}, 'Mine')",
            "REPLACE INTO ring_group_members"
            " (organization_id, ring_group_id, extension_id, priority)"
            f" VALUES ({b.id}, {b.group}, {b.extension}, 9)",
            "REPLACE INTO dids (organization_id, number) SELECT"
            f" {a.id}, number FROM (SELECT '+1212555010{b.id}' number) x",
            "INSERT INTO dids (organization_id, number, proved_at) VALUES"
            f" ({a.id}, '+1212555010{b.id}', UTC_TIMESTAMP())"
            " ON DUPLICATE KEY UPDATE name = 'Mine'"):
        a.run(text, "ring-groups" if "ring_group" in text else "dids")
        check.done(f"not reached by {text[:60]}...",
                   b.run("SELECT name FROM ring_groups UNION ALL"
                         " SELECT priority FROM ring_group_members UNION ALL"
                         " SELECT CONCAT(name, proved_at IS NOT NULL)"
                         f" FROM dids WHERE id = {b.did}"),
                   [["Sales"], ["0"], ["1"]])
    # An id may stand in two tenants' rows; the next tests are about others.
    db.sql(f"DELETE FROM ring_group WHERE organization_id = {a.id}"
           f" AND id = {b.group}")
    a.run(f"DELETE FROM ring_group_members WHERE ring_group_id = {b.group}",
          "ring-groups")
    check.done("delete of another's children meets none",
               b.run("SELECT COUNT(*) FROM ring_group_members"), [["1"]])
    check.refused("a key of another tenant's proved number",
                  a.run("UPDATE dids SET proved_at = UTC_TIMESTAMP(3)"
                        f" WHERE number = '+1212555010{b.id}'"), 1062,
                  "uq__did__number__proved")
    check.refused("raise another tenant's generation",
                  a.run(f"SELECT generation_raise({b.id})", "ring-groups"),
                  1644)
    check.refused("a call counted for another tenant's group",
                  a.run(f"SELECT ring_group_call({b.group}, 'x')", "voice"),
                  1452)
    check.refused("an organization's deletion by its view",
                  a.run(f"UPDATE organizations SET {DELETED}",
                        "organizations"), 1143)


def references(db, a, b):
    gone = a.insert("extensions", "number, name", "'1999', 'Gone'")
    check.done("delete what nobody uses",
               a.run(f"UPDATE extensions SET {DELETED} WHERE id = {gone}"))
    for what, target in (("another tenant's", b.extension),
                         ("a deleted", gone), ("no", 999999)):
        check.refused(
            f"a fallback onto {what} extension",
            a.run("UPDATE ring_groups SET fallback_type = 'extension',"
                  f" fallback_id = {target} WHERE id = {a.group}"), 1452,
            "fk__ring_group__fallback__extension")
        check.refused(
            f"a mailbox of {what} extension",
            a.run("UPDATE settings SET default_type = 'voicemail',"
                  f" default_id = {target}"), 1452,
            "fk__setting__default_target__extension")
        check.refused(
            f"{what} member",
            a.run("INSERT INTO ring_group_members"
                  " (organization_id, ring_group_id, extension_id)"
                  f" VALUES ({a.id}, {a.group}, {target})"), 1452,
            "fk__ring_group_member__members__extension")
    check.refused("a member of another tenant's group",
                  a.run("INSERT INTO ring_group_members"
                        " (organization_id, ring_group_id, extension_id)"
                        f" VALUES ({a.id}, {b.group}, {a.extension})"), 1452)
    check.refused("another tenant's number as caller id",
                  a.run(f"UPDATE organizations SET caller_id_did_id = {b.did}"),
                  1452, "fk__organization__caller_id__did")
    check.refused("a deletion of what a fallback uses",
                  a.run(f"UPDATE extensions SET {DELETED}"
                        f" WHERE id = {a.extension}"), 1451, "ring_group")
    for column, value in (("fallback_type", "'park'"),
                          ("fallback_type", "'ivr_menu'"),
                          ("fallback_id", "NULL"),
                          ("fallback_number", "'+12125550100'")):
        # voicemail of 1001 with one column changed: always out of step.
        answer = a.run(f"UPDATE ring_groups SET {column} = {value}"
                       f" WHERE id = {a.group}")
        check(f"a target with {column} = {value}",
              answer.error in (4025, 1452)
              and "__ring_group__fallback" in answer.text, answer)
    for number, error in (("+442079460000", 0), ("sip:a@b.example", 0),
                          ("0207", 4025), ("", 4025), ("+0123456789", 4025)):
        answer = a.run("UPDATE ring_groups SET fallback_type = 'external',"
                       f" fallback_id = NULL, fallback_number = '{number}'"
                       f" WHERE id = {a.group}")
        check(f"an external target {number!r}", answer.error == error, answer)
    a.run("UPDATE ring_groups SET fallback_type = 'voicemail', fallback_number"
          f" = NULL, fallback_id = {a.extension} WHERE id = {a.group}")


def life(db, a, b):
    two = a.insert("extensions", "number, name", "'1002', 'Two'")
    service = a.insert("ring_groups", "name", "'Service'")
    a.run("INSERT INTO ring_group_members"
          " (organization_id, ring_group_id, extension_id)"
          f" VALUES ({a.id}, {service}, {two})")
    check.refused("deletion of a member", a.run(
        f"UPDATE extensions SET {DELETED} WHERE id = {two}"), 1451,
        "fk__ring_group_member__members__extension")
    check.done("deletion of the group", a.run(
        f"UPDATE ring_groups SET {DELETED} WHERE id = {service}"))
    check.done("its children end with it", a.run(
        "SELECT COALESCE(living, 'NULL') FROM ring_group_members"
        f" WHERE ring_group_id = {service}"), [["NULL"]])
    check.refused("a child of a deleted group is not changed", a.run(
        "UPDATE ring_group_members SET priority = 1, living = 1"
        f" WHERE ring_group_id = {service}"), 1452)
    again = a.insert("ring_groups", "name", "'Service'")
    check.refused("restore onto a name that is taken", a.run(
        "UPDATE ring_groups SET deleted_at = NULL"
        f" WHERE id = {service}"), 1062, "uq__ring_group__name")
    a.run(f"UPDATE ring_groups SET {DELETED} WHERE id = {again}")
    check.done("now the member may go", a.run(
        f"UPDATE extensions SET {DELETED} WHERE id = {two}"))
    revive = ("START TRANSACTION; UPDATE ring_groups SET deleted_at = NULL"
              f" WHERE id = {service}; UPDATE ring_group_members"
              f" SET living = 1 WHERE ring_group_id = {service}; COMMIT")
    check.refused("restore onto a deleted member", a.run(revive), 1452,
                  "fk__ring_group_member__members__extension")
    a.run(f"UPDATE extensions SET deleted_at = NULL WHERE id = {two}")
    check.done("restore", a.run(revive))
    check.done("the children live again", a.run(
        "SELECT living FROM ring_group_members"
        f" WHERE ring_group_id = {service}"), [["1"]])
    check.refused("and guard their extension again", a.run(
        f"UPDATE extensions SET {DELETED} WHERE id = {two}"), 1451)
    self_reference(a)
    check.done("a user's token", a.run(
        "INSERT INTO tokens (organization_id, user_id, name, hash) VALUES"
        f" ({a.id}, {a.user}, 'x', REPEAT('h', 32))"))
    a.run(f"UPDATE users SET {DELETED} WHERE id = {a.user}")
    check.done("a token ends with its user, for good", a.run(
        f"UPDATE users SET deleted_at = NULL WHERE id = {a.user};"
        "UPDATE tokens SET living = 1;"
        "SELECT COALESCE(living, 'NULL') FROM tokens"), [["NULL"]])


def self_reference(a):
    """What leads to itself is not in use by itself."""
    own = a.insert("extensions", "number, name", "'1003', 'Three'")
    menu = a.insert("ivr_menus", "name", "'Main'")
    a.run(f"UPDATE extensions SET busy_type = 'voicemail', busy_id = {own}"
          f" WHERE id = {own};"
          f"UPDATE ivr_menus SET timeout_type = 'ivr_menu', timeout_id = {menu}"
          f" WHERE id = {menu}; INSERT INTO ivr_menu_options (organization_id,"
          f" ivr_menu_id, digits, target_type, target_id) VALUES ({a.id},"
          f" {menu}, '9', 'ivr_menu', {menu})")
    for view, row in (("extensions", own), ("ivr_menus", menu)):
        check.done(f"{view}: one that leads to itself is deleted", a.run(
            f"UPDATE {view} SET {DELETED} WHERE id = {row}"))
        check.done(f"{view}: and restored", a.run(
            f"UPDATE {view} SET deleted_at = NULL WHERE id = {row}"))
    check.done("with its option", a.run(
        "UPDATE ivr_menu_options SET living = 1;"
        "SELECT target_id, living FROM ivr_menu_options"),
        [[str(menu), "1"]])


def keys(db, a, b):
    """What precedes the tenant answers exact keys with ids alone."""
    a.run("UPDATE organizations SET domain = 'a.example'")
    check.done("a domain", db.sql(
        "SELECT organization_by_domain('a.example')", "voice"),
        [[str(a.id)]])
    for text in ("A.example", "%", "a.example ", "b.example", ""):
        check.done(f"not the domain {text!r}", db.sql(
            f"SELECT organization_by_domain('{text}')", "voice"), [["NULL"]])
    check.refused("a domain twice",
                  b.run("UPDATE organizations SET domain = 'a.example'"),
                  1062, "uq__organization__domain")
    for tenant in (a, b):
        tenant.run("INSERT INTO voice_keys (organization_id, hash, key_sealed)"
                   f" VALUES ({tenant.id}, REPEAT('{tenant.id}', 32), 'x')")
    check.done("a key's hash", db.sql(
        f"SELECT organization_by_voice_key(REPEAT('{b.id}', 32))", "voice"),
        [[str(b.id)]])
    a.run("INSERT INTO voice_keys (organization_id, hash, key_sealed)"
          f" VALUES ({a.id}, REPEAT('{b.id}', 32), 'x')")
    check.done("a key of two tenants is nobody's", db.sql(
        f"SELECT organization_by_voice_key(REPEAT('{b.id}', 32))", "voice"),
        [["NULL"]])
    check.refused("voice looks for people", db.sql(
        "SELECT users_by_email('owner@a.example')", "voice"), 1370)
    check.done("sign-in by e-mail", db.sql(
        "SELECT users_by_email('owner@a.example')", "session"),
        [[f"{a.id}:{a.user}"]])
    check.done("nobody by a pattern", db.sql(
        "SELECT users_by_email('%')", "session"), [[""]])
    check.done("generations", db.sql(
        f"SET @organization_id = {a.id}; SELECT generation_of({a.id});"
        f"SELECT generation_raise({a.id}), generation_of({a.id});"
        f"SELECT generation_sent({a.id}, 2)", "voice"),
        [["1"], ["2", "2"], ["1"]])
    check.done("calls of a group are counted once each", a.run(
        f"SELECT ring_group_call({a.group}, 'x'),"
        f" ring_group_call({a.group}, 'y'), ring_group_call({a.group}, 'x'),"
        f" ring_group_call({a.group}, '')", "voice"),
        [["0", "1", "0", "2"]])
    wrong = f"SELECT wrong_pin('conference_room', {b.group});"
    answer = a.run(wrong * 19 + f"SELECT pin_locked('conference_room',"
                   f" {b.group});" + wrong
                   + f"SELECT pin_locked('conference_room', {b.group})",
                   "voice")
    check("20 wrong PINs lock", [row[0] for row in answer.rows[-4:]]
          == ["19", "0", "20", "1"], answer)
    check.done("the other tenant's is not locked", b.run(
        f"SELECT pin_locked('conference_room', {b.group})", "voice"),
        [["0"]])


def schema(db, a, b):
    """Every table of a tenant, also one that comes tomorrow."""
    tenants = {row[0] for row in db.sql(
        "SELECT table_name FROM information_schema.columns WHERE"
        " table_schema = DATABASE() AND column_name = 'organization_id'"
        " AND table_name IN (SELECT table_name FROM"
        " information_schema.tables WHERE table_type = 'BASE TABLE'"
        " AND table_schema = DATABASE())").rows}
    check("there are tenants' tables", len(tenants) > 30, tenants)
    keys = db.sql(
        "SELECT table_name, index_name, non_unique, GROUP_CONCAT(column_name"
        " ORDER BY seq_in_index) FROM information_schema.statistics WHERE"
        " table_schema = DATABASE() GROUP BY 1, 2, 3").rows
    for table, name, plain, columns in keys:
        if table not in tenants or plain == "1":
            continue
        # Numbers are proved over all tenants: the one key of its kind.
        check(f"key {name} of {table} begins with its tenant",
              columns.startswith("organization_id")
              or name == "uq__did__number__proved", columns)
    references = db.sql(
        "SELECT table_name, constraint_name, referenced_table_name,"
        " GROUP_CONCAT(column_name ORDER BY ordinal_position),"
        " GROUP_CONCAT(referenced_column_name ORDER BY ordinal_position)"
        " FROM information_schema.key_column_usage WHERE table_schema ="
        " DATABASE() AND referenced_table_name IS NOT NULL"
        " GROUP BY 1, 2, 3").rows
    for table, name, to, columns, referred in references:
        if table not in tenants or to == "organization":
            continue
        columns, referred = columns.split(","), referred.split(",")
        # What has happened stays when its object is deleted.
        stays = table in ("voicemail", "ring_group_start")
        check(f"reference {name} is the tenant's and the living's",
              columns[0] == referred[0] == "organization_id"
              and (stays or columns[-1] == referred[-1] == "living"),
              (columns, referred))
    guarded = {row[0] for row in db.sql(
        "SELECT event_object_table FROM information_schema.triggers WHERE"
        " trigger_schema = DATABASE() AND event_manipulation = 'UPDATE'"
        " AND action_timing = 'BEFORE'").rows}
    for table in tenants - {"generation", "outbox"}:
        check(f"a row of {table} keeps its tenant", table in guarded, guarded)


def plans(db, a):
    """The views' condition is a constant to the optimizer."""
    check.done("records to plan with", db.sql(
        "INSERT INTO cdr (organization_id, record_key, from_number,"
        f" started_at, document) SELECT {a.id}, seq,"
        " CONCAT('+1212555', LPAD(seq % 1000, 4, '0')),"
        " '2026-01-01' + INTERVAL seq MINUTE, '{}' FROM seq_1_to_5000;"
        "INSERT INTO `call` (organization_id, call_key, started_at)"
        f" SELECT {a.id}, seq, '2026-01-01' + INTERVAL seq MINUTE"
        " FROM seq_1_to_5000;"
        "INSERT INTO audit_entry (organization_id, actor_type, action,"
        f" created_at) SELECT {a.id}, 'system', 'x',"
        " '2026-01-01' + INTERVAL seq MINUTE FROM seq_1_to_5000;"
        "INSERT INTO extension (organization_id, number, name)"
        f" SELECT {a.id}, 2000 + seq, seq FROM seq_1_to_1000;"
        "INSERT INTO ring_group (organization_id, name)"
        f" SELECT {a.id}, seq FROM seq_1_to_1000;"
        "SET STATEMENT max_statement_time = 60 FOR"
        " ANALYZE TABLE cdr, `call`, audit_entry, extension, ring_group"))
    for what, text, key in (
            ("by id", f"SELECT * FROM ring_groups WHERE id = {a.group}",
             "PRIMARY"),
            ("by name", "SELECT * FROM ring_groups WHERE name = 'Sales'"
             " AND living = 1", "uq__ring_group__name"),
            ("by number", "SELECT id FROM extensions WHERE number = '1001'"
             " AND living = 1", "uq__extension__number"),
            ("a list by name", "SELECT * FROM ring_groups WHERE deleted_at"
             " IS NULL ORDER BY name, id LIMIT 25", None),
            ("a list by time", "SELECT * FROM extensions WHERE deleted_at IS"
             " NULL ORDER BY created_at DESC, id LIMIT 25", None),
            ("calls by time", "SELECT * FROM calls WHERE started_at <"
             " UTC_TIMESTAMP() ORDER BY started_at DESC, id DESC LIMIT 25",
             "started_at"),
            ("CDRs behind a cursor", "SELECT * FROM cdrs WHERE started_at <"
             " '2026-01-01' ORDER BY started_at DESC, id DESC LIMIT 25",
             "started_at"),
            ("CDRs of a number", "SELECT * FROM cdrs WHERE from_number ="
             " '+12125550100' ORDER BY started_at DESC LIMIT 25",
             "from_number"),
            ("the audit", "SELECT * FROM audit_entries WHERE created_at <"
             " UTC_TIMESTAMP() ORDER BY created_at DESC, id DESC LIMIT 25",
             "created_at")):
        answer = db.sql(f"SET @organization_id = {a.id}; EXPLAIN {text}")
        # What one tenant configures may be sorted, but no other's rows are
        # looked at; records come in the order of their index.
        plan = answer.rows[0] if answer.rows else [""] * 10
        check(f"{what}: uses {key or 'the tenant'}",
              plan[5] == key and "filesort" not in plan[-1] if key
              else plan[3] == "ref" and plan[7] == "const", answer)


def organizations(db, a, b):
    check.done("an organization is deleted", b.run(
        "SELECT organization_delete()", "organizations"), [["1"]])
    check.done("its numbers can be proved by others", a.run(
        "UPDATE dids SET proved_at = UTC_TIMESTAMP(3)"
        f" WHERE number = '+1212555010{b.id}'"))
    check.done("its key is nobody's", db.sql(
        "SELECT users_by_email('owner@b.example')", "session"), [[""]])
    check.done("it comes back with its settings", b.run(
        "SELECT organization_restore(); SELECT living FROM settings"),
        [["1"], ["1"]])


def main():
    with Database() as db:
        done = db.ctl("migrate")
        check("migrate", done.returncode == 0, done.stderr)
        a, b = Tenant(db, "a"), Tenant(db, "b")
        b.run("UPDATE dids SET proved_at = UTC_TIMESTAMP(3)")
        for part in (reading, writing, references, life, keys, schema):
            part(db, a, b)
        plans(db, a)
        organizations(db, a, b)
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
