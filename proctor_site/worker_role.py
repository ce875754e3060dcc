"""The role without an address: jobs, what clocks do, and files that wait for their store."""

import asyncio
import signal

from proctor_site import lifespan


def run() -> None:
    """Works until it is stopped (SIGTERM, Ctrl-C); the job under way is finished first."""
    asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopped.set)
    tasks = lifespan.start()
    await stopped.wait()
    await lifespan.stop(tasks)
