#define _GNU_SOURCE
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int closed_after_error(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int gaffer_journal_connect(const char *path, size_t length, int buffer) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (length == 0 || length >= sizeof address.sun_path) {
        errno = length ? ENAMETOOLONG : ENOENT;
        return -1;
    }
    memcpy(address.sun_path, path, length);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    // Only who administers the network may go beyond net.core.wmem_max.
    if (setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer) < 0) {
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    }
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return closed_after_error(descriptor);
    return descriptor;
}

int gaffer_journal_send(int socket, const uint8_t *records, size_t start, const size_t *ends, int count) {
    struct mmsghdr messages[GAFFER_JOURNAL_BATCH];
    struct iovec pieces[GAFFER_JOURNAL_BATCH];
    if (count > GAFFER_JOURNAL_BATCH) count = GAFFER_JOURNAL_BATCH;
    memset(messages, 0, sizeof messages[0] * (size_t)count);
    for (int index = 0; index < count; index++) {
        pieces[index].iov_base = (void *)(records + start);
        pieces[index].iov_len = ends[index] - start;
        start = ends[index];
        messages[index].msg_hdr.msg_iov = &pieces[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    int sent;
    do {
        sent = sendmmsg(socket, messages, (unsigned)count, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

// A file in memory that holds the bytes and can never change again; -1 and errno.
static int sealed_copy(const uint8_t *bytes, size_t length) {
    int file = memfd_create("gaffer-journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return closed_after_error(file);
        bytes += written;
        length -= (size_t)written;
    }
    // Without the seals journald would not map it.
    if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
        return closed_after_error(file);
    }
    return file;
}

int gaffer_journal_send_sealed(int socket, const void *record, size_t length) {
    int file = sealed_copy(record, length);
    if (file < 0) return -1;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof file)];
    } control = {0};
    struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(header), &file, sizeof file);
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return closed_after_error(file);
    close(file);
    return 0;
}

size_t gaffer_count_newlines(const void *bytes, size_t length) {
    const uint8_t *byte = bytes;
    size_t count = 0;
    for (size_t index = 0; index < length; index++) count += byte[index] == '\n';
    return count;
}

int gaffer_is_plain_text(const void *bytes, size_t length) {
    const uint8_t *byte = bytes;
    // Without a way out of the loop, so that the compiler looks at many bytes at once.
    uint8_t other = 0;
    for (size_t index = 0; index < length; index++) {
        other |= (uint8_t)(byte[index] - 0x20) > 0x5E && byte[index] != '\t';
    }
    return !other;
}

void *gaffer_reserve_memory(size_t length) {
    void *memory =
        mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void gaffer_unreserve_memory(void *memory, size_t length) { munmap(memory, length); }

void gaffer_give_memory_back(void *memory, size_t length) { madvise(memory, length, MADV_DONTNEED); }

int gaffer_descriptor_identity(int descriptor, uint64_t *device, uint64_t *inode) {
    struct stat known;
    if (fstat(descriptor, &known) < 0) return -1;
    *device = known.st_dev;
    *inode = known.st_ino;
    return 0;
}
