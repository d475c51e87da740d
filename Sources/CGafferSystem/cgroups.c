#define _GNU_SOURCE
#include "cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define CGROUP2_MAGIC 0x63677270

int gaffer_is_cgroup2(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) == 0 && facts.f_type == CGROUP2_MAGIC;
}

ssize_t gaffer_extended_attribute(const char *path, const char *name, void *buffer, size_t capacity) {
    return getxattr(path, name, buffer, capacity);
}

ssize_t gaffer_list_folders(const char *path, char *buffer, size_t capacity) {
    DIR *folder = opendir(path);
    if (!folder) return -1;
    size_t count = 0;
    errno = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        // cgroupfs tells the kind of each.
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
        const size_t length = strlen(entry->d_name) + 1;
        if (count + length <= capacity) memcpy(buffer + count, entry->d_name, length);
        count += length;
    }
    const int error = errno;
    closedir(folder);
    if (!error) return (ssize_t)count;
    errno = error;
    return -1;
}
