"""A world whose clock, disk, evidence store, media server and line to the candidates can be taken away."""

from contextlib import ExitStack
from pathlib import Path

from tests.faults.surroundings import (
    Clock,
    ExamLine,
    port_of,
    small_disk,
    store_behind_a_line,
)
from tests.faults.world import World
from tests.janus_server import JANUS, SECRETS, JanusServer

DISK_MB = 96
"""What the web process keeps beside the database: static files (20 MB), evidence that waits."""


class FrailWorld(World):
    """`disk`, `janus`: None where this machine cannot have them. `address` leads over `line`."""

    def __init__(self, folder: Path, settings: dict[str, str], around: ExitStack) -> None:
        data = folder / "data"
        data.mkdir(mode=0o700)
        self.disk = around.enter_context(small_disk(data, DISK_MB))
        self.clock = Clock(folder)
        self.store, own = around.enter_context(store_behind_a_line())
        self.janus = self._make_janus(folder) if JANUS else None
        if self.janus is not None:
            own |= {"PROCTOR_JANUS_URL": self.janus.url, "PROCTOR_JANUS_WS_URL": self.janus.ws_url}
            own |= {"PROCTOR_LIVE_PROVIDER": "janus", **SECRETS}
        super().__init__(folder, own | settings, around)
        self.line = ExamLine(port_of(self.direct))
        around.callback(self.line.close)
        self.address = self.line.address
        self.environment["PROCTOR_BASE_URL"] = self.address
        if self.line.loses_packets:
            self.environment["PROCTOR_HOST"] = "0.0.0.0"
        for part in (self.web, self.jobs):
            part.env = self.environment | self.clock.environment

    def start(self) -> None:
        if self.janus is not None:
            self.janus.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        if self.janus is not None:
            self.janus.stop()

    @staticmethod
    def _make_janus(folder: Path) -> JanusServer:
        own = folder / "janus"
        own.mkdir()
        return JanusServer(own)
