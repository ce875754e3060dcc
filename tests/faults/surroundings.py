"""What a world stands on and a fault takes away: its clock, its disk, its evidence store, its line."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.server import ROOT
from tests.faults.packets import PacketLine, why_no_packets
from tests.faults.proxy import Proxy
from tests.integration.servers import s3_fake


class Clock:
    """The clock of the processes that have its `environment`; it can be set while they run."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.set(0)

    def set(self, seconds: int) -> None:
        """So many seconds from the true time; processes see it within a second."""
        draft = self.file.with_suffix(".draft")
        draft.write_text(str(seconds))
        draft.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        shifted = ROOT / "tests" / "faults" / "shifted"
        return {"FAULTS_CLOCK": str(self.file), "PYTHONPATH": os.pathsep.join((str(shifted), str(ROOT)))}


class Disk:
    """A small disk in memory, mounted at `folder`; it can be filled."""

    def __init__(self, folder: Path) -> None:
        self.filler = folder / "filler"

    def fill(self) -> None:
        """Until nothing more fits."""
        with suppress(OSError), self.filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(65_536))
        with suppress(OSError), self.filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(512))

    def make_room(self) -> None:
        self.filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk | None]:
    """A disk of its own at `folder`; None where nothing may be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def store_behind_a_line() -> Iterator[tuple[Proxy, dict[str, str]]]:
    """An evidence store (S3), the line to it, and the settings that name it."""
    with s3_fake() as settings:
        line = Proxy(port_of(settings["PROCTOR_S3_ENDPOINT"]))
        try:
            yield line, settings | {"PROCTOR_S3_ENDPOINT": f"http://127.0.0.1:{line.port}"}
        finally:
            line.close()


class ExamLine:
    """The way of the candidates to the web process: packets that can be lost, where that can be made.

    Elsewhere a proxy holds bytes up as a lost packet holds up what is behind it; `loses_packets` says which.
    """

    def __init__(self, target: int) -> None:
        self.packets = None if why_no_packets() else PacketLine()
        self.proxy = Proxy(target, onto=self.packets)
        # The host stays the one that people type: cookies and origins are checked.
        self.address = f"http://localhost:{self.proxy.port}"

    @property
    def loses_packets(self) -> bool:
        return self.packets is not None

    def make_bad(self, *, lost: float, late_s: float) -> None:
        """Share of the packets that is lost, and seconds, each way."""
        worse = self.packets or self.proxy
        worse.lost, worse.late_s = lost, late_s

    def mend(self) -> None:
        self.make_bad(lost=0.0, late_s=0.0)

    def close(self) -> None:
        self.proxy.close()
        if self.packets is not None:
            self.packets.close()


def port_of(address: str) -> int:
    port = urlsplit(address).port
    assert port is not None
    return port


def may_have_files(count: int) -> bool:
    """Raises this process's limit of open files, and that of all that it starts from now on."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        wanted = max(hard, count) if os.geteuid() == 0 else min(hard, count)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= count
