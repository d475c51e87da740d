"""Two thousand clients that send one byte a second, from many addresses, and somebody who wants an answer meanwhile.

Prints what became of them as JSON: how many were told that they are too many, were cut off without a word, and were told
that they are too slow; how many descriptors gafferd had open at most; and how long the slowest answer to the patient
client took, who asks over the unix socket (GAFFER_SOCKET). GAFFER_PID is gafferd's number.
"""

import json
import os
import resource
import select
import socket
import time

from common import BASE, expect

COUNT = 2000
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
expect(hard > COUNT + 100, f"{hard} open files are enough")
port = int(BASE.rsplit(":", 1)[1])


def connect(index):
    """A hundred come from one address, so that its share is used up; the others from forty."""
    client = socket.socket()
    client.settimeout(60)
    client.bind(("127.0.0.1" if index < 100 else f"127.0.1.{index % 40 + 1}", 0))
    client.connect(("127.0.0.1", port))
    client.setblocking(False)
    return client


def ping():
    started = time.monotonic()
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(60)
        client.connect(os.environ["GAFFER_SOCKET"])
        client.sendall(b"GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := client.recv(4096):
            answer += part
    expect(answer.startswith(b"HTTP/1.1 200 "), f"an answer to a patient client: {answer}")
    return time.monotonic() - started


def descriptors():
    return len(os.listdir(f"/proc/{os.environ['GAFFER_PID']}/fd"))


def send(client, words):
    try:
        client.send(words)
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
        pass


before = descriptors()
found = {"too many": 0, "too slow": 0, "cut off": 0}
words = {b"HTTP/1.1 503": "too many", b"HTTP/1.1 408": "too slow"}
slowest, most, pings = 0.0, 0, 0
clients, answered = {}, []
poll = select.poll()


def look(timeout):
    """Takes what has come; who has got an answer says nothing more, but does not go either."""
    for descriptor, _ in poll.poll(timeout):
        try:
            part = clients[descriptor].recv(65536)
        except BlockingIOError:
            continue
        except ConnectionResetError:
            part = b""
        poll.unregister(descriptor)
        answered.append(clients.pop(descriptor))
        found[words.get(part[:12], "cut off")] += 1


for index in range(COUNT):
    client = connect(index)
    clients[client.fileno()] = client
    poll.register(client, select.POLLIN)
    send(client, b"GET /ping HTTP/1.1\r\nX: ")
deadline = time.monotonic() + 90
while clients and time.monotonic() < deadline:
    most = max(most, descriptors() - before)
    slowest = max(slowest, ping())
    pings += 1
    for client in clients.values():
        send(client, b"x")
    beat = time.monotonic() + 1
    while clients and (left := beat - time.monotonic()) > 0:
        look(left * 1000)
expect(not clients, f"{len(clients)} clients were left alone for 90 seconds")
print(json.dumps({**found, "most": most, "slowest": slowest, "pings": pings}))
