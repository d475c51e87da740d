// A job that writes numbered lines of 80 bytes to stdout at a steady pace: `pace RATE SECONDS REPORT`.
//
// Each millisecond it writes the lines that are due, however late it is. The file REPORT gets the lines written, the
// seconds that took, and the CPU seconds of its own. It waits for SIGUSR1 before it begins, and for a signal at the end.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 80 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static int put(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(1, bytes, count);
        if (written < 0) return -1;
        bytes += written;
        count -= written;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    double rate = atof(argv[1]), seconds = atof(argv[2]);
    long total = (long)(rate * seconds), sent = 0;
    sigset_t begin;
    sigemptyset(&begin);
    sigaddset(&begin, SIGUSR1);
    sigprocmask(SIG_BLOCK, &begin, NULL);
    int signal;
    sigwait(&begin, &signal);

    static char batch[LINE * 4096];
    double start = now();
    while (sent < total) {
        long due = (long)((now() - start) * rate);
        if (due > total) due = total;
        while (sent < due) {
            long count = due - sent < 4096 ? due - sent : 4096;
            for (long i = 0; i < count; i++) {
                char *line = batch + i * LINE;
                memset(line, '.', LINE);
                int length = snprintf(line, LINE, "line %ld ", sent + i);
                line[length] = '.';
                line[LINE - 1] = '\n';
            }
            if (put(batch, count * LINE) != 0) return 1;
            sent += count;
        }
        struct timespec pause = {0, 1000000};
        if (sent < total) nanosleep(&pause, NULL);
    }
    double took = now() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    FILE *report = fopen(argv[3], "w");
    if (!report) return 1;
    fprintf(report, "%ld %.6f %.6f\n", sent, took,
            usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6);
    fclose(report);
    pause();
}
