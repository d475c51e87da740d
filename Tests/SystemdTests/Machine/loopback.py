"""Switches the loopback interface of a network namespace on, where there is no `ip`."""

import fcntl
import socket
import struct

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

with socket.socket() as channel:
    request = bytearray(fcntl.ioctl(channel, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0)))
    flags = struct.unpack_from("H", request, 16)[0] | IFF_UP
    fcntl.ioctl(channel, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))
