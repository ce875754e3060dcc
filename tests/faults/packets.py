"""A line between two network namespaces that loses and delays packets: real loss on real TCP.

Two TUN devices, one of them in a namespace of its own, and a thread that carries packets from one to the
other, late, or not at all. netem does the same where a kernel has it; many kernels of containers and small
virtual machines have not, and two ways would be one that nobody tries.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_SET_TUN = 0x400454CA
_TUN_WITHOUT_HEADER = 0x1001
_SET_ADDRESS, _SET_MASK, _GET_FLAGS, _SET_FLAGS = 0x8916, 0x891C, 0x8913, 0x8914
_UP = 1
_MOST_WAITING = 4_000
"""Packets on their way; what comes on top is lost, as in a router."""
_libc = ctypes.CDLL(None, use_errno=True)


def why_no_packets() -> str:
    """Empty where such a line can be made, else the reason in words."""
    try:
        PacketLine().close()
    except OSError as error:
        return f"no network namespace with TUN devices can be made here ({error.strerror or error})"
    return ""


class PacketLine:
    """`here`: an address of this machine; sockets of `socket()` reach it over the line only.

    `lost`: share of the packets, each way; `late_s`: each way. Both may be changed at any time.
    """

    def __init__(self) -> None:
        self.lost, self.late_s = 0.0, 0.0
        self.dropped = self.carried = 0
        # 198.18.0.0/15 is for measurements (RFC 2544): nobody's network.
        third, fourth = os.getpid() // 64 % 256, os.getpid() % 64 * 4
        self.here, self.there = (f"198.18.{third}.{fourth + end}" for end in (1, 2))
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._away = -1
        self._ends: list[int] = []
        try:
            self._make_namespace()
            self._ends = [self._make_end(self.here)]
            with self._inside():
                self._ends.append(self._make_end(self.there))
        except OSError:
            self._close_files()
            raise
        self._over, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="packets", daemon=True)
        self._thread.start()

    def socket(self) -> socket.socket:
        """A socket that stands at the other end of the line."""
        with self._inside():
            return socket.socket()

    def close(self) -> None:
        """Takes the line away; both devices and the namespace go with it."""
        os.write(self._wake, b"x")
        self._thread.join(10)
        for each in (self._over, self._wake):
            os.close(each)
        self._close_files()

    def _close_files(self) -> None:
        for each in (*self._ends, self._away, self._home):
            if each >= 0:
                os.close(each)

    def _make_namespace(self) -> None:
        """In a thread of its own, which is thrown away: a namespace belongs to a thread."""
        failed: list[OSError] = []

        def make() -> None:
            try:
                _call(_libc.unshare(_NEW_NETWORK))
                self._away = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
            except OSError as error:
                failed.append(error)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """This thread is in the namespace for as long as the block lasts."""
        _call(_libc.setns(self._away, _NEW_NETWORK))
        try:
            yield
        finally:
            _call(_libc.setns(self._home, _NEW_NETWORK))

    def _make_end(self, address: str) -> int:
        """A TUN device with that address in the present namespace, switched on."""
        end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        try:
            made = fcntl.ioctl(end, _SET_TUN, struct.pack("16sH22x", b"", _TUN_WITHOUT_HEADER))
            name = made[:16]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                for what, value in ((_SET_ADDRESS, address), (_SET_MASK, "255.255.255.252")):
                    family = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(value))
                    fcntl.ioctl(asking, what, struct.pack("16s16s8x", name, family))
                flags = struct.unpack("16sH22x", fcntl.ioctl(asking, _GET_FLAGS, struct.pack("16s24x", name)))
                fcntl.ioctl(asking, _SET_FLAGS, struct.pack("16sH22x", name, flags[1] | _UP))
        except OSError:
            os.close(end)
            raise
        return end

    def _carry(self) -> None:
        waiting: list[tuple[float, int, int, bytes]] = []
        number = 0
        while True:
            rest = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
            ready, _, _ = select.select([*self._ends, self._over], [], [], rest)
            if self._over in ready:
                return
            for end in ready:
                onto = self._ends[end == self._ends[0]]
                for packet in _packets_of(end):
                    if random.random() < self.lost or len(waiting) >= _MOST_WAITING:
                        self.dropped += 1
                        continue
                    number += 1
                    heapq.heappush(waiting, (time.monotonic() + self.late_s, number, onto, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, onto, packet = heapq.heappop(waiting)
                with suppress(BlockingIOError):  # a full device loses packets, as any does
                    os.write(onto, packet)
                    self.carried += 1


def _packets_of(end: int) -> Iterator[bytes]:
    with suppress(BlockingIOError):
        while True:
            yield os.read(end, 65_536)


def _call(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
