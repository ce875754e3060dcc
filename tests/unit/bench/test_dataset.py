"""Labels are read as they are meant, and every mistake is named by file and row."""

from pathlib import Path

import pytest

from proctoring.bench.dataset import DataError, read_data
from proctoring.observations import ObservationKind as Kind

LABELS = "file,n_faces,n_faces_tol,yaw,objects,camera_state,synthetic,notes"
PAIRS = "a,b,same,kind"
CLIPS = "file,seconds,reference_image,expected_flags_seconds"
GOOD = {
    "labels.csv": [LABELS, 'a.jpg,1,0,left,cell_phone|book,ok,0,"dim, dark skin"', "b.jpg,0,2,,none,dark,1,"],
    "pairs.csv": [PAIRS, "a.jpg,b.jpg,0,cross"],
    "clips.csv": [CLIPS, "clips/c.mp4,10.0,images/a.jpg,none"],
}


def _folder(path: Path, **changed: list[str]) -> Path:
    for name in ("images/a.jpg", "images/b.jpg", "clips/c.mp4"):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(b"x")
    for name, lines in GOOD.items():
        chosen = changed.get(name.removesuffix(".csv"), lines)
        (path / name).write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return path


def test_a_whole_folder(tmp_path: Path) -> None:
    data = read_data(_folder(tmp_path))
    first, second = data.pictures
    assert (first.faces, first.tolerance, first.yaw, first.objects) == (1, 0, "left", {"cell_phone", "book"})
    assert (first.has_poor_light, first.has_dark_skin, first.is_altered) == (True, True, False)
    assert (second.objects, second.has_poor_light, second.is_altered) == (frozenset(), True, True)
    assert [(each.same, each.kind) for each in data.pairs] == [(False, "cross")]
    assert data.clips[0].is_quiet
    assert data.clips[0].reference == tmp_path / "images/a.jpg"


@pytest.mark.parametrize(
    ("note", "light", "skin"),
    [
        ("dark skin, microphone", False, True),
        ("beard, dark background", False, False),
        ("glasses, brown skin", False, True),
        ("dimmed to 0.25, face still visible", True, False),
        ("backlit window, small face", True, False),
        ("studio", False, False),
    ],
    ids=["skin", "background", "brown", "dimmed", "backlit", "studio"],
)
def test_notes_on_light_and_skin_are_told_apart(tmp_path: Path, note: str, light: bool, skin: bool) -> None:
    row = f'a.jpg,1,0,,none,ok,0,"{note}"'
    [picture] = read_data(_folder(tmp_path, labels=[LABELS, row], pairs=[PAIRS])).pictures
    assert (picture.has_poor_light, picture.has_dark_skin) == (light, skin)


def test_flags_of_a_clip(tmp_path: Path) -> None:
    text = (
        "looking_away 3.6-6.0 (to the left); multiple_faces expected at some time (weak); phone may also fire"
    )
    rows = [CLIPS, f"clips/c.mp4,10,,{text}", "clips/c.mp4,10,,camera_blocked 3-7 (also no_face)"]
    first, second = read_data(_folder(tmp_path, clips=rows)).clips
    away, several = first.expected
    assert (away.kinds, away.start, away.end, away.at_some_time) == ({Kind.LOOKING_AWAY}, 3.6, 6.0, False)
    assert several.kinds == {Kind.SEVERAL_FACES, Kind.SECOND_PERSON}
    assert (several.start, several.end, several.at_some_time) == (0.0, 10.0, True)
    assert (first.allowed, first.is_quiet) == ({Kind.PHONE}, False)
    assert (second.allowed, second.expected[0].start) == ({Kind.NO_FACE}, 3.0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"labels": ["file,n_faces"]}, "labels.csv, row 1: there is no column n_faces_tol, yaw, objects"),
        ({"labels": [LABELS, "a.jpg,one,0,,none,ok,0,"]}, "labels.csv, row 2: n_faces: 'one' is not a whole"),
        (
            {"labels": [LABELS, "a.jpg,1,0,,none,ok,0,", "a.jpg,1"]},
            "labels.csv, row 3: it has another number",
        ),
        ({"labels": [LABELS, "z.jpg,1,0,,none,ok,0,"]}, "labels.csv, row 2: file: there is no file 'z.jpg'"),
        ({"labels": [LABELS, "a.jpg,1,0,back,none,ok,0,"]}, "row 2: yaw: 'back' is none of frontal, left"),
        ({"labels": [LABELS, "a.jpg,1,0,,hat,ok,0,"]}, "row 2: objects: hat is none of cell_phone"),
        ({"labels": [LABELS, "a.jpg,1,0,,none,odd,0,"]}, "row 2: camera_state: 'odd' is none of ok"),
        ({"pairs": [PAIRS, "a.jpg,c.jpg,1,x"]}, "pairs.csv, row 2: b: labels.csv has no picture 'c.jpg'"),
        ({"pairs": [PAIRS, "a.jpg,b.jpg,yes,x"]}, "pairs.csv, row 2: same: 'yes' is none of 0, 1"),
        ({"clips": [CLIPS, "clips/c.mp4,long,,none"]}, "clips.csv, row 2: seconds: 'long' is not a number"),
        (
            {"clips": [CLIPS, "clips/c.mp4,9,,bird 1-2"]},
            "clips.csv, row 2: expected_flags_seconds: 'bird' is",
        ),
        ({"clips": [CLIPS, "clips/c.mp4,9,,no_face soon"]}, "'no_face soon' is not understood"),
    ],
    ids=[
        *("missing column", "count", "short row", "missing picture", "direction", "object", "camera"),
        *("pair of a stranger", "same", "seconds", "flag", "span"),
    ],
)
def test_mistakes_name_file_and_row(tmp_path: Path, changed: dict[str, list[str]], said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_data(_folder(tmp_path, **changed))
    assert said in str(caught.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such folder"):
        read_data(tmp_path / "nowhere")
    (_folder(tmp_path) / "pairs.csv").unlink()
    with pytest.raises(DataError, match=r"pairs\.csv: the file is missing in"):
        read_data(tmp_path)
