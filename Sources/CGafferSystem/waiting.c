#define _GNU_SOURCE
#include "waiting.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int gaffer_wait(enum gaffer_wait_for kind, int id, int options, struct gaffer_exit *result) {
    siginfo_t info = {0};
    struct rusage usage = {0};
    int flags = WEXITED;
    if (!(options & GAFFER_WAIT_BLOCK)) flags |= WNOHANG;
    if (options & GAFFER_WAIT_PEEK) flags |= WNOWAIT;
    *result = (struct gaffer_exit){0};

    // libc's waitid() does not hand out what the kernel knows of resources.
    long waited;
    do {
        waited = syscall(SYS_waitid, (int)kind, id, &info, flags, &usage);
    } while (waited < 0 && errno == EINTR);
    if (waited < 0) return -1;
    if (info.si_pid == 0) return 0;

    result->found = 1;
    result->pid = info.si_pid;
    result->signalled = info.si_code != CLD_EXITED;
    result->core_dumped = info.si_code == CLD_DUMPED;
    result->status = info.si_status;
    result->user_microseconds = (uint64_t)usage.ru_utime.tv_sec * 1000000 + (uint64_t)usage.ru_utime.tv_usec;
    result->system_microseconds = (uint64_t)usage.ru_stime.tv_sec * 1000000 + (uint64_t)usage.ru_stime.tv_usec;
    result->peak_resident_kib = (uint64_t)usage.ru_maxrss;
    return 0;
}
