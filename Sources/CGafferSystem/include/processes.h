#ifndef GAFFER_PROCESSES_H
#define GAFFER_PROCESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// A descriptor of /proc, close-on-exec; -1 and errno.
int gaffer_open_proc(void);
// The os pids of all processes, into `pids`. How many there were, which may be more than `capacity`; -1 and errno.
ssize_t gaffer_list_processes(int proc, int32_t *pids, size_t capacity);
// Reads a file of /proc/PID, as "stat", up to `capacity` bytes. How many, or -1 and errno (ENOENT, ESRCH: it is gone).
ssize_t gaffer_read_process_file(int proc, pid_t pid, const char *name, void *buffer, size_t capacity);
// Who owns /proc/PID: its effective user; -1 and errno.
int gaffer_process_owner(int proc, pid_t pid, uid_t *owner);

#endif
