"""A bad line on the loopback: passes bytes on, late, held up, or not at all.

With `onto`, what it passes on goes over a line that loses packets (`packets`). Where none can be made: for a
stream, a lost packet is a pause until it is sent again, and that is made here.
"""

import asyncio
import random
import threading
from contextlib import suppress

from tests.faults.packets import PacketLine

RESENT_AFTER_S = (0.2, 0.6)
"""TCP sends a lost packet again after at least 200 ms on Linux, twice that the next time."""


class Proxy:
    """Listens on `port` of the loopback for `target`. `late_s` each way; `lost`: share held up."""

    def __init__(self, target: int, *, onto: PacketLine | None = None) -> None:
        self.target, self.onto = target, onto
        self.late_s, self.lost = 0.0, 0.0
        self.is_down = False
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)

    def go_down(self) -> None:
        """Tears every line, and takes no new one."""
        self.is_down = True
        self._loop.call_soon_threadsafe(self._tear)

    def come_back(self) -> None:
        self.is_down = False

    def close(self) -> None:
        self.go_down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def _tear(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        try:
            onward_reader, onward = await self._go_on()
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, onward}
        try:
            await asyncio.gather(self._pass(reader, onward), self._pass(onward_reader, writer))
        finally:
            self._writers -= {writer, onward}
            for each in (writer, onward):
                each.close()

    async def _go_on(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.onto is None:
            return await asyncio.open_connection("127.0.0.1", self.target)
        line = self.onto.socket()
        line.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(line, (self.onto.here, self.target))
        except OSError:
            line.close()
            raise
        return await asyncio.open_connection(sock=line)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What comes is delivered `late_s` later, in order; a lost piece holds up those behind it."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(256)
        loop = asyncio.get_running_loop()

        async def deliver() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if self.lost and random.random() < self.lost:
                    await asyncio.sleep(random.uniform(*RESENT_AFTER_S))
                if not data:
                    with suppress(OSError):
                        writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()

        delivery = asyncio.create_task(deliver())
        with suppress(OSError):
            while True:
                data = await reader.read(16_384)
                await queue.put((loop.time() + self.late_s, data))
                if not data:
                    break
        with suppress(OSError):
            await delivery
