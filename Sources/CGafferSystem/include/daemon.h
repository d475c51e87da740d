#ifndef GAFFER_DAEMON_H
#define GAFFER_DAEMON_H

// Goes to the background; only while the process has one thread.
//
// Returns 0 in the daemon, which leads no terminal, has umask 022, and /dev/null as stdin and stdout; stderr stays
// until it is ready. `ready` is then a descriptor for one of the two functions below. The process that called this
// never returns: it exits 0 once the daemon is ready, with the code that the daemon gave where that failed, and with 1
// where the daemon ended without a word. -1 and errno where it could not even fork.
int gaffer_daemonize(int *ready);
// Tells the waiting parent that all is well, and turns stderr to /dev/null.
void gaffer_daemon_is_ready(int ready);
// Tells the waiting parent to print `text` (may be NULL) on stderr and to exit with `code`, 1 to 255, once this process
// has ended.
void gaffer_daemon_failed(int ready, int code, const char *text);

#endif
