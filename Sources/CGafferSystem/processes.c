#define _GNU_SOURCE
#include "processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct kernel_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

int gaffer_open_proc(void) { return open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

ssize_t gaffer_list_processes(int proc, int32_t *pids, size_t capacity) {
    char buffer[32 * 1024] __attribute__((aligned(8)));
    size_t count = 0;
    if (lseek(proc, 0, SEEK_SET) < 0) return -1;
    for (;;) {
        long got = syscall(SYS_getdents64, proc, buffer, sizeof buffer);
        if (got < 0) return -1;
        if (got == 0) return (ssize_t)count;
        for (long at = 0; at < got;) {
            const struct kernel_entry *entry = (const struct kernel_entry *)(buffer + at);
            at += entry->length;
            if (entry->name[0] < '1' || entry->name[0] > '9') continue;
            int32_t pid = 0;
            for (const char *digit = entry->name; *digit >= '0' && *digit <= '9'; digit++) pid = pid * 10 + (*digit - '0');
            if (count < capacity) pids[count] = pid;
            count++;
        }
    }
}

ssize_t gaffer_read_process_file(int proc, pid_t pid, const char *name, void *buffer, size_t capacity) {
    char path[64];
    if (snprintf(path, sizeof path, "%d/%s", (int)pid, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t count = 0;
    int error = 0;
    while (count < capacity) {
        ssize_t got = read(file, (char *)buffer + count, capacity - count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        count += (size_t)got;
    }
    close(file);
    if (!error || count > 0) return (ssize_t)count;
    errno = error;
    return -1;
}

int gaffer_process_owner(int proc, pid_t pid, uid_t *owner) {
    char path[16];
    struct stat status;
    snprintf(path, sizeof path, "%d", (int)pid);
    if (fstatat(proc, path, &status, 0) < 0) return -1;
    *owner = status.st_uid;
    return 0;
}
