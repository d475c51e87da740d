"""Times programs that run a Procfile, in turn: `measure.py ROUNDS FOLDER NAME=PROGRAM...`."""

import os
import resource
import signal
import statistics
import subprocess
import sys
import time

rounds, work = int(sys.argv[1]), sys.argv[2]
programs = dict(word.split("=", 1) for word in sys.argv[3:])
marker = b"xxxxxxxx"


def run(program, folder, lines):
    """Seconds until so many lines of the processes came, and how much CPU the program and its processes used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    child = subprocess.Popen(
        [program, "start"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    found, rest = 0, b""
    while found < lines:
        piece = os.read(child.stdout.fileno(), 1 << 20)
        if not piece:
            sys.exit(f"{program} ended after {found} of {lines} lines")
        # A line counts by the run of x before its end.
        joined = rest + piece
        found += joined.count(b"xx\n") + joined.count(b"xx\x1b[0m\n")
        rest = joined[-8:] if not joined.endswith(b"\n") else b""
        found -= rest.count(b"xx\n")
    taken = time.monotonic() - start
    child.send_signal(signal.SIGTERM)
    while os.read(child.stdout.fileno(), 1 << 20):
        pass
    child.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


for title, folder, lines, count in [
    ("first line of three processes", "first", 1, rounds * 4),
    ("1,000,000 lines of ten processes", "many", 1_000_000, max(1, rounds // 2)),
]:
    times = {name: [] for name in programs}
    for _ in range(count):
        for name, program in programs.items():
            if name == "foreman" and folder == "many":
                continue
            times[name].append(run(program, f"{work}/{folder}", lines))
    print(f"{title}, {count} rounds:")
    ours = statistics.median(taken for taken, _ in times["gaffer"])
    for name, found in times.items():
        if not found:
            continue
        taken = statistics.median(taken for taken, _ in found)
        cpu = statistics.median(cpu for _, cpu in found)
        print(f"  {name}: {taken * 1000:.1f} ms, {cpu * 1000:.0f} ms of CPU; gaffer {ours / taken:.3f} of it")
