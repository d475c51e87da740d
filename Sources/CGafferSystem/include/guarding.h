#ifndef GAFFER_GUARDING_H
#define GAFFER_GUARDING_H

// Forks, for a program that has one thread so far. The child goes on as the program; the parent becomes its guard and
// never returns. Returns 0 in the child, or -1 and errno with nothing changed.
//
// The guard hands SIGINT, SIGTERM, SIGHUP and SIGQUIT on to the program, stops and continues with it (Ctrl-Z, `fg`), and
// ends as the program ended. Whatever the program leaves behind, also where SIGKILL ended it, the guard kills first: it
// is the parent of all orphans.
//
// The program leads a session of its own, so that all signals of the terminal reach the guard alone, and has these four
// signals blocked. `lifeline` can be read (end of file) as soon as the guard has ended.
int gaffer_guard(int *lifeline);

// Kills all descendants of this process, however deep, and returns when there are none, or after some seconds with
// those that can't be killed. Only the own children are ever signalled, which keep their numbers until they are reaped
// here: as a subreaper, this process becomes the parent of what they leave.
void gaffer_end_descendants(void);

#endif
