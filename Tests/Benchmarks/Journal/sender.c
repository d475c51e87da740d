// The other programs of the journal's benchmark: what a pipeline is compared with, and what feeds it.
//
//   sender lines RATE SECONDS BLOCK   writes RATE lines a second on stdout, BLOCK lines by one write, and says on stderr
//                                     how long that took
//   sender bare RATE SECONDS SOCKET   sends as many records of the same fields straight to journald, 64 by one sendmmsg,
//                                     and says how many went and what processor time they took
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, LINE = 80 };

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(int64_t when) {
    struct timespec time = {when / 1000000000, when % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {}
}

// A line of LINE characters, and its newline.
static void fill(char *line, long number) {
    int length = snprintf(line, LINE, "%ld GET /index.html 200 ", number);
    memset(line + length, 'x', (size_t)(LINE - length));
    line[LINE] = '\n';
}

static int lines(long rate, long count, long block) {
    char *buffer = malloc((size_t)block * (LINE + 1));
    int64_t start = now();
    for (long done = 0; done < count; done += block) {
        sleep_until(start + (int64_t)((double)done / (double)rate * 1e9));
        for (long index = 0; index < block; index++) fill(buffer + index * (LINE + 1), done + index);
        size_t rest = (size_t)block * (LINE + 1);
        char *next = buffer;
        while (rest > 0) {
            ssize_t written = write(1, next, rest);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return 1;
            next += written;
            rest -= (size_t)written;
        }
    }
    fprintf(stderr, "%.4f\n", (double)(now() - start) / 1e9);
    return 0;
}

static int bare(long rate, long count, const char *path) {
    static char records[BATCH][1024];
    struct mmsghdr messages[BATCH] = {0};
    struct iovec pieces[BATCH];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int size = 1 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        perror(path);
        return 1;
    }
    int prefix = 0;
    for (int index = 0; index < BATCH; index++) {
        prefix = snprintf(records[index], sizeof records[index],
                          "SYSLOG_IDENTIFIER=bench.bare\nSYSLOG_PID=%d\nSYSLOG_FACILITY=3\nOBJECT_PID=%d\n"
                          "GAFFER_SESSION=bench\nGAFFER_JOB=bare\nGAFFER_PID=1\nGAFFER_INSTANCE=1\n"
                          "GAFFER_STREAM=stdout\nPRIORITY=6\nMESSAGE=",
                          getpid(), getpid());
        pieces[index].iov_base = records[index];
        pieces[index].iov_len = (size_t)prefix + LINE + 1;
        messages[index].msg_hdr.msg_iov = &pieces[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    int64_t start = now();
    for (long done = 0; done < count; done += BATCH) {
        sleep_until(start + (int64_t)((double)done / (double)rate * 1e9));
        for (int index = 0; index < BATCH; index++) fill(records[index] + prefix, done + index);
        for (int sent = 0; sent < BATCH;) {
            int result = sendmmsg(descriptor, messages + sent, (unsigned)(BATCH - sent), MSG_NOSIGNAL);
            if (result < 0 && errno != EINTR) {
                perror("sendmmsg");
                return 1;
            }
            if (result > 0) sent += result;
        }
    }
    getrusage(RUSAGE_SELF, &after);
    double user = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                  (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6;
    double system = (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
                    (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
    printf("{\"sent\": %ld, \"dropped\": 0, \"user\": %.6f, \"system\": %.6f}\n", (count + BATCH - 1) / BATCH * BATCH,
           user, system);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 5) {
        long rate = atol(arguments[2]);
        long records = (long)((double)rate * atof(arguments[3]));
        if (rate > 0 && !strcmp(arguments[1], "lines")) return lines(rate, records, atol(arguments[4]));
        if (rate > 0 && !strcmp(arguments[1], "bare")) return bare(rate, records, arguments[4]);
    }
    fprintf(stderr, "usage: sender lines RATE SECONDS BLOCK | sender bare RATE SECONDS SOCKET\n");
    return 2;
}
