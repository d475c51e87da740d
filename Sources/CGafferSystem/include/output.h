#ifndef GAFFER_OUTPUT_H
#define GAFFER_OUTPUT_H

#include <stdint.h>

// A flag that one thread sleeps on and any thread sets; setting it twice is setting it once.
//
// The word is 0: nothing happened, 1: set, 2: the owner sleeps or is about to.
void gaffer_wakeup_set(uint32_t *word);
// Sleeps until it is set, and takes it back. 1, or 0 where `nanoseconds` went by first; less than 0: without end.
int gaffer_wakeup_wait(uint32_t *word, int64_t nanoseconds);

// Sleeps for so long, at most a second.
void gaffer_pause(int64_t nanoseconds);

enum gaffer_file_kind {
    GAFFER_FILE_REGULAR = 0,
    GAFFER_FILE_OTHER = 1,  // a FIFO, a terminal, a device, a socket
};

struct gaffer_file_facts {
    enum gaffer_file_kind kind;
    uint64_t size;
    double birth;  // in seconds since 1970; the last change where the file system does not keep a birth
};

// What is known of an open file; 0, or -1 and errno.
int gaffer_file_facts(int descriptor, struct gaffer_file_facts *facts);

// Opens a file to append to it, made with `mode` where it is not there; never waits for a FIFO's reader.
//
// A symbolic link is followed only where root or the caller's own user made it, else -1 and ELOOP: whoever owns a
// folder of logs must not choose which file root appends to.
int gaffer_open_for_appending(const char *path, unsigned mode);

#endif
