#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>

void gaffer_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
