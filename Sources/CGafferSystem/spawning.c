#define _GNU_SOURCE
#include "spawning.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The child runs on the parent's memory while the calling thread is suspended (CLONE_VM | CLONE_VFORK). So it may
// call nothing that takes a lock, allocates or talks to other threads: libc's setuid and its kin signal the
// *parent's* threads, and a sanitizer's wrappers keep books for the parent. Hence raw system calls throughout.

#if defined(__clang__) && __has_attribute(disable_sanitizer_instrumentation)
#define UNINSTRUMENTED __attribute__((disable_sanitizer_instrumentation))
#else
#define UNINSTRUMENTED
#endif

#define KERNEL_SIGNAL_COUNT 64
#define KERNEL_SIGSET_SIZE (KERNEL_SIGNAL_COUNT / 8)
#define CHILD_STACK_SIZE (24 * 1024)

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

// glibc's own name of clone(): sanitizers replace the public one by a wrapper made for fork.
extern int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);

// What the kernel calls struct sigaction on x86-64 and aarch64; all zeros is SIG_DFL.
struct kernel_sigaction {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

struct child {
    const struct gaffer_spawn *request;
    struct gaffer_spawned *result;
    int joins_cgroup;  // it was not born in it
    char oom_score[16];
};

// What clone3 takes, up to Linux 5.7: its header and libc's own contradict each other.
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

// Needs no system call, so it may run in the child.
UNINSTRUMENTED static uint64_t nanoseconds_since_boot(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

UNINSTRUMENTED static int failed(struct child *child, enum gaffer_step step, int error, int detail) {
    child->result->step = step;
    child->result->error = error;
    child->result->detail = detail;
    return 127;
}

UNINSTRUMENTED static int is_target(const struct gaffer_spawn *request, int number) {
    for (size_t i = 0; i < request->descriptor_count; i++) {
        if (request->descriptors[i].target == number) return 1;
    }
    return 0;
}

UNINSTRUMENTED static int place_descriptors(struct child *child) {
    const struct gaffer_spawn *request = child->request;
    const size_t count = request->descriptor_count;
    // The moves are kept in the child's small stack, so there is a bound; Swift refuses longer lists.
    int sources[GAFFER_DESCRIPTOR_LIMIT];
    if (count > GAFFER_DESCRIPTOR_LIMIT) return failed(child, GAFFER_STEP_DESCRIPTORS, E2BIG, -1);

    int above = 3;
    for (size_t i = 0; i < count; i++) {
        if (request->descriptors[i].target >= above) above = request->descriptors[i].target + 1;
    }
    // A source that is another pair's target would be overwritten before its turn.
    for (size_t i = 0; i < count; i++) {
        const struct gaffer_descriptor *pair = &request->descriptors[i];
        sources[i] = pair->source;
        if (pair->source < 0 || pair->source == pair->target || !is_target(request, pair->source)) continue;
        long moved = syscall(SYS_fcntl, pair->source, F_DUPFD_CLOEXEC, above);
        if (moved < 0) return failed(child, GAFFER_STEP_DESCRIPTORS, errno, pair->target);
        sources[i] = (int)moved;
    }
    if (syscall(SYS_close_range, 0U, ~0U, CLOSE_RANGE_CLOEXEC) < 0) {
        return failed(child, GAFFER_STEP_DESCRIPTORS, errno, -1);
    }
    for (size_t i = 0; i < count; i++) {
        const int target = request->descriptors[i].target;
        if (sources[i] < 0) continue;
        long placed = sources[i] == target ? syscall(SYS_fcntl, target, F_SETFD, 0)
                                           : syscall(SYS_dup3, sources[i], target, 0);
        if (placed < 0) return failed(child, GAFFER_STEP_DESCRIPTORS, errno, target);
    }
    int null = -1;
    for (size_t i = 0; i < count + 3; i++) {
        int target = i < count ? request->descriptors[i].target : (int)(i - count);
        if (i < count ? sources[i] >= 0 : is_target(request, target)) continue;
        if (null < 0) {
            null = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
            if (null < 0) return failed(child, GAFFER_STEP_DESCRIPTORS, errno, target);
        }
        long placed = null == target ? syscall(SYS_fcntl, target, F_SETFD, 0) : syscall(SYS_dup3, null, target, 0);
        if (placed < 0) return failed(child, GAFFER_STEP_DESCRIPTORS, errno, target);
    }
    return 0;
}

UNINSTRUMENTED static int join_cgroup(struct child *child) {
    long file = syscall(SYS_openat, child->request->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) return failed(child, GAFFER_STEP_CGROUP, errno, -1);
    // "0" is whoever writes it.
    if (syscall(SYS_write, file, "0", 1) != 1) return failed(child, GAFFER_STEP_CGROUP, errno, -1);
    syscall(SYS_close, file);
    return 0;
}

UNINSTRUMENTED static int set_oom_score(struct child *child) {
    long file = syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) return failed(child, GAFFER_STEP_OOM_SCORE, errno, -1);
    size_t length = 0;
    while (child->oom_score[length]) length++;
    const long written = syscall(SYS_write, file, child->oom_score, length);
    const int error = errno;
    syscall(SYS_close, file);
    return written < 0 ? failed(child, GAFFER_STEP_OOM_SCORE, error, -1) : 0;
}

UNINSTRUMENTED static int set_limits(struct child *child) {
    for (size_t i = 0; i < child->request->limit_count; i++) {
        const struct gaffer_limit *limit = &child->request->limits[i];
        const uint64_t value[2] = {limit->soft, limit->hard};
        if (syscall(SYS_prlimit64, 0, limit->resource, value, NULL) < 0) {
            return failed(child, GAFFER_STEP_RLIMIT, errno, limit->resource);
        }
    }
    return 0;
}

UNINSTRUMENTED static int set_credentials(struct child *child) {
    const struct gaffer_spawn *request = child->request;
    const gid_t gid = request->gid;
    const uid_t uid = request->uid;
    if (syscall(SYS_setgroups, request->group_count, request->groups) < 0) {
        // Who may not change groups may still ask for what it already is.
        const int unchanged = syscall(SYS_getuid) == (long)uid && syscall(SYS_getgid) == (long)gid;
        if (errno != EPERM || !unchanged) return failed(child, GAFFER_STEP_GROUPS, errno, -1);
    }
    if (syscall(SYS_setresgid, gid, gid, gid) < 0) return failed(child, GAFFER_STEP_GID, errno, -1);
    if (syscall(SYS_setresuid, uid, uid, uid) < 0) return failed(child, GAFFER_STEP_UID, errno, -1);
    // Whoever can become root again was not made less than root.
    if (uid != 0 && syscall(SYS_setresuid, -1, 0, -1) == 0) return failed(child, GAFFER_STEP_UID, EPERM, -1);
    return 0;
}

// A handler of the parent must never run here, so all are gone before any signal is let in.
UNINSTRUMENTED static void reset_signals(void) {
    const struct kernel_sigaction action = {0};
    for (int number = 1; number <= KERNEL_SIGNAL_COUNT; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        syscall(SYS_rt_sigaction, number, &action, NULL, KERNEL_SIGSET_SIZE);
    }
}

UNINSTRUMENTED static int execute(struct child *child) {
    const struct gaffer_spawn *request = child->request;
    int denied = 0;
    for (char *const *path = request->candidates; *path; path++) {
        syscall(SYS_execve, *path, request->arguments, request->environment);
        switch (errno) {
        case EACCES:
            // As execvpe: a later folder may hold one that may be executed.
            denied = 1;
            break;
        case ENOENT:
        case ENOTDIR:
        case ESTALE:
        case ENODEV:
        case ETIMEDOUT:
            if (!path[1] && path == request->candidates) return failed(child, GAFFER_STEP_EXEC, errno, -1);
            break;
        default:
            return failed(child, GAFFER_STEP_EXEC, errno, -1);
        }
    }
    return failed(child, GAFFER_STEP_EXEC, denied ? EACCES : ENOENT, -1);
}

UNINSTRUMENTED static int child_main(void *argument) {
    struct child *child = argument;
    const struct gaffer_spawn *request = child->request;

    child->result->after = nanoseconds_since_boot();
    reset_signals();
    if (request->new_session && syscall(SYS_setsid) < 0) return failed(child, GAFFER_STEP_SETSID, errno, -1);
    if (child->joins_cgroup && join_cgroup(child)) return 127;
    // Before the limits: the child's limit may be lower than the numbers that are in use in the parent.
    if (place_descriptors(child)) return 127;
    if (set_limits(child)) return 127;
    if (request->set_nice && syscall(SYS_setpriority, PRIO_PROCESS, 0, request->nice) < 0) {
        return failed(child, GAFFER_STEP_NICE, errno, -1);
    }
    // As who starts it: its own user may not be allowed to.
    if (request->set_oom_score && set_oom_score(child)) return 127;
    if (request->file_mask >= 0) syscall(SYS_umask, request->file_mask);
    if (request->set_credentials && set_credentials(child)) return 127;
    // As the job's user: a folder that it may not enter is told here.
    if (request->directory && syscall(SYS_chdir, request->directory) < 0) {
        return failed(child, GAFFER_STEP_CHDIR, errno, -1);
    }
    if (request->no_new_privileges && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        return failed(child, GAFFER_STEP_PRIVILEGES, errno, -1);
    }
    // After the credentials: changing those clears it.
    if (request->death_signal && syscall(SYS_prctl, PR_SET_PDEATHSIG, request->death_signal, 0, 0, 0) < 0) {
        return failed(child, GAFFER_STEP_DEATH_SIGNAL, errno, -1);
    }
    const uint64_t none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET_SIZE);
    return execute(child);
}

// clone3, which libc has no function for: the child calls child_main on its own stack and never comes back.
__attribute__((noinline)) static long clone3_child(struct clone_arguments *arguments, struct child *child) {
#if defined(__x86_64__)
    long result;
    register int (*function)(void *) __asm__("r12") = child_main;
    register void *argument __asm__("r13") = child;
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"
        "mov %%r13, %%rdi\n\t"
        "call *%%r12\n\t"
        "mov %%eax, %%edi\n\t"
        "mov %[exit], %%eax\n\t"
        "syscall\n\t"
        "hlt\n"
        "1:"
        : "=a"(result)
        : "0"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), "r"(function), "r"(argument),
          [exit] "i"(SYS_exit)
        : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_clone3;
    register long result __asm__("x0") = (long)arguments;
    register size_t size __asm__("x1") = sizeof *arguments;
    register int (*function)(void *) __asm__("x19") = child_main;
    register void *argument __asm__("x20") = child;
    __asm__ volatile(
        "svc #0\n\t"
        "cbnz x0, 1f\n\t"
        "mov x29, #0\n\t"
        "mov x0, x20\n\t"
        "blr x19\n\t"
        "mov x8, %[exit]\n\t"
        "svc #0\n"
        "1:"
        : "+r"(result)
        : "r"(number), "r"(size), "r"(function), "r"(argument), [exit] "i"(SYS_exit)
        : "x30", "memory", "cc");
#else
    (void)arguments;
    (void)child;
    const long result = -ENOSYS;
#endif
    if (result >= 0) return result;
    errno = (int)-result;
    return -1;
}

// Born in its cgroup a child costs less than one that moves there, and the kernel stops no other for it.
static pid_t clone_into_cgroup(struct child *child, char *stack, int flags, int *pidfd) {
    struct clone_arguments arguments = {
        .flags = (uint64_t)(flags & ~CSIGNAL) | CLONE_INTO_CGROUP,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = (uint64_t)(flags & CSIGNAL),
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = CHILD_STACK_SIZE,
        .cgroup = (uint64_t)child->request->cgroup,
    };
    return (pid_t)clone3_child(&arguments, child);
}

// Whether the kernel, or a filter of system calls, does not know how to bear a child in a cgroup.
static int lacks_birth(int error) {
    return error == ENOSYS || error == EINVAL || error == E2BIG || error == EPERM;
}

int gaffer_spawn(const struct gaffer_spawn *request, struct gaffer_spawned *result) {
    char stack[CHILD_STACK_SIZE] __attribute__((aligned(16)));
    struct child child = {.request = request, .result = result};
    int pidfd = -1;
    *result = (struct gaffer_spawned){.pid = -1, .pidfd = -1, .detail = -1};
    snprintf(child.oom_score, sizeof child.oom_score, "%d", request->oom_score);

    // Raw as well: libc would leave its two internal signals unblocked.
    const uint64_t all = ~(uint64_t)0;
    uint64_t before = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET_SIZE);
    result->before = nanoseconds_since_boot();
    const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    pid_t pid = -1;
    if (request->cgroup >= 0) pid = clone_into_cgroup(&child, stack, flags, &pidfd);
    if (pid < 0 && (request->cgroup < 0 || lacks_birth(errno))) {
        child.joins_cgroup = request->cgroup >= 0;
        pid = __clone(child_main, stack + sizeof stack, flags, &child, &pidfd);
    }
    const int error = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, KERNEL_SIGSET_SIZE);

    if (pid < 0) {
        const int lacks_more = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
        const int is_of_cgroup = request->cgroup >= 0 && !child.joins_cgroup && !lacks_more;
        result->step = is_of_cgroup ? GAFFER_STEP_CGROUP : GAFFER_STEP_CLONE;
        result->error = error;
        return -1;
    }
    if (result->step != GAFFER_STEP_NONE) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        close(pidfd);
        return -1;
    }
    result->pid = pid;
    result->pidfd = pidfd;
    return 0;
}

int gaffer_get_limit(struct gaffer_limit *limit) {
    struct rlimit value;
    if (getrlimit(limit->resource, &value) < 0) return -1;
    limit->soft = value.rlim_cur;
    limit->hard = value.rlim_max;
    return 0;
}

int gaffer_set_limit(const struct gaffer_limit *limit) {
    const struct rlimit value = {limit->soft, limit->hard};
    return setrlimit(limit->resource, &value);
}
