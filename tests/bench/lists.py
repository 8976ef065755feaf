"""What a page of a long list takes, next to the limit: for tests/bench/run.

One tenant with 100,000 extensions, a million each of calls and audit entries,
BENCH_CDRS (10,000,000) CDRs and their sums of a year (tests/feature/many.py).  One request after the other, each on a
connection that stays open, each address in turn with the limit's.
"""
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, f"{ROOT}/tests/feature")
import many  # noqa: E402 (its folder had to be known)

MILLION = 1000000
CDRS = int(os.environ.get("BENCH_CDRS", 10 * MILLION))
REPEATS = 15
ORDERS = ("", "&sort=-number", "&sort=name", "&sort=-created_at", "&sort=-id",
          "&sort=status")


class Tenant:
    """One that is made for a measure, and filled without being asked."""

    def __init__(self, site, slug):
        self.site = site
        with open(site.conf, encoding="utf-8") as file:
            self.socket = re.search(r"^db\.socket *= *(\S+)", file.read(),
                                    re.M).group(1)
        self.ctl("org", "create", "--name", slug.title(), "--slug", slug,
                 "--country", "US", "--timezone", "America/New_York",
                 "--owner-email", f"owner@{slug}.example",
                 "--owner-name", "Owner")
        self.id = self.sql("SELECT id FROM organization"
                           f" WHERE slug = '{slug}'").strip()
        self.sql("UPDATE setting SET api_rate = 0"
                 f" WHERE organization_id = {self.id}")

    def ctl(self, *words, given=""):
        done = subprocess.run(
            [f"{ROOT}/build/release/sbin/opbxctl", *words], check=True,
            capture_output=True, text=True, input=given,
            env=self.site.environment)
        return done.stdout.strip()

    def sql(self, text):
        done = subprocess.run(
            ["mariadb", "--no-defaults", "-S", self.socket, "-N", "-B",
             "opbx", "-e", text], check=True, capture_output=True, text=True)
        return done.stdout


class Long(Tenant):
    """The tenant with the long lists, and who asks."""

    def __init__(self, site):
        super().__init__(site, "long")
        self.connection = http.client.HTTPConnection(site.netloc)
        self.token = self.ctl("token", "create", "--org", "long", "--email",
                              "owner@long.example", "--abilities", "*")
        for statement, count in ((many.EXTENSIONS, 100000),
                                 (many.CALLS, MILLION), (many.CDRS, CDRS),
                                 (many.AUDIT, MILLION),
                                 (many.HOURS, 365 * 24 * 12),
                                 (many.DAYS, 365 * 300)):
            many.fill(self.sql, self.id, count, statement)
        self.changes = 0
        self.extension = self.sql(
            "SELECT MIN(id) FROM extension"
            f" WHERE organization_id = {self.id}").strip()

    def ask(self, path, accept="application/json"):
        """Milliseconds, and what came."""
        began = time.perf_counter()
        self.connection.request(
            "GET", f"/cgi-bin/{path}", headers={
                "Authorization": f"Bearer {self.token}", "Accept": accept})
        answer = self.connection.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status >= 400 and path != "limit":
            raise RuntimeError(f"{path} answered {answer.status}")
        return took, text

    def change(self):
        """One row moves in the order of names, and no process knows of it."""
        self.changes += 1
        self.connection.request(
            "PATCH", f"/cgi-bin/extensions/{self.extension}",
            json.dumps({"name": f"{self.changes % 10} was here"}), headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"a change answered {answer.status}")

    def slowest(self, paths, changing=False):
        """(milliseconds, address, times the limit's): the worst median;
        changing: each time the first after a change."""
        worst = (0, "", 0)
        for path, accept in paths:
            times, limits = [], []
            for _ in range(REPEATS):
                if changing:
                    self.change()
                times.append(self.ask(path, accept)[0])
                limits.append(self.ask("limit")[0])
            median = statistics.median(times)
            if median > worst[0]:
                worst = (median, path, median / statistics.median(limits))
        return worst

    def pages(self):
        """Of the extensions: both ends, the middle, both faces."""
        return [(f"extensions?page={page}{order}", accept)
                for order in ORDERS for page in (1, 1000, 2000, 4000)
                for accept in ("application/json", "text/html")]

    def deep(self):
        """Of the extensions: those farthest from both ends."""
        return [(f"extensions?page=2000{order}", "application/json")
                for order in (*ORDERS, "&sort=-updated_at")]

    def cursors(self):
        """The newest and the oldest page of each, with and without filters."""
        end = "to=2026-01-01T05:30:00Z"
        return [(f"{path}&{more}", "application/json")
                for path in ("calls?", "calls?number=%2B16462000007",
                             "calls?extension_id=5", "calls?state=busy",
                             "calls?did_id=7&missed=true", "cdrs?",
                             "cdrs?disposition=busy", "audit?",
                             "audit?actor_id=7", "audit?q=Object")
                for more in ("", end, "sort="
                             + ("created_at" if path.startswith("audit")
                                else "started_at"))]

    def statistics(self):
        """Of a month, in each way."""
        return [(f"cdrs/statistics?from=2026-03-01&to=2026-03-31&by={by}",
                 accept) for by in ("hour", "day", "disposition", "number")
                for accept in ("application/json", "text/html")]
