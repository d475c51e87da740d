// What Swift can't spell: the child's side of a spawn, GNU and Linux calls that the Glibc module lacks, variadic calls.
#ifndef CGAFFERSYSTEM_H
#define CGAFFERSYSTEM_H

#include "cgroups.h"
#include "daemon.h"
#include "guarding.h"
#include "journal.h"
#include "kernel.h"
#include "output.h"
#include "peer.h"
#include "processes.h"
#include "spawning.h"
#include "threads.h"
#include "waiting.h"
#include "watching.h"

#endif
