"""Runs commands in a machine for a test: JSON lines in, JSON lines out.

A request is {"id": N, "command": TEXT} with, as wanted, "user": NAME, "input": TEXT, "limit": SECONDS and "line": REGEX:
the command is ended, and that is its success, once a line of its stdout matches. {"id": N, "condition": TEXT, "limit":
SECONDS} asks a command again and again until it succeeds: for what has no event to wait for.

The answer is {"id": N, "code": N, "output": TEXT, "error": TEXT}; the code is that of a shell, 124 where the limit was
reached. Requests run at the same time; the end of the input is the end of the agent and of all that it runs.
"""

import json
import os
import pwd
import re
import signal
import subprocess
import sys
import threading
import time
import tty

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "SYSTEMD_PAGER": "",
    "SYSTEMD_COLORS": "0",
    "SYSTEMD_URLIFY": "0",
}


def main():
    if len(sys.argv) > 1:
        # A virtual machine has a serial line for it.
        descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
        tty.setraw(descriptor)
        requests, answers = os.fdopen(descriptor, "r"), os.fdopen(os.dup(descriptor), "w")
    else:
        requests, answers = sys.stdin, sys.stdout
    lock = threading.Lock()

    def answer(value):
        with lock:
            answers.write(json.dumps(value) + "\n")
            answers.flush()

    def serve(request):
        try:
            result = wait_for(request) if "condition" in request else run(request)
        except Exception as error:  # Whatever it was, a test waits for an answer.
            result = {"code": 125, "output": "", "error": f"{type(error).__name__}: {error}"}
        answer({"id": request["id"], **result})

    answer({"id": 0, "code": 0, "output": "", "error": ""})
    for line in requests:
        threading.Thread(target=serve, args=(json.loads(line),), daemon=True).start()


def run(request):
    user = pwd.getpwnam(request.get("user") or "root")
    words = ["/bin/bash", "-c", request["command"]]
    if user.pw_uid != 0:
        words = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--init-groups", "--"] + words
    environment = dict(ENVIRONMENT, HOME=user.pw_dir, USER=user.pw_name, LOGNAME=user.pw_name)
    if os.path.isdir(f"/run/user/{user.pw_uid}"):
        environment["XDG_RUNTIME_DIR"] = f"/run/user/{user.pw_uid}"
    process = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=request.get("directory") or "/",
        start_new_session=True,
    )
    matched = threading.Event()
    late = threading.Event()

    def end(event):
        event.set()
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    timer = threading.Timer(request.get("limit", 60), end, [late])
    timer.start()
    try:
        if "line" in request:
            output, error = follow(process, re.compile(request["line"]), lambda: end(matched))
        else:
            output, error = process.communicate((request.get("input") or "").encode())
    finally:
        timer.cancel()
    code = process.wait()
    if matched.is_set():
        code = 0
    elif late.is_set():
        code = 124
        error += b"\n(it was ended, since it took too long)"
    elif code < 0:
        code = 128 - code
    return {"code": code, "output": output.decode(errors="replace"), "error": error.decode(errors="replace")}


def follow(process, pattern, stop):
    """All lines up to the one that matches."""
    process.stdin.close()
    error = []
    reader = threading.Thread(target=lambda: error.append(process.stderr.read()))
    reader.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if pattern.search(line.decode(errors="replace")):
            stop()
            break
    process.stdout.close()
    reader.join()
    return b"".join(lines), b"".join(error)


def wait_for(request):
    deadline = time.monotonic() + request.get("limit", 60)
    while True:
        result = run({**request, "command": request["condition"], "limit": 30})
        if result["code"] == 0 or time.monotonic() > deadline:
            return result
        time.sleep(0.02)


main()
