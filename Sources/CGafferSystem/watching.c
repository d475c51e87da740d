#define _GNU_SOURCE
#include "watching.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

int gaffer_watcher(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

int gaffer_watch_folder(int watcher, const char *path) {
    // What an editor does when it saves: write in place, or write another file and give it the name.
    const uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF |
                             IN_MOVE_SELF;
    return inotify_add_watch(watcher, path, changes | IN_ONLYDIR | IN_EXCL_UNLINK);
}

void gaffer_unwatch_folder(int watcher, int folder) { inotify_rm_watch(watcher, folder); }

size_t gaffer_read_changes(int watcher, void *buffer, size_t size, struct gaffer_change *changes, size_t capacity) {
    ssize_t got;
    do {
        got = read(watcher, buffer, size);
    } while (got < 0 && errno == EINTR);
    size_t count = 0;
    for (ssize_t at = 0; at < got && count < capacity;) {
        const struct inotify_event *event = (const struct inotify_event *)((const char *)buffer + at);
        at += (ssize_t)(sizeof *event + event->len);
        struct gaffer_change *change = &changes[count++];
        change->folder = event->mask & IN_Q_OVERFLOW ? -1 : event->wd;
        change->is_folder = (event->mask & IN_ISDIR) != 0;
        change->is_new = (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0;
        change->is_over = (event->mask & IN_IGNORED) != 0;
        snprintf(change->name, sizeof change->name, "%s", event->len ? event->name : "");
    }
    return count;
}
