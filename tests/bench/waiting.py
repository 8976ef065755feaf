"""How long people wait for a page, in Chromium: for tests/bench/run.

One tenant with 10,000 extensions.  Each page is asked for with nothing cached,
in turn with one that holds nothing: what the browser takes for itself.
"""
import json
import os
import statistics
import subprocess

import lists  # which finds "many"
import many

REPEATS = 15
EMAIL, PASSWORD = "admin@wide.example", "a long enough password"


def measure(site):
    """{page: its milliseconds}, the empty one among them."""
    wide = lists.Tenant(site, "wide")
    wide.ctl("user", "create", "--org", "wide", "--name", "Admin", "--email",
             EMAIL, "--role", "admin", given=PASSWORD + "\n")
    many.fill(wide.sql, wide.id, 10000, many.EXTENSIONS)
    subprocess.run([f"{lists.ROOT}/tests/e2e/run.py", "install"], check=True)
    done = subprocess.run(
        ["node", f"{lists.ROOT}/tests/bench/waiting.mjs"], check=False,
        capture_output=True, text=True, env=dict(
            os.environ, BASE_URL=f"http://{site.netloc}",
            REPEATS=str(REPEATS), PEOPLE=json.dumps({"far": {
                "email": EMAIL, "password": PASSWORD}})))
    if done.returncode != 0:
        raise RuntimeError(f"Chromium gave up: {done.stderr[-400:]}")
    return json.loads(done.stdout.splitlines()[-1])


def add_rows(row, figure):
    """To the table of tests/bench/run."""
    def waited(site, name):
        if site.waited is None:
            site.waited = measure(site)
        times, nothing = site.waited[name], site.waited["nothing"]
        value = statistics.median(times)
        return figure(value, f"{value:.0f} ms",
                      f"median of {len(times)}, at worst {max(times):.0f} ms;"
                      f" a page that holds nothing takes"
                      f" {statistics.median(nothing):.0f} ms")

    @row("first row of 10,000 extensions on the screen", ("≤", 300))
    def extensions(site):
        return waited(site, "extensions")

    @row("the dashboard's figures on the screen", ("≤", 300))
    def dashboard(site):
        return waited(site, "dashboard")

    @row("what Ctrl-K finds among them on the screen", ("≤", 300))
    def search(site):
        return waited(site, "search")
