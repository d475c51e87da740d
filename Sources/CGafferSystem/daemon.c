#define _GNU_SOURCE
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static ssize_t read_some(int file, char *buffer, size_t capacity) {
    ssize_t got;
    do {
        got = read(file, buffer, capacity);
    } while (got < 0 && errno == EINTR);
    return got;
}

static void write_all(int file, const char *text, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, text, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text += written;
        count -= (size_t)written;
    }
}

// The first byte is the exit code, the rest is for stderr.
static _Noreturn void wait_for_daemon(int ready) {
    char buffer[4096];
    ssize_t got = read_some(ready, buffer, 1);
    if (got != 1) {
        static const char text[] = "the daemon ended before it was ready\n";
        write_all(STDERR_FILENO, text, sizeof text - 1);
        _exit(1);
    }
    const int code = (unsigned char)buffer[0];
    while ((got = read_some(ready, buffer, sizeof buffer)) > 0) write_all(STDERR_FILENO, buffer, (size_t)got);
    _exit(code);
}

static void replace(int target, int flags) {
    int null = open("/dev/null", flags | O_CLOEXEC);
    if (null < 0) return;
    dup2(null, target);
    if (null != target) close(null);
}

int gaffer_daemonize(int *ready) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    pid_t pid = fork();
    if (pid < 0) {
        const int error = errno;
        close(ends[0]);
        close(ends[1]);
        errno = error;
        return -1;
    }
    if (pid > 0) {
        close(ends[1]);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        wait_for_daemon(ends[0]);
    }
    close(ends[0]);
    setsid();
    // Who does not lead its session can't get a terminal by opening one.
    pid = fork();
    if (pid < 0) {
        gaffer_daemon_failed(ends[1], 1, strerror(errno));
        _exit(1);
    }
    if (pid > 0) _exit(0);
    umask(022);
    replace(STDIN_FILENO, O_RDONLY);
    replace(STDOUT_FILENO, O_WRONLY);
    *ready = ends[1];
    return 0;
}

void gaffer_daemon_is_ready(int ready) {
    replace(STDERR_FILENO, O_WRONLY);
    write_all(ready, "", 1);
    close(ready);
}

void gaffer_daemon_failed(int ready, int code, const char *text) {
    const char status = (char)(code < 1 || code > 255 ? 1 : code);
    write_all(ready, &status, 1);
    if (text) {
        write_all(ready, text, strlen(text));
        write_all(ready, "\n", 1);
    }
    // Left open: the end of this process closes it, so that whoever waits is not told before that.
}
