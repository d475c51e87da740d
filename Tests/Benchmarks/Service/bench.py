#!/usr/bin/python3
"""What gafferd as a service costs: to be run as root on a booted systemd, by `run` beside this file.

Prints one line a figure. Everything is taken in one run, in turns where two things are compared.
"""
import argparse, json, os, re, signal, socket, subprocess, sys, time

UNIT = """[Service]
Type=notify
ExecStart=%s -c /etc/gaffer-bench/gafferd.ini
WatchdogSec=30s
Delegate=yes
KillMode=mixed
TasksMax=infinity
LimitNOFILE=524288
LogRateLimitIntervalSec=1s
LogRateLimitBurst=1000000
"""
WORK = "/var/tmp/gaffer-bench"
SERVICE = "gaffer-bench"


def sh(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def show(name):
    return sh("systemctl", "show", "-P", name, SERVICE).strip()


def configure(jobs, gaffer=""):
    os.makedirs("/etc/gaffer-bench", exist_ok=True)
    with open("/etc/gaffer-bench/gafferd.ini", "w") as file:
        file.write(f"[gaffer]\nruntime_dir = {WORK}/run\nstate_dir = {WORK}/state\n{gaffer}\n{jobs}")


def start():
    sh("systemctl", "start", SERVICE)


def stop():
    sh("systemctl", "stop", SERVICE)


def cpu(pid):
    """The CPU seconds of a process and of all its threads."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) * 1024


def journald():
    return int(sh("systemctl", "show", "-P", "MainPID", "systemd-journald").strip())


def child_named(name):
    """The os pid of the one process of that program."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                if open(f"/proc/{entry}/comm").read().strip() == name:
                    return int(entry)
            except OSError:
                pass
        time.sleep(0.01)
    sys.exit(f"{name} does not run")


def say(name, value):
    print(f"{name:58} {value}", flush=True)


def start_of_a_hundred(args):
    marks = f"{WORK}/marks"
    delays = []
    for _ in range(args.rounds):
        if os.path.exists(marks):
            os.unlink(marks)
        configure("".join(f"[process:many:j{n}]\ncmd = {args.mark} {marks}\n" for n in range(100)))
        began = time.monotonic()
        start()
        took = time.monotonic() - began
        active = int(show("ActiveEnterTimestampMonotonic")) / 1e6
        times = [int(line) / 1e9 for line in open(marks)]
        delays.append((active - max(times), took, len(times)))
        stop()
    delays.sort()
    delay, took, count = delays[len(delays) // 2]
    say("100 jobs: active after the last job runs, median", f"{delay * 1000:.1f} ms (limit 50)")
    say("100 jobs: jobs that ran when it became active", f"{min(d[2] for d in delays)}")
    say("100 jobs: systemctl start took, median", f"{took * 1000:.0f} ms")


def leaf(args):
    marks, count = f"{WORK}/marks", 500
    spawns = {"off": [], "on": []}
    for _ in range(args.rounds * 3):
        for mode in spawns:
            if os.path.exists(marks):
                os.unlink(marks)
            configure(f"[process:many]\ncmd = {args.mark} {marks}\nnumprocesses = {count}\n", f"cgroups = {mode}")
            start()
            times = sorted(int(line) for line in open(marks))
            spawns[mode].append((times[-1] - times[0]) / (len(times) - 1) / 1e6)
            stop()
    off, on = (sorted(spawns[mode])[len(spawns[mode]) // 2] for mode in ("off", "on"))
    say("a spawn with a cgroup and without, median of starts of 500", f"{on:.3f} and {off:.3f} ms")
    say("a cgroup adds to a spawn", f"{on - off:.3f} ms (limit 0.2)")


def paced(args, rate, seconds, journal, file=None, during=None, settle=1):
    """Runs the pacing job; gives its seconds, the CPU seconds of gafferd meanwhile, and the largest memory."""
    report = f"{WORK}/report"
    if os.path.exists(report):
        os.unlink(report)
    lines = f"stdout_file = {file}\nstdout_file_max_size = 0\n" if file else ""
    configure(
        f"[process:bench:pace]\ncmd = {args.pace} {rate} {seconds} {report}\njournal = {journal}\n{lines}",
        gaffer=f"journal = {'on' if journal == 'true' else 'off'}",
    )
    start()
    gafferd = int(show("MainPID"))
    pace = child_named("pace")
    before, journal_before, largest = cpu(gafferd), cpu(journald()), resident(gafferd)
    os.kill(pace, signal.SIGUSR1)
    if during:
        during(gafferd)
    while not (os.path.exists(report) and open(report).read().endswith("\n")):
        largest = max(largest, resident(gafferd))
        time.sleep(0.05)
    sent, took, own = open(report).read().split()
    # What waits in gafferd's queue has time to go.
    time.sleep(settle)
    result = dict(
        sent=int(sent), took=float(took), cpu=cpu(gafferd) - before, largest=largest,
        journald=cpu(journald()) - journal_before,
    )
    return result


def records(since):
    """How many lines of the pacing job the journal has, and how many it was told that were dropped."""
    stored = dropped = announced = 0
    first = None
    process = subprocess.Popen(
        ["journalctl", "-u", SERVICE, "GAFFER_JOB=pace", f"--since=@{since:.0f}", "-o", "json",
         "--output-fields=MESSAGE,N_DROPPED"], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        entry = json.loads(line)
        if "N_DROPPED" in entry:
            dropped += int(entry["N_DROPPED"])
            announced += 1
        elif str(entry.get("MESSAGE", "")).startswith("line "):
            stored += 1
            if first is None:
                first = int(entry["MESSAGE"].split()[1])
    process.wait()
    return stored, dropped, announced, first


def chatty(args):
    rate, seconds = args.rate * 10, 5
    ratios = []
    for _ in range(args.rounds):
        off = paced(args, rate, seconds, "false", f"{WORK}/off.log")
        stop()
        since = time.time()
        on = paced(args, rate, seconds, "true", f"{WORK}/on.log", settle=10)
        sh("journalctl", "--sync")
        tail = sh(args.gafferctl, "--endpoint", f"unix:{WORK}/run/gafferd.sock", "logs", "-n", "1", "bench.pace")
        stop()
        sh("journalctl", "--sync")
        stored, dropped, announced, first = records(since)
        whole = sum(1 for n, line in enumerate(open(f"{WORK}/on.log")) if line.startswith(f"line {n} "))
        ratios.append((on["took"] / off["took"], on, stored, dropped, announced, whole, tail, first))
        os.unlink(f"{WORK}/on.log")
        os.unlink(f"{WORK}/off.log")
    ratios.sort(key=lambda r: r[0])
    ratio, on, stored, dropped, announced, whole, tail, first = ratios[len(ratios) // 2]
    say(f"{rate} lines/s: time with the journal to without, median", f"{ratio:.3f} (limit 1.05)")
    say(f"{rate} lines/s: lines in the file, in order", f"{whole} of {on['sent']}")
    say(f"{rate} lines/s: last line of the ring", "the last" if f"line {on['sent'] - 1} " in tail else repr(tail))
    # A journal in memory forgets the oldest records.
    say(f"{rate} lines/s: lines stored + dropped and announced, of all",
        f"{stored} + {dropped} = {stored + dropped} of {on['sent'] - first} ({announced} announcements)")
    say(f"{rate} lines/s: largest memory of gafferd", f"{on['largest'] / 2**20:.1f} MiB")


def cost(args):
    rate, seconds = args.rate // 2, 8
    rows = []
    for _ in range(args.rounds):
        # As a unit of its own, whose rate is not limited.
        bare = json.loads(sh(
            "systemd-run", "--quiet", "--pipe", "--wait", "--collect", "-p", "LogRateLimitIntervalSec=1s",
            "-p", "LogRateLimitBurst=1000000", args.sender, "bare", str(rate), str(seconds),
            "/run/systemd/journal/socket"))
        sent, own = bare["sent"], bare["user"] + bare["system"]
        off = paced(args, rate, seconds, "false")
        stop()
        on = paced(args, rate, seconds, "true")
        stop()
        rows.append((on["cpu"] / on["sent"] * 1e6, float(own) / int(sent) * 1e6, off["cpu"] / off["sent"] * 1e6))
    rows.sort(key=lambda row: row[0] / row[1])
    on, bare, off = rows[len(rows) // 2]
    say(f"{rate} lines/s: gafferd's CPU a record to a bare sender's", f"{on / bare:.2f} (limit 1.5)")
    say("  gafferd, journal on / bare sendmmsg / gafferd, journal off", f"{on:.1f} / {bare:.1f} / {off:.1f} us")


def stalled(args):
    rate, seconds = args.rate, args.stall

    def hold(gafferd):
        os.kill(journald(), signal.SIGSTOP)

    free = paced(args, rate, seconds, "false")
    stop()
    # journald's own watchdog would end it.
    os.makedirs("/run/systemd/system/systemd-journald.service.d", exist_ok=True)
    with open("/run/systemd/system/systemd-journald.service.d/bench.conf", "w") as file:
        file.write("[Service]\nWatchdogSec=0\n")
    sh("systemctl", "daemon-reload")
    sh("systemctl", "restart", "systemd-journald")
    held = paced(args, rate, seconds, "true", during=hold)
    os.kill(journald(), signal.SIGCONT)
    say(f"journald stopped for {seconds} s, {rate} lines/s: time to without journal", f"{held['took'] / free['took']:.3f}")
    say(f"journald stopped for {seconds} s: largest memory of gafferd, with / without",
        f"{held['largest'] / 2**20:.1f} / {free['largest'] / 2**20:.1f} MiB")
    stop()


def main():
    parser = argparse.ArgumentParser()
    for name in ["gafferd", "gafferctl", "mark", "pace", "sender"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rate", type=int, default=20000, help="records a second that journald takes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stall", type=int, default=60, help="seconds for which journald is stopped")
    parser.add_argument("--only", default="start,leaf,cost,chatty,stalled")
    args = parser.parse_args()
    os.makedirs(WORK, exist_ok=True)
    # A volatile journal is small, and forgets the first records before they are counted.
    os.makedirs("/run/systemd/journald.conf.d", exist_ok=True)
    with open("/run/systemd/journald.conf.d/bench.conf", "w") as file:
        file.write("[Journal]\nRuntimeMaxUse=2G\nRuntimeKeepFree=1M\n")
    sh("systemctl", "restart", "systemd-journald")
    with open(f"/run/systemd/system/{SERVICE}.service", "w") as file:
        file.write(UNIT % args.gafferd)
    sh("systemctl", "daemon-reload")
    for name, measure in [("start", start_of_a_hundred), ("leaf", leaf), ("cost", cost), ("chatty", chatty), ("stalled", stalled)]:
        if name in args.only.split(","):
            measure(args)


main()
