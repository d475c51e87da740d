#ifndef GAFFER_WAITING_H
#define GAFFER_WAITING_H

#include <stdint.h>
#include <sys/types.h>

enum gaffer_wait_for {
    GAFFER_WAIT_ANY = 0,    // P_ALL
    GAFFER_WAIT_PID = 1,    // P_PID
    GAFFER_WAIT_PIDFD = 3,  // P_PIDFD
};

enum gaffer_wait_options {
    GAFFER_WAIT_BLOCK = 1,  // wait until there is one
    GAFFER_WAIT_PEEK = 2,   // leave it to be waited for again
};

struct gaffer_exit {
    int found;  // 0: still running
    pid_t pid;
    int signalled;    // 1: `status` is a signal, 0: an exit code
    int core_dumped;  // 1: it left a core dump
    int status;
    uint64_t user_microseconds;  // CPU time, its waited-for children's included
    uint64_t system_microseconds;
    uint64_t peak_resident_kib;
};

// Reaps a child (`id` by `kind`); 0, or -1 and errno: ECHILD where there is none such.
int gaffer_wait(enum gaffer_wait_for kind, int id, int options, struct gaffer_exit *result);

#endif
