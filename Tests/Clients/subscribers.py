"""A process that writes as fast as it can; one who reads it, and two who don't.

GAFFER_PID is gaffer's number of a process that reads a number and writes so many bytes to its stream `out`, over and
over; they repeat GAFFER_PATTERN and a line end. First it writes only as much at a time as the stream keeps, and goes on
when the reader has it all; then GAFFER_BYTES at once. Prints what each reader got: bytes, and bytes that it was told to
be missing. Each byte is one or the other.
"""

import json
import os
import re

import requests
import websockets.sync.client

from common import BASE, HEADERS, WS, equal, expect

PID = int(os.environ["GAFFER_PID"])
ROUNDS, ROUND = 400, 60_000
TOTAL = ROUNDS * ROUND + int(os.environ["GAFFER_BYTES"])
PATTERN = os.environ["GAFFER_PATTERN"].encode() + b"\n"
AHEAD = PATTERN * 2000


class Reader:
    """Counts what comes of the stream, and looks at each byte."""

    def __init__(self):
        self.position, self.bytes, self.missing, self.gaps = 0, 0, 0, 0

    def take(self, data):
        start = self.position % len(PATTERN)
        while data:
            part, data = data[: len(AHEAD) - len(PATTERN)], data[len(AHEAD) - len(PATTERN):]
            expect(part == AHEAD[start:start + len(part)], f"the bytes from {self.position} on are those that were written")
            self.position += len(part)
            self.bytes += len(part)
            start = self.position % len(PATTERN)

    def skip(self, count):
        expect(count > 0, "a gap is larger than nothing")
        self.position += count
        self.missing += count
        self.gaps += 1

    def told(self):
        equal(self.bytes + self.missing, TOTAL, "the bytes that came, and those that are missing")
        return {"bytes": self.bytes, "missing": self.missing, "gaps": self.gaps}


def subscribe():
    socket = websockets.sync.client.connect(
        WS + "/channel/websocket", additional_headers=HEADERS, open_timeout=60, proxy=None, ping_interval=None,
        max_size=None, max_queue=1, compression=None,
    )
    socket.send(json.dumps({"event": "SUB", "data": {"topic": f"STREAM:{PID}.out"}}))
    equal(json.loads(socket.recv(60))["event"], "gaffer:subscription_success", "the subscription")
    return socket


def read(socket, reader, end):
    while reader.position < end:
        data = json.loads(socket.recv(60))["data"]
        if "gap" in data:
            reader.skip(data["gap"])
        equal(data["offset"], reader.position, "where the bytes stand")
        reader.take(data["data"].encode())


def write(count):
    answer = session.post(f"{BASE}/streams/{PID}/stdin", data=f"{count}\n".encode(), timeout=60,
                          headers={"Content-Type": "application/octet-stream"})
    equal(answer.status_code, 200, "telling the process to write")


session = requests.Session()
session.trust_env = False
session.headers.update(HEADERS)
stuck = subscribe()
stuck_feed = session.get(f"{BASE}/streams/{PID}/out", params={"feed": "continuous"}, stream=True, timeout=60)
good = subscribe()
reader = Reader()
for number in range(1, ROUNDS + 1):
    write(ROUND)
    read(good, reader, number * ROUND)
equal(reader.missing, 0, "what is missing for who reads")
write(TOTAL - ROUNDS * ROUND)
read(good, reader, TOTAL)
told = {"good": reader.told()}


def read_stuck():
    reader = Reader()
    read(stuck, reader, TOTAL)
    return reader.told()


def read_feed():
    """Plain bytes, with a line in the place of those that are missing; to the end of the stream, which comes first."""
    reader, raw = Reader(), b""
    marker = re.compile(rb"\n\[gaffer: (\d+) bytes of out are missing here\]\n")
    for piece in stuck_feed.iter_content(chunk_size=1 << 16):
        raw += piece
        while found := marker.search(raw):
            reader.take(raw[:found.start()])
            reader.skip(int(found.group(1)))
            raw = raw[found.end():]
        # A marker may be cut.
        whole = raw.rfind(b"\n[")
        whole = len(raw) - 1 if whole < 0 and raw.endswith(b"\n") else len(raw) if whole < 0 else whole
        reader.take(raw[:whole])
        raw = raw[whole:]
        if reader.position + len(raw) == TOTAL:
            reader.take(raw)
            break
    return reader.told()


# Whoever has taken nothing for a long time may have been cut off, and is told no wrong then either.
for name, read_late in [("stuck", read_stuck), ("stuck feed", read_feed)]:
    try:
        told[name] = read_late()
    except (websockets.exceptions.ConnectionClosed, requests.exceptions.RequestException) as error:
        told[name] = {"closed": repr(error)}
print(json.dumps(told))
