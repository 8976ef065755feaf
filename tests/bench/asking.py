"""What is asked: as Cloudonix sends it, with synthetic ids, for tests/bench/run.

load.lua fills in the same places: @DOMAIN@, @KEY@, @TO@, @FROM@.
"""
import json
import socket
import struct
import time

BODY = json.dumps({
    "ApplicationSid": "00000000-0000-4000-8000-000000000001",
    "ApiVersion": "1", "CallStatus": "in-progress", "From": "@FROM@",
    "CallSid": "00000000000000000000000000000001", "To": "@TO@",
    "SessionData": {
        "id": 1, "domainId": 1, "outgoingSubscriberId": 1,
        "destination": "@TO@", "callerId": "@FROM@",
        "token": "00000000000000000000000000000001",
        "profile": {"subscriber-sip-headers": {"CID": "x.."},
                    "callId": ["x.."]},
        "callStartTime": 1768089515449, "status": "NEW",
        "vappServer": "192.0.2.1", "callIds": ["x.."], "ringing": False,
        "domainNameOrId": "@DOMAIN@"},
    "Domain": "@DOMAIN@", "Direction": "subscriber",
    "Application": {
        "id": 1, "domainId": 1, "name": "pbx",
        "uuid": "00000000-0000-4000-8000-000000000001", "profile": {},
        "type": "cxml", "url": "https://pbx.example.com/voice/route",
        "method": "POST", "llm-tools": []},
    "AccountSid": "@DOMAIN@",
    "Session": "00000000000000000000000000000001"}, separators=(",", ":"))
HEADERS = {
    "User-Agent": "Cloudonix APP.Core/5.3.673",
    "Authorization": "Bearer @KEY@", "Content-Type": "application/json",
    "X-Cx-Apikey": "XI00000000000000000000000000000000",
    "X-Cx-Domain": "@DOMAIN@", "X-Cx-From": "@FROM@",
    "X-Cx-Session": "00000000000000000000000000000001",
    "X-Cx-Source": "SUBSCRIBER", "X-Cx-Stageid": "0000000000000001",
    "X-Cx-To": "@TO@"}
PLACES = ("DOMAIN", "KEY", "TO", "FROM")

# A session update as Cloudonix sends it; @N@ is another number in each.
UPDATE = json.dumps([{
    "id": 13227331457, "token": "@N@", "eventId": "@N@", "action": "update",
    "reason": None, "lastError": None, "domainId": 1, "domain": "@DOMAIN@",
    "subscriberId": 1, "outgoingSubscriberId": None, "callerId": "@FROM@",
    "destination": "@TO@", "direction": "incoming", "status": "connected",
    "ringing": False, "createdAt": "2026-01-10T23:58:35.000Z",
    "modifiedAt": "2026-01-10T23:58:36.000Z",
    "callStartTime": 1768089515449, "callAnswerTime": 1768089516449,
    "callEndTime": 0, "startTime": "2026-01-10T23:58:35.449Z",
    "answerTime": "2026-01-10T23:58:36.449Z", "endTime": None,
    "timeLimit": 0, "vappServer": "192.0.2.1", "callIds": ["x.."],
    "profile": {"callId": ["x.."], "inbound-trunk-id": 1,
                "inbound-trunk-name": "main",
                "trunk-sip-headers": {"CID": "x.."}},
    "callback": None, "routes": [], "url": None}], separators=(",", ":"))


def fill(text, call):
    for name in PLACES:
        text = text.replace(f"@{name}@", call[name])
    return text


def request_of(call):
    return ({name: fill(value, call) for name, value in HEADERS.items()},
            fill(BODY, call))


def fastcgi_once(path, call):
    """One request to a responder's own socket; all that it answers."""
    headers, body = request_of(call)
    body = body.encode()
    variables = {"REQUEST_METHOD": "POST", "SCRIPT_NAME": "/cgi-bin/voice",
                 "REMOTE_ADDR": "127.0.0.1", "QUERY_STRING": "",
                 "CONTENT_TYPE": headers.pop("Content-Type"),
                 "CONTENT_LENGTH": str(len(body))}
    for name, value in headers.items():
        variables["HTTP_" + name.upper().replace("-", "_")] = value

    def record(kind, data):
        return struct.pack("!BBHHBB", 1, kind, 1, len(data), 0, 0) + data

    pairs = b"".join(struct.pack("!II", len(name) | 1 << 31,
                                 len(value) | 1 << 31)
                     + name.encode() + value.encode()
                     for name, value in variables.items())
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(10)
        while own.connect_ex(path) != 0:  # it does not listen yet
            time.sleep(0.0002)
        own.sendall(record(1, struct.pack("!HB5x", 1, 0)) + record(4, pairs)
                    + record(4, b"") + record(5, body) + record(5, b""))
        answer = b""
        while more := own.recv(65536):
            answer += more
    return answer
