"""The channel protocol and the websockets of a process, as Python's websockets sees them."""

import asyncio
import json

import websockets

from common import HEADERS, KEY, WS, equal, expect


def connect(path, headers=HEADERS, **options):
    return websockets.connect(WS + path, additional_headers=headers, open_timeout=30, proxy=None, **options)


async def answer(socket):
    return json.loads(await asyncio.wait_for(socket.recv(), 30))


async def until(socket, condition):
    """The first message that fits; those before it are passed over."""
    while True:
        message = await answer(socket)
        if condition(message):
            return message


async def command(socket, name, *arguments, **named):
    await socket.send(json.dumps({
        "event": "CMD",
        "data": {"identity": f"call-{name}", "name": name, "args": arguments, "kwargs": named},
    }))
    message = await until(socket, lambda message: message.get("data", {}).get("id") == f"call-{name}")
    return message


async def subscribe(socket, topic, **further):
    await socket.send(json.dumps({"event": "SUB", "data": {"topic": topic, **further}}))
    message = await until(socket, lambda message: message.get("topic") == topic and "subscription" in message["event"])
    equal(message["event"], "gaffer:subscription_success", topic)


async def echoed(socket, pid, text):
    """Sends to a process and gives the event of its echo, which may come before the answer."""
    await socket.send(json.dumps({"event": "CMD", "data": {"identity": "s", "name": "send", "args": [pid, text]}}))
    echo, is_answered = None, False
    while not (echo and is_answered):
        message = await answer(socket)
        if message.get("data", {}).get("id") == "s":
            equal(message["event"], "gaffer:command_success", "send")
            is_answered = True
        elif message.get("data", {}).get("topic") == f"STREAM:{pid}.out":
            echo = message
    return echo


async def channel():
    async with connect("/channel/websocket") as socket:
        await subscribe(socket, "EVENTS:job.shop.cat")
        loaded = await command(socket, "load", {"name": "cat", "cmd": "cat", "redirect_input": True,
                                                "redirect_output": ["out"]}, sessionid="shop")
        equal(loaded, {"event": "gaffer:command_success", "data": {"id": "call-load", "result": {"ok": True}}}, "load")
        pids = (await command(socket, "pids", "shop.cat"))["data"]["result"]["pids"]
        equal(len(pids), 1, "processes")
        pid = pids[0]
        await subscribe(socket, f"STREAM:{pid}.out")
        await echoed(socket, pid, "hallo\n")
        return pid


async def stream(pid):
    async with connect("/channel/websocket") as socket:
        topic = f"STREAM:{pid}.out"
        await subscribe(socket, topic)
        message = await echoed(socket, pid, "noch einmal\n")
        equal(message["data"]["data"], "noch einmal\n", "what came back")
        equal(message["data"]["name"], "shop.cat", "whose it is")
        await subscribe(socket, f"STATS:{pid}")
        stat = await until(socket, lambda m: m["event"] == "gaffer:event" and m["data"]["topic"] == f"STATS:{pid}")
        equal(stat["data"]["event"], "stat", "a sample")
        equal(stat["data"]["pid"], pid, "whose it is")
        await socket.send(json.dumps({"event": "UNSUB", "data": {"topic": f"STATS:{pid}"}}))
        await until(socket, lambda m: m.get("topic") == f"STATS:{pid}")
        unknown = await command(socket, "dance")
        equal(unknown["data"]["error"]["errno"], 404, "an unknown command")
        await socket.send("{")
        broken = await until(socket, lambda m: m["event"] == "gaffer:error")
        equal(broken["data"]["reason"], "invalid_json", "no JSON")


async def io_channel(pid):
    async with connect(f"/{pid}/channel/out") as socket:
        await socket.send("V1 message abc\0direct\n")
        frames = {}
        while len(frames) < 2:
            head, _, body = (await asyncio.wait_for(socket.recv(), 30)).partition("\0")
            frames[head.split(" ")[1]] = body
        equal(frames, {"response": "OK", "message": "direct\n"}, "the frames")


async def echo(pid):
    """The manual's echo client."""
    async with connect(f"/wstreams/{pid}") as socket:
        await socket.send("ECHO\n")
        equal(await asyncio.wait_for(socket.recv(), 30), "ECHO\n", "the echo")


async def bounds():
    async with connect("/channel/websocket", max_size=None) as socket:
        await socket.send("x" * (2 << 20))
        try:
            while True:
                await asyncio.wait_for(socket.recv(), 30)
        except websockets.ConnectionClosed as closed:
            equal(closed.rcvd.code, 1009, "the code for what is too big")
    if KEY:
        async with connect("/channel/websocket", headers={}) as socket:
            await socket.send("AUTH:" + KEY)
            equal((await command(socket, "sessions"))["event"], "gaffer:command_success", "after AUTH")
        async with connect("/channel/websocket", headers={}) as socket:
            await socket.send("AUTH:nonsense")
            refused = await answer(socket)
            equal(refused["data"]["error"], "AUTH_REQUIRED", "with a wrong key")
    for origin in ("https://evil.example", "null"):
        try:
            async with connect("/channel/websocket", origin=origin):
                expect(False, f"{origin} was let in")
        except websockets.InvalidStatus as refusal:
            equal(refusal.response.status_code, 403, origin)


async def main():
    pid = await channel()
    await stream(pid)
    await io_channel(pid)
    await echo(pid)
    await bounds()
    print("all is well")


asyncio.run(main())
