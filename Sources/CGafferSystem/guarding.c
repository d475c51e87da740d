#define _GNU_SOURCE
#include "guarding.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "processes.h"

static const int handed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define HANDED_ON_COUNT (sizeof handed_on / sizeof handed_on[0])

// How many looks in a row have to find no child: a thread of the program may be starting one just now.
#define QUIET_LOOKS 3
#define PAUSE_MILLISECONDS 2
#define LONGEST_MILLISECONDS 5000

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Whether /proc says that `pid` is a child of this process. A child has this number until it is reaped here.
static int is_child(int proc, pid_t pid) {
    char text[512];
    ssize_t count = gaffer_read_process_file(proc, pid, "stat", text, sizeof text - 1);
    if (count <= 0) return 0;
    text[count] = 0;
    // The name before it may hold anything, brackets too.
    const char *end = strrchr(text, ')');
    if (!end || strlen(end) < 4) return 0;
    return atoi(end + 4) == getpid();
}

static void kill_children(int proc) {
    enum { MOST = 1 << 16 };
    static int32_t pids[MOST];
    ssize_t count = gaffer_list_processes(proc, pids, MOST);
    if (count > MOST) count = MOST;
    for (ssize_t i = 0; i < count; i++) {
        if (is_child(proc, pids[i])) kill(pids[i], SIGKILL);
    }
}

void gaffer_end_descendants(void) {
    const int64_t end = milliseconds() + LONGEST_MILLISECONDS;
    int proc = gaffer_open_proc();
    for (int quiet = 0; quiet < QUIET_LOOKS && milliseconds() < end;) {
        pid_t ended;
        do {
            ended = waitpid(-1, NULL, WNOHANG | __WALL);
        } while (ended > 0 || (ended < 0 && errno == EINTR));
        if (ended < 0) {
            quiet++;
        } else {
            quiet = 0;
            kill_children(proc);
        }
        const struct timespec pause = {0, PAUSE_MILLISECONDS * 1000000L};
        nanosleep(&pause, NULL);
    }
    if (proc >= 0) close(proc);
}

// Stops with the program, as Ctrl-Z asks, until somebody continues the guard.
static void stop_together(pid_t program) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    kill(program, SIGSTOP);
    // Not SIGSTOP: where no shell could continue this process, the kernel leaves this one without effect.
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    kill(program, SIGCONT);
}

static _Noreturn void end_as(int status) {
    if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
    const int number = WTERMSIG(status);
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(number, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    _exit(128 + number);
}

// Gives the guard a name without the program's, in all lists of processes: who kills by name (`pkill -9 gaffer`) is to
// hit the program alone, so that one of the two is left to end the others.
static void hide_name(void) {
    static const char name[] = "start-guard";
    prctl(PR_SET_NAME, name);
    // The words that this process was started with stand where the kernel says, in its own memory.
    char text[1024];
    int proc = gaffer_open_proc();
    if (proc < 0) return;
    ssize_t count = gaffer_read_process_file(proc, getpid(), "stat", text, sizeof text - 1);
    close(proc);
    if (count <= 0) return;
    text[count] = 0;
    const char *field = strrchr(text, ')');
    // The name is the second field, the first and the last byte of the words are the 48th and the 49th.
    for (int i = 2; field && i < 48; i++) field = strchr(field + 1, ' ');
    if (!field) return;
    char *next = NULL;
    const uintptr_t first = strtoull(field, &next, 10);
    const uintptr_t end = strtoull(next, NULL, 10);
    if (first == 0 || end < first + sizeof name) return;
    memset((void *)first, 0, end - first);
    memcpy((void *)first, name, sizeof name);
}

static _Noreturn void watch_over(pid_t program, const sigset_t *signals) {
    hide_name();
    for (;;) {
        int number = sigwaitinfo(signals, NULL);
        if (number < 0) continue;
        if (number == SIGTSTP) {
            stop_together(program);
        } else if (number != SIGCHLD) {
            // Not yet reaped, it still has its number.
            kill(program, number);
        }
        // Orphans of the program's end come here as well.
        int status;
        pid_t ended;
        int is_over = 0;
        int result = 0;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended != program) continue;
            is_over = 1;
            result = status;
        }
        if (!is_over) continue;
        gaffer_end_descendants();
        end_as(result);
    }
}

int gaffer_guard(int *lifeline) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    sigset_t signals, before;
    sigemptyset(&signals);
    for (size_t i = 0; i < HANDED_ON_COUNT; i++) sigaddset(&signals, handed_on[i]);
    sigprocmask(SIG_BLOCK, &signals, &before);
    sigaddset(&signals, SIGTSTP);
    sigaddset(&signals, SIGCHLD);
    sigset_t program_mask;
    sigprocmask(SIG_BLOCK, &signals, &program_mask);
    // Where it is ignored, as it may be inherited, nobody is told how a child ended.
    const struct sigaction told = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &told, NULL);
    pid_t program = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -1 : fork();
    if (program < 0) {
        const int error = errno;
        sigprocmask(SIG_SETMASK, &before, NULL);
        close(ends[0]);
        close(ends[1]);
        errno = error;
        return -1;
    }
    if (program > 0) {
        close(ends[0]);
        watch_over(program, &signals);
    }
    close(ends[1]);
    setsid();
    sigprocmask(SIG_SETMASK, &program_mask, NULL);
    *lifeline = ends[0];
    return 0;
}
