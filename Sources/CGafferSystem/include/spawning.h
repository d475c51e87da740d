#ifndef GAFFER_SPAWNING_H
#define GAFFER_SPAWNING_H

#include <stdint.h>
#include <sys/types.h>

// Where a spawn failed. Swift's SpawnStep has the same numbers.
enum gaffer_step {
    GAFFER_STEP_NONE = 0,
    GAFFER_STEP_CLONE = 1,
    GAFFER_STEP_SETSID = 2,
    GAFFER_STEP_CGROUP = 3,
    GAFFER_STEP_DESCRIPTORS = 4,
    GAFFER_STEP_RLIMIT = 5,
    GAFFER_STEP_NICE = 6,
    GAFFER_STEP_OOM_SCORE = 7,
    GAFFER_STEP_UMASK = 8,
    GAFFER_STEP_GROUPS = 9,
    GAFFER_STEP_GID = 10,
    GAFFER_STEP_UID = 11,
    GAFFER_STEP_CHDIR = 12,
    GAFFER_STEP_PRIVILEGES = 13,
    GAFFER_STEP_DEATH_SIGNAL = 14,
    GAFFER_STEP_EXEC = 15,
};

// The most descriptors that a request may name.
#define GAFFER_DESCRIPTOR_LIMIT 256

struct gaffer_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

// The child's descriptor `target` becomes the parent's `source`; a source of -1 is /dev/null.
struct gaffer_descriptor {
    int source;
    int target;
};

struct gaffer_spawn {
    // Paths tried in order, NULL at the end: one for a program named by a path, one a folder of PATH for a bare name.
    char *const *candidates;
    char *const *arguments;    // NULL at the end
    char *const *environment;  // NULL at the end, complete
    const char *directory;     // NULL: the parent's
    const struct gaffer_limit *limits;
    size_t limit_count;
    // Targets are distinct. 0, 1 and 2 are /dev/null where none names them; everything else is closed.
    const struct gaffer_descriptor *descriptors;
    size_t descriptor_count;
    const gid_t *groups;  // supplementary ones, set where set_credentials is
    size_t group_count;
    uid_t uid;
    gid_t gid;
    int set_credentials;    // 0: those of the parent
    int new_session;        // 1: the child leads a session of its own
    int set_nice;           // 1: `nice` is set, as a value, not an increment
    int nice;
    int set_oom_score;      // 1: `oom_score` is written to its oom_score_adj
    int oom_score;
    int file_mask;          // -1: the parent's umask
    int no_new_privileges;  // 1: PR_SET_NO_NEW_PRIVS
    // 0: none, else sent to the child when the *thread* that spawned it ends.
    int death_signal;
    int cgroup;  // -1: the parent's; else a descriptor of its directory
};

struct gaffer_spawned {
    pid_t pid;
    int pidfd;         // close-on-exec; the caller's
    int step;          // enum gaffer_step: where it failed
    int error;         // errno of that step
    int detail;        // resource of a failed limit, target of a failed descriptor, else -1
    // Nanoseconds since boot, suspension included: the child came to life between the two.
    uint64_t before;
    uint64_t after;
};

// Starts a program; blocks until it was executed or failed.
//
// Returns 0, or -1 with `step` and `error` filled; then no child and no descriptor is left. Memory is shared with the
// child until exec, so the cost does not grow with the parent's size.
int gaffer_spawn(const struct gaffer_spawn *request, struct gaffer_spawned *result);

// getrlimit and setrlimit of this process: libc's take an enum that Swift can't make from a number.
int gaffer_get_limit(struct gaffer_limit *limit);
int gaffer_set_limit(const struct gaffer_limit *limit);

#endif
