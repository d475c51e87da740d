#ifndef GAFFER_JOURNAL_H
#define GAFFER_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

// A datagram socket that does not block, close-on-exec, with a send buffer of so many bytes where the kernel grants
// them, and connected to the socket at `path`, which needs no end. -1 and errno.
int gaffer_journal_connect(const char *path, size_t length, int buffer);

// The most records that one call sends.
enum { GAFFER_JOURNAL_BATCH = 128 };

// Sends `count` records, at most GAFFER_JOURNAL_BATCH, a datagram each: they stand one behind the other in `records`,
// the first of them at `start`, and `ends` tells where each ends. How many were sent; -1 and errno where none was.
int gaffer_journal_send(int socket, const uint8_t *records, size_t start, const size_t *ends, int count);

// Sends a record that is too large for a datagram as a sealed file in memory. 0, or -1 and errno.
int gaffer_journal_send_sealed(int socket, const void *record, size_t length);

// How many newlines there are.
size_t gaffer_count_newlines(const void *bytes, size_t length);
// Whether all bytes are printable ASCII or tabs.
int gaffer_is_plain_text(const void *bytes, size_t length);

// Address space of so many bytes (of whole pages), of which only what is touched takes memory; NULL and errno.
void *gaffer_reserve_memory(size_t length);
void gaffer_unreserve_memory(void *memory, size_t length);
// Gives the pages back; they are zero when they are touched again.
void gaffer_give_memory_back(void *memory, size_t length);

// The device and inode of an open descriptor; 0, or -1 and errno.
int gaffer_descriptor_identity(int descriptor, uint64_t *device, uint64_t *inode);

#endif
