#ifndef GAFFER_WATCHING_H
#define GAFFER_WATCHING_H

#include <stddef.h>
#include <stdint.h>

// Something that happened in a watched folder.
struct gaffer_change {
    int folder;        // what gaffer_watch_folder gave; -1: the kernel had no room for more changes
    int is_folder;     // it is about a folder in it
    int is_new;        // it was made, or moved there
    int is_over;       // the folder itself is watched no longer
    char name[256];    // empty: the folder itself
};

// A descriptor to watch folders by, non-blocking and close-on-exec; -1 and errno.
int gaffer_watcher(void);
// Watches a folder, not what is below the folders in it. Its number, or -1 and errno: ENOSPC where the user has no
// watches left.
int gaffer_watch_folder(int watcher, const char *path);
// Ends the watch of a folder.
void gaffer_unwatch_folder(int watcher, int folder);
// Takes what has happened, at most `capacity`; how many, 0: nothing more. `buffer` is for the kernel's records.
size_t gaffer_read_changes(int watcher, void *buffer, size_t size, struct gaffer_change *changes, size_t capacity);
// What `size` has to be at least so that `capacity` changes are never too few for one buffer.
#define GAFFER_CHANGES_SIZE 4096
#define GAFFER_CHANGES_CAPACITY 256

#endif
