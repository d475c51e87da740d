#ifndef GAFFER_THREADS_H
#define GAFFER_THREADS_H

// Names the calling thread, as `top -H` and /proc show it; 15 bytes at most.
void gaffer_name_thread(const char *name);

#endif
