"""Plays labelled clips into Chromium's microphone and records them with the recorder of the exam page.

`python -m tests.load.record_clips DATA_DIR OUT_DIR --each 3 [--plain]`; then `./run manage bench_audio
OUT_DIR` says how well voices are told apart in what a browser really sends. Takes as long as the clips, four
at a time.
"""

import argparse
import base64
import csv
import threading
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from playwright.sync_api import sync_playwright

from tests.contracts.project_files import ROOT
from tests.e2e.browsers import launch

RATE = 48_000
AT_ONCE = 4
_RECORD = """
async ({ seconds, isPlain }) => {
  const { ClipRecorder } = await import("/js/candidate/clip_recorder.js");
  const { Microphone } = await import("/js/candidate/microphone.js");
  const microphone = new Microphone();
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  if (isPlain) microphone.wishes = plain;
  if (!(await microphone.open())) throw new Error(microphone.text);
  let next = 0;
  const recorder = new ClipRecorder({ numbers: { take: () => next++ }, clock: Date });
  const pieces = [];
  recorder.addEventListener("clip", ({ detail }) => pieces.push(detail));
  recorder.seconds = 60;
  recorder.start(microphone.stream);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  recorder.stop();
  while (pieces.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const bytes = new Uint8Array(await pieces[0].blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { text: btoa(text), seconds: pieces[0].seconds, mime: pieces[0].mime };
}
"""


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Says nothing of each file."""


def chosen(folder: Path, each: int) -> list[dict[str, str]]:
    """The first `each` clips of every kind."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    seen: dict[str, Iterator[int]] = {}
    clips = [row for row in rows if row["file"].endswith(".webm") and row["category"] != "enroll"]
    return [row for row in clips if next(seen.setdefault(row["category"], count())) < each]


def write_wave(source: Path, target: Path) -> None:
    """Any recording as 16-bit PCM, as the fake microphone plays it."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(source)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    with wave.open(str(target), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


def record(
    row: dict[str, str], folder: Path, out: Path, address: str, *, is_plain: bool
) -> tuple[int, float]:
    """One clip through one browser; bytes and seconds of what it recorded."""
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        played = Path(place) / "played.wav"
        write_wave(folder / row["file"], played)
        browser = launch(
            playwright,
            arguments=[
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={played}%noloop",
            ],
        )
        page = browser.new_page()
        page.goto(f"{address}/css/base.css")
        given = {"seconds": float(row["duration_s"]) + 0.3, "isPlain": is_plain}
        made = page.evaluate(_RECORD, given)
        browser.close()
    data = base64.b64decode(made["text"])
    target = out / row["file"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    print(f"{row['file']}: {made['seconds']:.1f} s, {len(data)} bytes, {made['mime']}", flush=True)
    return len(data), made["seconds"]


def main() -> None:
    """Records them all and writes the labels beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DATA_DIR")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--each", type=int, default=2, help="clips of each kind")
    parser.add_argument("--plain", action="store_true", help="without echo and noise cancelling")
    options = parser.parse_args()
    rows = chosen(options.folder, options.each)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(ROOT / "static")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://localhost:{server.server_port}"
    with ThreadPoolExecutor(AT_ONCE) as workers:
        work = partial(
            record, folder=options.folder, out=options.out, address=address, is_plain=options.plain
        )
        sizes = list(workers.map(work, rows))
    server.shutdown()
    with (options.out / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    total, seconds = (sum(column) for column in zip(*sizes, strict=True))
    print(f"{len(rows)} clips, {seconds / 60:.1f} min, {total * 60 / seconds / 1000:.0f} kB a minute")


if __name__ == "__main__":
    main()
