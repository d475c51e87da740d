#ifndef GAFFER_KERNEL_H
#define GAFFER_KERNEL_H

#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

// Each returns what the call of the same name does: -1 and errno where it failed. Every new descriptor is
// close-on-exec.

int gaffer_epoll_create(void);
// `events` of 0 with `operation` EPOLL_CTL_MOD: registered, but asked for nothing.
int gaffer_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token);
// Waits for at most `nanoseconds`; less than 0: without end. EINTR is 0 events.
int gaffer_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t nanoseconds);

int gaffer_eventfd(void);  // non-blocking, starts at 0
int gaffer_signalfd(int descriptor, const sigset_t *signals);  // non-blocking; -1: a new one
// Fills `numbers` with the signals that came, at most `capacity`; how many, 0 where none is pending.
int gaffer_signalfd_read(int descriptor, int *numbers, int capacity);
int gaffer_timerfd(void);  // CLOCK_MONOTONIC, non-blocking
// Absolute on CLOCK_MONOTONIC; 0 disarms.
int gaffer_timerfd_set(int descriptor, uint64_t nanoseconds);
int gaffer_memfd(const char *name);

int gaffer_pipe(int descriptors[2], int flags);  // of O_NONBLOCK; O_CLOEXEC is implied
int gaffer_set_pipe_size(int descriptor, int bytes);
int gaffer_pipe_size(int descriptor);
int gaffer_set_nonblocking(int descriptor, int enabled);
int gaffer_set_close_on_exec(int descriptor, int enabled);
int gaffer_duplicate(int descriptor, int lowest);  // F_DUPFD_CLOEXEC
int gaffer_close_range(unsigned first, unsigned last);
int gaffer_accept(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

int gaffer_pidfd_open(pid_t pid);
int gaffer_pidfd_send_signal(int pidfd, int signal);

int gaffer_become_subreaper(void);
// Keeps the allocator from making an arena per thread.
void gaffer_limit_arenas(int count);
// Blocks (or unblocks) signals for the calling thread; those it starts later inherit that.
int gaffer_block_signals(const int *numbers, int count, int blocked);
int gaffer_random(void *buffer, size_t count);
// 0: the lock is ours until every copy of the descriptor is closed; -1 with EWOULDBLOCK: somebody else's.
int gaffer_lock(int descriptor);
// The width and height of a terminal in characters; -1 where it is none.
int gaffer_terminal_size(int descriptor, int *columns, int *rows);
// The text of an errno, in a buffer of the caller; never fails.
const char *gaffer_error_text(int error, char *buffer, size_t capacity);

#endif
