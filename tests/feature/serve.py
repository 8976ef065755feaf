#!/usr/bin/env python3
"""The life of a responder (lib/http/serve.h), with tests/mocks/echo.c:
under a shell, plain CGI, FastCGI spoken by hand and behind lighttpd."""
import json
import os
import signal
import stat
import sys
import threading
import time
import traceback

from fastcgi import (Answer, Connection, JSON, Load, Responder, World, ask,
                     connect, fetch, pair, parameters, receive, record, send,
                     stream, wait_until)

TESTS = []


def test(function):
    TESTS.append(function)
    return function


# -- A shell and plain CGI ---------------------------------------------------


@test
def a_shell_asks(world):
    done = world.run("POST", "/cgi-bin/echo/a%20b%2?x=1", "-H", "X-Cx-To: 9",
                     "-d", "a=1&_method=PUT")
    answer = Answer(done.stdout)
    told = answer.json()
    assert done.returncode == 0 and answer.status == 200
    assert told["method"] == "PUT" and told["path"] == "/echo/a b%2", told
    assert told["query"] == "x=1" and told["headers"]["x-cx-to"] == "9"
    assert told["length"] == 15 and told["not_ours"] is None
    line = json.loads(done.stderr)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["status"], line["responder"]) == (200, "echo")
    assert line["level"] == "info" and line["path"] == "/echo/a b%2"


@test
def a_shell_sends_its_input(world):
    done = world.run("POST", "/cgi-bin/echo", "-H", "Content-Type: " + JSON,
                     input_=b'{"a":1}')
    assert Answer(done.stdout).json()["length"] == 7
    done = world.run("GET", "/cgi-bin/echo", input_=b"not for GET")
    assert Answer(done.stdout).json()["length"] == 0


@test
def a_shell_is_told_what_is_wrong(world):
    assert b"--listen" in world.run("--help").stdout
    for wrong in (["--bogus", "x"], ["POST"], ["GET", "/", "-H"],
                  ["GET", "/", "-H", "no colon"], ["GET", "/", "-x", "1"],
                  ["--listen", "x", "--mode", "0999"],
                  ["--listen", "x", "--mode", "-1"], ["--listen"],
                  ["--listen", "x" * 200], []):
        done = world.run(*wrong)
        assert done.returncode == 2, wrong
        assert done.stderr or done.stdout, wrong
    done = world.run("GET", "/x", OPBX_CONF="/nowhere/opbx.conf")
    assert done.returncode != 0 and b"/nowhere" in done.stderr


@test
def a_failure_is_a_shells_failure(world):
    done = world.run("GET", "/cgi-bin/echo/nothing")
    answer = Answer(done.stdout)
    assert done.returncode == 1 and answer.status == 500
    assert answer.json()["code"] == "INTERNAL"
    assert b"did not answer" not in done.stdout
    line = json.loads(done.stderr)
    assert line["level"] == "warning" and "did not answer" in line["cause"]


@test
def arguments_made_from_a_query_are_ignored(world):
    done = world.run("POST", "/cgi-bin/echo/evil", REQUEST_METHOD="GET",
                     SCRIPT_NAME="/cgi-bin/echo", QUERY_STRING="POST+x")
    told = Answer(done.stdout).json()
    assert (told["method"], told["path"]) == ("GET", "/echo"), told
    done = world.run("--help", REQUEST_METHOD="GET", QUERY_STRING="--help")
    assert Answer(done.stdout).status == 200


@test
def lengths_under_plain_cgi(world):
    def post(length, body, type_=JSON):
        return Answer(world.run(
            REQUEST_METHOD="POST", SCRIPT_NAME="/cgi-bin/echo",
            CONTENT_TYPE=type_, CONTENT_LENGTH=length, input_=body).stdout)
    assert post("2", b"{}").json()["length"] == 2
    assert post("2", b"{}more").json()["length"] == 2
    assert post("", b"{}").json()["length"] == 0
    for length, body, status in (("3", b"{}", 400), ("2097153", b"", 413),
                                 ("-1", b"", 413), ("x", b"", 413)):
        assert post(length, body).status == status, length
    assert post("2", b"{}", "text/plain").status == 415


# -- FastCGI by hand ---------------------------------------------------------


@test
def lengths_under_fastcgi(world):
    kind = [("CONTENT_TYPE", JSON)]
    with Responder(world, "lengths", 1) as echo:
        def post(length, body, headers=kind):
            return ask(echo.path, "POST", headers=headers, body=body,
                       length=length)
        assert post(2, b"{}").json()["length"] == 2
        assert post(None, b"{}").json()["length"] == 2
        assert post("", b"x" * 70000).json()["length"] == 70000
        assert post(2 << 20, b"x" * (2 << 20)).json()["length"] == 2 << 20
        for length, body, status in (
                (3, b"{}", 400), (1, b"{}", 400), (0, b"{}", 400),
                ("-1", b"{}", 413), ("2x", b"{}", 413),
                (2 ** 64 + 2, b"{}", 413), (3 << 20, b"x" * (3 << 20), 413),
                (None, b"x" * (3 << 20), 413)):
            answer = post(length, body)
            assert answer.status == status, (length, answer.status)
            assert answer.headers["content-type"] == \
                "application/problem+json"
        assert post(2, b"{}", []).status == 415
        assert post(None, b"{}", []).status == 415
        assert post(0, b"", []).status == 200
        assert ask(echo.path).status == 200


@test
def headers_have_limits(world):
    with Responder(world, "limits", 1) as echo:
        def get(headers):
            return ask(echo.path, headers=headers).status
        assert get([(f"HTTP_X_{i}", "1") for i in range(100)]) == 200
        assert get([(f"HTTP_X_{i}", "1") for i in range(101)]) == 400
        assert get([("HTTP_X", "x" * 65000)]) == 200
        assert get([("HTTP_X", "x" * 65536)]) == 400
        assert get([(f"HTTP_X_{i}", "x" * 8192) for i in range(9)]) == 400
        for method in ("", "get", "G T", "A" * 17):
            assert ask(echo.path, method).status == 400, method
        assert ask(echo.path, where="/cgi-bin/echo/\xff").status == 400


@test
def one_line_for_each_request(world):
    with Responder(world, "lines", 2) as echo:
        ids = [f"id-{i}" for i in range(20)]
        for number, id_ in enumerate(ids):
            where = "/cgi-bin/echo" + ("/nothing" if number == 7 else "")
            answer = ask(echo.path, where=where,
                         headers=[("HTTP_X_CORRELATION_ID", id_)])
            assert answer.headers["x-request-id"] == id_
        bad = ask(echo.path, headers=[("HTTP_X_CORRELATION_ID", "a b")])
        assert len(bad.headers["x-request-id"]) == 36
        lines = wait_until("21 lines", lambda: len(echo.log()) >= 21
                           and echo.log())
        assert len(lines) == 21
        seen = {line["request_id"]: line for line in lines}
        assert set(ids) <= set(seen)
        assert seen["id-7"]["level"] == "warning"
        assert seen["id-8"]["remote"] == "192.0.2.7"
        assert seen["id-8"]["ms"] >= 0 and seen["id-8"]["method"] == "GET"


@test
def the_clients_address(world):
    with Responder(world, "address", 1) as echo:
        def remote(forwarded, address="192.0.2.7"):
            pairs = [("HTTP_X_FORWARDED_FOR", f) for f in forwarded]
            return ask(echo.path, headers=pairs,
                       REMOTE_ADDR=address).json()["remote"]
        assert remote(["1.1.1.1, 198.51.100.9"]) == "198.51.100.9"
        assert remote(["198.51.100.9"], "203.0.113.5") == "203.0.113.5"
        assert remote(["1.1.1.1", "2.2.2.2"]) == "192.0.2.7"
        assert remote(["evil"]) == "192.0.2.7"


@test
def a_connection_is_for_one_request(world):
    with Responder(world, "keep", 1) as echo:
        first = connect(echo.path)
        send(first, parameters("GET", "/cgi-bin/echo", [], None), keep=True)
        assert receive(first).status == 200
        assert ask(echo.path, keep=True).status == 200


@test
def what_is_no_fastcgi_does_not_stop_it(world):
    with Responder(world, "noise", 1) as echo:
        for noise in (b"", b"GET / HTTP/1.0\r\n\r\n", b"\x01\x01\x00\x01",
                      record(1, b"x" * 8) + record(4, b"\xff" * 10),
                      record(4, b"") + record(5, b"")):
            connection = connect(echo.path)
            connection.sendall(noise)
            connection.close()
        assert ask(echo.path).status == 200


@test
def a_hundred_at_once(world):
    with Responder(world, "hundred", 2) as echo:
        waiting = [connect(echo.path) for _ in range(100)]
        for number, connection in enumerate(waiting):
            send(connection, parameters("GET", f"/cgi-bin/echo/{number}",
                                        [], None))
        for number, connection in enumerate(waiting):
            answer = receive(connection)
            assert answer.json()["path"] == f"/echo/{number}"


def stopped(echo, *asked):
    """Connections that it finds all at once."""
    os.kill(echo.process.pid, signal.SIGSTOP)
    try:
        found = []
        for path in asked:
            found.append(connect(echo.path))
            send(found[-1], parameters("GET", f"/cgi-bin/echo{path}", [],
                                       None))
        return found
    finally:
        os.kill(echo.process.pid, signal.SIGCONT)


@test
def who_is_answered_at_once_held_up_who_waits(world):
    with Responder(world, "flood", 1) as echo:
        wait, *others = stopped(echo, "/wait", *["/pid"] * 60)
        answer = receive(wait)
        assert answer.status == 200 and int(answer.body) < 16, answer.body
        assert [receive(each).status for each in others] == [200] * 60
        # Those who wait are answered together, and nobody else comes.
        waiting = stopped(echo, *["/wait"] * 40)
        said = [int(receive(each).body) for each in waiting]
        assert max(said) <= 15 and said.count(0) < 20, said
        assert int(ask(echo.path, where="/cgi-bin/echo/wait").body) == 0


@test
def a_body_that_trickled_in_held_up_who_waits(world):
    length = [("CONTENT_TYPE", JSON), ("CONTENT_LENGTH", "4")]
    with Responder(world, "trickle", 1) as echo:
        for whole in (True, False):
            os.kill(echo.process.pid, signal.SIGSTOP)
            wait, slow = connect(echo.path), connect(echo.path)
            send(wait, parameters("GET", "/cgi-bin/echo/wait", [], None))
            begin = record(1, b"\0\1" + b"\0" * 6)
            pairs = b"".join(pair(*(word.encode() for word in each))
                             for each in parameters(
                                 "POST", "/cgi-bin/echo", length, None))
            if whole:  # its headers, and half of its body
                slow.sendall(begin + stream(4, pairs) + record(5, b"{}"))
            else:
                slow.sendall(begin[:5])
            os.kill(echo.process.pid, signal.SIGCONT)
            assert receive(wait).status == 200
            if whole:
                slow.sendall(record(5, b"  ") + record(5, b""))
            else:
                slow.sendall(begin[5:] + stream(4, pairs) +
                             stream(5, b"{}  "))
            assert receive(slow).json()["length"] == 4


@test
def a_killed_child_costs_one_request(world):
    with Responder(world, "killed", 2) as echo:
        def once():
            return ask(echo.path, where="/cgi-bin/echo/pid").status
        with Load(4, once) as load:
            for _ in range(3):
                before = len(load.lost())
                victim = wait_until("two children", lambda:
                                    len(echo.children()) == 2
                                    and echo.children())[0]
                os.kill(victim, signal.SIGKILL)
                wait_until("the dead is replaced", lambda:
                           len(echo.children()) == 2
                           and victim not in echo.children())
                load.more(20)
                assert len(load.lost()) - before <= 1, load.lost()
        assert any("signal 9" in line["message"] for line in echo.log())


@test
def a_child_that_aborts_is_replaced(world):
    with Responder(world, "aborts", 2) as echo:
        for _ in range(3):
            assert not ask(echo.path, where="/cgi-bin/echo/abort").whole
        assert ask(echo.path).status == 200
        wait_until("two again", lambda: len(echo.children()) == 2)


@test
def a_child_that_is_told_to_end_loses_nothing(world):
    with Responder(world, "ended", 2) as echo:
        def once():
            return ask(echo.path, where="/cgi-bin/echo/pid").status
        with Load(4, once) as load:
            for _ in range(3):
                victim = wait_until("two children", lambda:
                                    len(echo.children()) == 2
                                    and echo.children())[0]
                os.kill(victim, signal.SIGTERM)
                wait_until("it ends", lambda: victim not in echo.children())
                load.more(20)
        assert not load.lost(), load.lost()


def end_under_load(world, name, children):
    """Whoever got a connection before the end gets an answer."""
    with Responder(world, name, children) as echo:
        def once():
            try:
                connection = connect(echo.path)
            except OSError:
                return None
            send(connection, parameters("GET", "/cgi-bin/echo", [], None))
            return receive(connection).status
        with Load(16, once) as load:
            echo.process.terminate()
            assert echo.process.wait(20) == 0
        assert not load.lost(), load.lost()
        assert not os.path.exists(echo.path)


@test
def ending_under_load_loses_nothing(world):
    for number in range(5):
        end_under_load(world, f"end-{number}", 2)


@test
def ending_alone_under_load_loses_nothing(world):
    for number in range(5):
        end_under_load(world, f"alone-{number}", 1)


@test
def the_request_in_hand_is_finished(world):
    for children in (1, 2):
        held = f"{world.folder}/held-{children}"
        open(held, "w").close()
        with Responder(world, f"hand-{children}", children,
                       ECHO_FILE=held) as echo:
            connection = connect(echo.path)
            send(connection, parameters("GET", "/cgi-bin/echo/slow", [],
                                        None))
            name = os.path.basename(held) + "."
            wait_until("it is in hand", lambda: any(
                f.startswith(name) for f in os.listdir(world.folder)))
            echo.process.terminate()
            if children > 1:
                wait_until("the door is closed", lambda:
                           not os.path.exists(echo.path))
            assert echo.process.poll() is None
            os.unlink(held)
            assert receive(connection).status == 200
            assert echo.process.wait(20) == 0


@test
def no_child_outlives_its_keeper(world):
    with Responder(world, "keeper", 3) as echo:
        children = wait_until("three children", lambda:
                              len(echo.children()) == 3 and echo.children())
        echo.process.kill()
        echo.process.wait(20)
        wait_until("all are gone", lambda: not any(
            os.path.exists(f"/proc/{pid}") for pid in children))
        # Its socket is stale, and no obstacle.
        with Responder(world, "keeper", 2) as again:
            assert ask(again.path).status == 200


@test
def children_that_cannot_start_are_not_started_in_a_rush(world):
    echo = Responder(world, "rush", 2, ECHO_DIES="1")
    try:
        wait_until("four failures", lambda: len(echo.log()) >= 4)
        began = time.monotonic()
        wait_until("two more", lambda: len(echo.log()) >= 6)
        assert time.monotonic() - began > 0.05
        assert "status 3" in echo.log()[0]["message"]
    finally:
        echo.process.terminate()
        assert echo.process.wait(20) == 0


@test
def a_socket_is_taken_from_nobody(world):
    with Responder(world, "taken", 1, "--mode", "0600") as echo:
        assert stat.S_IMODE(os.stat(echo.path).st_mode) == 0o600
        second = world.run("--listen", echo.path)
        assert second.returncode == 2 and b"Somebody else" in second.stderr
        assert ask(echo.path).status == 200
    with Responder(world, "open", 1, "--mode", "0666") as echo:
        assert stat.S_IMODE(os.stat(echo.path).st_mode) == 0o666
    third = world.run("--listen", f"{world.folder}/opbx.conf")
    assert third.returncode == 2
    assert os.path.getsize(f"{world.folder}/opbx.conf") > 0
    assert world.run("--listen", "/nowhere/socket").returncode == 2


# -- Behind lighttpd ---------------------------------------------------------


@test
def the_same_over_fastcgi_and_cgi(world):
    for path, how in world.both():
        answer = fetch(path, "POST", "/cgi-bin/echo/a%20b/7?x=%26",
                       [("Content-Type", JSON + "; charset=utf-8"),
                        ("X-Cx-Domain", "acme"), ("Accept", "a/b")],
                       b'{"a":1}')
        told = json.loads(answer.body)
        assert answer.status == 200, how
        assert told["path"] == "/echo/a b/7" and told["query"] == "x=%26"
        assert told["type"] == JSON and told["length"] == 7
        assert told["headers"]["x-cx-domain"] == "acme"
        assert told["not_ours"] is None
        assert answer.getheader("Cache-Control") == "no-store"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("X-Request-Id") == told["request_id"]
        assert answer.getheader("X-Echo") == "oneX-Split: two"
        assert answer.getheader("X-Split") is None
        assert int(answer.getheader("Content-Length")) == len(answer.body)


@test
def answers_without_a_body(world):
    for path, how in world.both():
        answer = fetch(path, "HEAD")
        assert answer.status == 200 and answer.body == b"", how
        assert int(answer.getheader("Content-Length")) > 100, how
        answer = fetch(path, where="/cgi-bin/echo/gone")
        assert answer.status == 204 and answer.body == b"", how
        assert answer.getheader("Content-Type") is None, how


@test
def headers_that_cgi_cannot_tell_apart(world):
    for path, how in world.both():
        told = json.loads(fetch(path, headers=[
            ("X-Cx-Domain", "acme"), ("X_Cx_Domain", "evil")]).body)
        assert told["headers"]["x-cx-domain"] in (
            "*acme", "*evil", "acme, evil", "evil, acme"), (how, told)
        told = json.loads(fetch(path, headers=[
            ("X-Cx-Domain", "acme"), ("X-Cx-Domain", "evil")]).body)
        assert told["headers"]["x-cx-domain"] in ("*acme", "acme, evil"), how


@test
def large_bodies(world):
    for path, how in world.both():
        kind = [("Content-Type", JSON)]
        answer = fetch(path, "POST", headers=kind, body=b"x" * (1 << 20))
        assert json.loads(answer.body)["length"] == 1 << 20, how
        for _ in range(3):
            answer = fetch(path, "POST", headers=kind, body=b"x" * (3 << 20))
            assert answer.status == 413, (how, answer.status)
            assert json.loads(answer.body)["code"] == "TOO_LARGE"
        answer = fetch(path, "POST", body=b"x",
                       headers=[("Content-Type", "text/plain")])
        assert answer.status == 415, how
        assert len(fetch(path, where="/cgi-bin/echo/large").body) == 1 << 20


@test
def a_chunked_body(world):
    for path, how in world.both():
        for size, status in ((5, 200), (3 << 18, 413)):
            connection = Connection(path)
            connection.request("POST", "/cgi-bin/echo", encode_chunked=True,
                               body=iter([b"abcd" * size] * 2), headers={
                                   "Content-Type": JSON,
                                   "Transfer-Encoding": "chunked"})
            answer = connection.getresponse()
            told = json.loads(answer.read())
            connection.close()
            assert answer.status == status, (how, answer.status)
            if status == 200:
                assert told["length"] == 40, how


@test
def a_client_that_leaves_costs_nothing(world):
    for _ in range(20):
        connection = connect(world.fast)
        connection.sendall(b"POST /cgi-bin/echo HTTP/1.1\r\nHost: a\r\n"
                           b"Content-Length: 100\r\n\r\nabc")
        connection.close()
        connection = connect(world.fast)
        connection.sendall(b"GET /cgi-bin/echo/large HTTP/1.1\r\n"
                           b"Host: a\r\n\r\n")
        connection.close()
    assert fetch(world.fast).status == 200


def lighttpds_children(world):
    """The children of the keeper that lighttpd started."""
    def of(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    return [child for keeper in of(world.server.pid) for child in of(keeper)]


@test
def behind_lighttpd_a_dead_child_costs_one_request(world):
    def once():
        return fetch(world.fast, where="/cgi-bin/echo/pid").status
    for number, costs in ((signal.SIGKILL, 1), (signal.SIGTERM, 0)):
        with Load(8, once) as load:
            victim = wait_until("two children", lambda:
                                len(lighttpds_children(world)) == 2
                                and lighttpds_children(world))[0]
            os.kill(victim, number)
            wait_until("it is replaced", lambda:
                       len(lighttpds_children(world)) == 2
                       and victim not in lighttpds_children(world))
            load.more(50)
        assert len(load.lost()) <= costs, (number, load.lost())


@test
def behind_lighttpd_a_hundred_at_once(world):
    results = []

    def once():
        results.append(fetch(world.fast).status)
    threads = [threading.Thread(target=once) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 100, results


def main():
    passed = failed = 0
    wanted = sys.argv[1:]
    with World() as world:
        for function in TESTS:
            if wanted and function.__name__ not in wanted:
                continue
            try:
                function(world)
                passed += 1
            except Exception:  # a test's failure, whatever it is
                failed += 1
                print(f"FAILED {function.__name__}")
                traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
