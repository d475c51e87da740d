/* Writes so many lines of 64 bytes, a write each, and waits until it is told to end: `lines COUNT`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
    long lines = count > 1 ? atol(words[1]) : 1;
    char line[64];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (long number = 0; number < lines; number++) {
        int length = snprintf(line, 12, "%010ld", number);
        line[length] = ' ';
        if (write(1, line, sizeof line) != sizeof line) return 1;
    }
    pause();
    return 0;
}
