#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int gaffer_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int gaffer_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

int gaffer_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t nanoseconds) {
    long count = -1;
    if (nanoseconds <= 0) {
        count = epoll_wait(epoll, events, capacity, nanoseconds < 0 ? -1 : 0);
    } else {
        const int64_t timeout[2] = {nanoseconds / 1000000000, nanoseconds % 1000000000};
        count = syscall(SYS_epoll_pwait2, epoll, events, capacity, timeout, NULL, 0);
        if (count < 0 && errno == ENOSYS) {
            // Before Linux 5.11: milliseconds, rounded up so that a timer is never found too early in a busy loop.
            int64_t milliseconds = (nanoseconds - 1) / 1000000 + 1;
            count = epoll_wait(epoll, events, capacity, milliseconds > 1000000000 ? 1000000000 : (int)milliseconds);
        }
    }
    return count < 0 && errno == EINTR ? 0 : (int)count;
}

int gaffer_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int gaffer_signalfd(int descriptor, const sigset_t *signals) {
    return signalfd(descriptor, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int gaffer_signalfd_read(int descriptor, int *numbers, int capacity) {
    int count = 0;
    while (count < capacity) {
        struct signalfd_siginfo info;
        ssize_t got = read(descriptor, &info, sizeof info);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno != EAGAIN) return -1;
        if (got != sizeof info) break;
        numbers[count++] = (int)info.ssi_signo;
    }
    return count;
}

int gaffer_timerfd(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); }

int gaffer_timerfd_set(int descriptor, uint64_t nanoseconds) {
    struct itimerspec time = {0};
    time.it_value.tv_sec = (time_t)(nanoseconds / 1000000000);
    time.it_value.tv_nsec = (long)(nanoseconds % 1000000000);
    return timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &time, NULL);
}

int gaffer_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int gaffer_pipe(int descriptors[2], int flags) { return pipe2(descriptors, flags | O_CLOEXEC); }

int gaffer_set_pipe_size(int descriptor, int bytes) { return fcntl(descriptor, F_SETPIPE_SZ, bytes); }

int gaffer_pipe_size(int descriptor) { return fcntl(descriptor, F_GETPIPE_SZ); }

int gaffer_set_nonblocking(int descriptor, int enabled) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFL, enabled ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int gaffer_set_close_on_exec(int descriptor, int enabled) {
    return fcntl(descriptor, F_SETFD, enabled ? FD_CLOEXEC : 0);
}

int gaffer_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }

int gaffer_close_range(unsigned first, unsigned last) { return (int)syscall(SYS_close_range, first, last, 0); }

int gaffer_accept(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags | SOCK_CLOEXEC);
}

int gaffer_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int gaffer_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int gaffer_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void gaffer_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

int gaffer_block_signals(const int *numbers, int count, int blocked) {
    sigset_t signals;
    sigemptyset(&signals);
    for (int i = 0; i < count; i++) sigaddset(&signals, numbers[i]);
    int error = pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
    if (!error) return 0;
    errno = error;
    return -1;
}

int gaffer_random(void *buffer, size_t count) {
    char *bytes = buffer;
    while (count > 0) {
        ssize_t got = getrandom(bytes, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        bytes += got;
        count -= (size_t)got;
    }
    return 0;
}

int gaffer_lock(int descriptor) {
    int locked;
    do {
        locked = flock(descriptor, LOCK_EX | LOCK_NB);
    } while (locked < 0 && errno == EINTR);
    return locked;
}

int gaffer_terminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size = {0};
    if (ioctl(descriptor, TIOCGWINSZ, &size) < 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

const char *gaffer_error_text(int error, char *buffer, size_t capacity) {
    // The GNU variant, which returns a text that may stand elsewhere.
    return strerror_r(error, buffer, capacity);
}
