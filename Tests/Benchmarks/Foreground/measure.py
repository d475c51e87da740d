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


def run(program, folder, processes, lines):
    """Seconds until the first line and until all lines of the processes came, and how much CPU all of it used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    child = subprocess.Popen(
        [program, "start"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    found, rest, first = 0, b"", None
    while found < processes * lines:
        piece = os.read(child.stdout.fileno(), 1 << 20)
        if not piece:
            sys.exit(f"{program} ended after {found} of {processes * lines} lines")
        *whole, rest = (rest + piece).split(b"\n")
        # Theirs among those that tell of starts.
        found += sum(b"xxxx" in line for line in whole)
        if found and first is None:
            first = time.monotonic() - start
    taken = time.monotonic() - start
    # honcho hangs where this comes while it starts its last process.
    time.sleep(0.3)
    child.send_signal(signal.SIGTERM)
    while os.read(child.stdout.fileno(), 1 << 20):
        pass
    child.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return first, taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


for title, folder, place, processes, lines, count in [
    ("first line of three processes", "first", 0, 3, 1, rounds * 4),
    ("1,000,000 lines of ten processes", "many", 1, 10, 100_000, max(1, rounds // 2)),
]:
    times = {name: [] for name in programs}
    for _ in range(count):
        for name, program in programs.items():
            if name != "foreman" or folder == "first":
                times[name].append(run(program, f"{work}/{folder}", processes, lines))
    print(f"{title}, median of {count}:")
    ours = statistics.median(found[place] for found in times["gaffer"])
    for name, found in times.items():
        if found:
            taken = statistics.median(entry[place] for entry in found)
            cpu = statistics.median(entry[2] for entry in found)
            print(f"  {name}: {taken * 1000:.1f} ms, {cpu * 1000:.0f} ms of CPU in all; gaffer {ours / taken:.3f} of it")
    sys.stdout.flush()
