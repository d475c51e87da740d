// What of libsystemd is used: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3), sd_is_socket(3).
#include <systemd/sd-daemon.h>
