"""The bench of the ears: what it counts, on made-up recordings whose tones the scripted diarizer knows."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.unit.audio.sounds import encode, silence, voices

ANNA, BEN = 300, 500
HEADER = "file,category,n_speakers,multiple,speakers,spans,duration_s,codec,bitrate,source,licence,notes"


def _folder(folder: Path) -> Path:
    two = voices([(ANNA, 9), (BEN, 3)])
    sounds = {
        "one.webm": ("single_plain", 1, "A:0.00-9.00", voices([(ANNA, 9)])),
        "two.webm": ("two_alt", 2, "A:0.00-9.00;B:9.00-12.00", two),
        "missed.webm": ("two_quiet", 2, "A:0.00-9.00;B:9.00-12.00", voices([(ANNA, 9), (0, 3)])),
        "false.webm": ("single_plain", 1, "A:0.00-12.00", two),
        "none.webm": ("none_room", 0, "", silence(6)),
        "enrolled.webm": ("enroll", 1, "A:0.00-10.00", voices([(ANNA, 10), (0, 3)])),
    }
    lines = [HEADER]
    for name, (kind, people, spans, sound) in sounds.items():
        (folder / name).write_bytes(encode(sound))
        lines.append(f"{name},{kind},{people},{int(people > 1)},,{spans},1,webm/opus,24000,,,")
    lines.append("two.flac,two_alt,2,1,,A:0.00-9.00;B:9.00-12.00,1,flac,0,,,")
    (folder / "labels.csv").write_text("\n".join(lines))
    return folder


def test_what_is_found_missed_and_falsely_said_is_counted(tmp_path: Path) -> None:
    out = StringIO()
    call_command(
        "bench_audio", str(_folder(tmp_path)), diarizer="scripted", json=tmp_path / "figures.json",
        stdout=out, stderr=StringIO(),
    )  # fmt: skip
    found = json.loads((tmp_path / "figures.json").read_text())
    assert (found["clips"], found["precision"], found["recall"], found["f1"]) == (5, 0.5, 0.5, 0.5)
    assert (found["count_exact"], found["single_plain_false"]) == (0.6, 1)
    assert found["span_precision"] > 0.9 and found["span_recall"] > 0.9
    assert found["enrolled_same_least"] == 1.0
    assert found["cpu_s_per_minute"] > 0 and found["rss_mb"] > 0 and found["load_s"] > 0
    text = out.getvalue()
    assert "1 found, 1 missed; one or none: 1 flagged, 2 not" in text
    assert "single_plain     1 of 2" in text and "wrong: missed.webm, 2 speak, 1 heard" in text
    assert "Deepgram" in text, "what cannot be measured here is said"


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("bench_audio", str(tmp_path), stderr=StringIO())
    (tmp_path / "labels.csv").write_text(f"{HEADER}\ngone.webm,two_alt,2,1,,,1,,24000,,,\n")
    with pytest.raises(CommandError, match="no such recordings"):
        call_command("bench_audio", str(tmp_path), stderr=StringIO())
