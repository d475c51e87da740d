#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void gaffer_wakeup_set(uint32_t *word) {
    if (__atomic_exchange_n(word, 1, __ATOMIC_SEQ_CST) == 2) {
        syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

int gaffer_wakeup_wait(uint32_t *word, int64_t nanoseconds) {
    struct timespec end = {0};
    if (nanoseconds >= 0) {
        clock_gettime(CLOCK_MONOTONIC, &end);
        end.tv_sec += nanoseconds / 1000000000;
        end.tv_nsec += nanoseconds % 1000000000;
        if (end.tv_nsec >= 1000000000) {
            end.tv_sec += 1;
            end.tv_nsec -= 1000000000;
        }
    }
    while (1) {
        uint32_t nothing = 0;
        if (!__atomic_compare_exchange_n(word, &nothing, 2, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) && nothing == 1) {
            // An exchange, so that what came before a second setting is seen, too.
            __atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST);
            return 1;
        }
        // The bitset form takes an absolute time on CLOCK_MONOTONIC, so that an interruption does not prolong it.
        long slept = syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, 2, nanoseconds < 0 ? NULL : &end, NULL,
                             FUTEX_BITSET_MATCH_ANY);
        if (slept < 0 && errno == ETIMEDOUT) {
            // It may have been set just now: then it counts.
            return __atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST) == 1;
        }
    }
}

void gaffer_pause(int64_t nanoseconds) {
    struct timespec time = {0, nanoseconds < 999999999 ? nanoseconds : 999999999};
    nanosleep(&time, NULL);
}

int gaffer_file_facts(int descriptor, struct gaffer_file_facts *facts) {
    struct statx known;
    const unsigned wanted = STATX_TYPE | STATX_SIZE | STATX_BTIME | STATX_CTIME;
    if (statx(descriptor, "", AT_EMPTY_PATH, wanted, &known) < 0) return -1;
    struct statx_timestamp birth = known.stx_mask & STATX_BTIME ? known.stx_btime : known.stx_ctime;
    facts->kind = S_ISREG(known.stx_mode) ? GAFFER_FILE_REGULAR : GAFFER_FILE_OTHER;
    facts->size = known.stx_size;
    facts->birth = (double)birth.tv_sec + (double)birth.tv_nsec / 1e9;
    return 0;
}

// Replaces `path` by what the link there says; 0, or -1 and errno.
static int follow(char path[PATH_MAX]) {
    // The descriptor is of the link itself, so that owner and target are those of one and the same link.
    int link = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (link < 0) return -1;
    struct stat known;
    char target[PATH_MAX];
    ssize_t length = -1;
    int error = 0;
    if (fstat(link, &known) < 0) {
        error = errno;
    } else if (!S_ISLNK(known.st_mode) || (known.st_uid != 0 && known.st_uid != geteuid())) {
        error = ELOOP;
    } else {
        length = readlinkat(link, "", target, sizeof target - 1);
        if (length < 0) error = errno;
    }
    close(link);
    if (error) {
        errno = error;
        return -1;
    }
    target[length] = 0;
    char *slash = strrchr(path, '/');
    size_t folder = target[0] == '/' || !slash ? 0 : (size_t)(slash - path) + 1;
    if (folder + (size_t)length >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path + folder, target, (size_t)length + 1);
    return 0;
}

int gaffer_open_for_appending(const char *path, unsigned mode) {
    char current[PATH_MAX];
    if (strlen(path) >= sizeof current) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(current, path);
    for (int links = 0; links < 16; links++) {
        // Opening what this process has as stdout again would fail where that is a socket.
        if (!strcmp(current, "/dev/stdout") || !strcmp(current, "/dev/stderr")) {
            return fcntl(strcmp(current, "/dev/stdout") ? 2 : 1, F_DUPFD_CLOEXEC, 3);
        }
        const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
        int file = open(current, flags, (mode_t)mode);
        if (file >= 0 || errno != ELOOP) return file;
        if (follow(current) < 0) return -1;
    }
    errno = ELOOP;
    return -1;
}
