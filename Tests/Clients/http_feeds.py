"""The feeds and the writing of streams, as Python's requests sees them.

The job `echo` copies its stdin to stdout, `both` says something on two streams when it is told to.
"""

import requests

from common import BASE, HEADERS, equal, expect

session = requests.Session()
session.headers.update(HEADERS)
session.trust_env = False


def pid_of(job):
    return session.get(f"{BASE}/jobs/default/{job}/pids", timeout=30).json()["pids"][0]


def send(pid, data, stream="stdin", **parameters):
    answer = session.post(
        f"{BASE}/streams/{pid}/{stream}",
        data=data,
        params=parameters,
        headers={"Content-Type": "application/octet-stream"},
        timeout=30,
    )
    equal(answer.status_code, 200, f"writing to {stream}")
    equal(answer.json()["bytes"], len(data), "the bytes that were taken")


class Events:
    """A reader of server-sent events."""

    def __init__(self, url, last=None, **parameters):
        headers = {"Last-Event-ID": last} if last else {}
        self.response = session.get(url, params=parameters, headers=headers, stream=True, timeout=30)
        equal(self.response.status_code, 200, url)
        equal(self.response.headers["content-type"], "text/event-stream", "the type")
        equal(self.response.headers["cache-control"], "no-store", "caching")
        self.lines = self.response.iter_lines(chunk_size=1, decode_unicode=False)
        self.id = None

    def next(self):
        """The next event: its name and its data."""
        name, data = None, []
        for line in self.lines:
            line = line.decode("utf-8")
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                self.id = value
            elif line == "" and (name or data):
                return name, "\n".join(data)
        return None, ""

    def close(self):
        self.response.close()


echo = pid_of("echo")

# Continuous: bytes as they are, also those that are no text.
with session.get(f"{BASE}/streams/{echo}/stdout", params={"feed": "continuous", "tail": 0}, stream=True,
                 timeout=30) as answer:
    equal(answer.status_code, 200, "continuous")
    send(echo, b"one\n\xff\x00two\n")
    raw = b""
    for piece in answer.iter_content(chunk_size=1):
        raw += piece
        if raw.endswith(b"two\n"):
            break
    equal(raw, b"one\n\xff\x00two\n", "the bytes")

# Server-sent events: each line, resumed where the client broke off.
events = Events(f"{BASE}/streams/{echo}/stdout", feed="eventsource", tail=1)
equal(events.next()[0], "stdout", "the last line's event")
send(echo, "grüße\n".encode())
equal(events.next(), ("stdout", "grüße"), "an event")
last = events.id
events.close()
send(echo, b"missed\n")
events = Events(f"{BASE}/streams/{echo}/stdout", last=last, feed="eventsource")
equal(events.next(), ("stdout", "missed"), "what came between")
# What looks like another event stays data.
send(echo, b"\n\nevent: admin\ndata: x\n")
found = []
while "data: x" not in found:
    name, data = events.next()
    equal(name, "stdout", "the name of a forged event")
    found += data.split("\n")
events.close()

# Long polling: what is there, or what comes next.
answer = session.get(f"{BASE}/streams/{echo}/stdout", params={"feed": "longpoll", "tail": 1}, timeout=30)
equal(answer.content, b"data: x\n", "the last line")

# Both streams of a process in one feed.
both = pid_of("both")
events = Events(f"{BASE}/streams/{both}/.", feed="eventsource")
send(both, b"go\n")
seen = sorted([events.next(), events.next()])
equal(seen, [("err", "to stderr"), ("out", "to stdout")], "both streams")
expect("=" in events.id, f"an id of two streams: {events.id}")
events.close()

# What is not there.
equal(session.get(f"{BASE}/streams/{echo}/nothing", timeout=30).json()["error"], "io_not_found", "no stream")
equal(session.get(f"{BASE}/streams/99999/stdout", timeout=30).status_code, 404, "no process")
silent = pid_of("silent")
equal(session.post(f"{BASE}/streams/{silent}/stdin", data=b"x", timeout=30).json()["error"], "forbidden_write",
      "a stdin that is none")

# Events, from the beginning of the daemon's life.
events = Events(f"{BASE}/events", last="0", feed="eventsource", pattern="job.default.echo")
equal(events.next()[0], "job.default.echo.load", "the first event")
events.close()
listed = session.get(f"{BASE}/events", params={"feed": "longpoll", "since": 0, "pattern": "spawn"}, timeout=30)
equal(listed.status_code, 200, "events that were")

# The end of input ends the process, and that ends its streams.
events = Events(f"{BASE}/streams/{echo}/stdout", feed="eventsource")
send(echo, b"bye\n", eof="true")
equal(events.next(), ("stdout", "bye"), "the last line")
equal(events.next()[0], "end", "the end")
print("all is well")
