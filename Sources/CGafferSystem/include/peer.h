#ifndef GAFFER_PEER_H
#define GAFFER_PEER_H

#include <stdint.h>

// Who connected to (or made) a unix socket, as the kernel noted it at that moment. 0, or -1 and errno.
int gaffer_peer_credentials(int descriptor, uint32_t *uid, uint32_t *gid, int32_t *pid);
// The peer's supplementary groups: how many there are, of which at most `capacity` were stored; or -1 and errno.
// Since Linux 4.13.
int gaffer_peer_groups(int descriptor, uint32_t *groups, int capacity);

#endif
