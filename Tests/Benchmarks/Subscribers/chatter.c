/* Waits for a line, then writes LINES lines of 40 bytes at 10,000 a second, and into FILE how long that took:
 * `chatter LINES FILE`. A line that begins with END is the last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    char word[16];
    if (!fgets(word, sizeof word, stdin)) return 1;
    int lines = atoi(argv[1]);
    double start = now(), longest = 0;
    for (int line = 0; line < lines; line++) {
        char text[64];
        int length = snprintf(text, sizeof text, "line %08d of a process that chats\n", line);
        while (length < 40) text[length - 1] = '.', text[length++] = '\n';
        double before = now();
        if (write(1, text, 40) != 40) return 1;
        double took = now() - before;
        if (took > longest) longest = took;
        double ahead = start + (line + 1) / 10000.0 - now();
        if (ahead > 0.001) usleep((useconds_t)(ahead * 1e6));
    }
    double end = now();
    dprintf(1, "END of what this process had to say....\n");
    FILE *file = fopen(argv[2], "w");
    if (!file) return 1;
    fprintf(file, "%d lines in %.3f s, longest write %.1f ms\n", lines, end - start, longest * 1e3);
    return fclose(file) != 0;
}
