#ifndef GAFFER_CGROUPS_H
#define GAFFER_CGROUPS_H

#include <stddef.h>
#include <sys/types.h>

// 1: a cgroup2 file system is mounted there; 0: it is another one, or there is none.
int gaffer_is_cgroup2(const char *path);
// An extended attribute, up to `capacity` bytes: how many there are; -1 and errno (ENODATA: there is none such).
ssize_t gaffer_extended_attribute(const char *path, const char *name, void *buffer, size_t capacity);
// The names in a folder that are folders, each with a NUL, but for those that begin with a dot. How many bytes they
// are, which may be more than `capacity`; -1 and errno.
ssize_t gaffer_list_folders(const char *path, char *buffer, size_t capacity);

#endif
