"""The drawing and the captions of a recording."""

from proctoring.evidence.sound_drawing import HEIGHT, MOST_BARS, captions_of, draw

SPANS = [[0.0, 6.0, "voice 1"], [5.0, 7.5, "another voice"]]


def test_spans_lie_where_they_were_heard() -> None:
    drawing = draw({"seconds": 10.0, "peaks": [0, 255], "spans": SPANS})
    first, second = drawing.marks
    assert (first.x, first.width, first.is_other) == (0.0, 60.0, False)
    assert (second.x, second.width, second.is_other) == (50.0, 25.0, True)
    assert drawing.path == f"M0.5 49v2M1.5 0v{HEIGHT}", "silence is a dot, the loudest fills the box"
    assert drawing.words == "Loudness over time; marked: voice 1 0:00 to 0:06, another voice 0:05 to 0:07"


def test_long_recordings_lose_bars_but_no_peak() -> None:
    peaks = [0] * 599 + [255]
    drawing = draw({"seconds": 20.0, "peaks": peaks})
    assert drawing.bars <= MOST_BARS and drawing.path.endswith(f"0v{HEIGHT}")
    assert draw({"seconds": 2.0, "peaks": [51]}).path == "M0.5 40v20", "decibels are drawn as they are"
    assert draw({}).bars == 0 and draw({}).words.endswith("nothing is marked")


def test_captions_say_who_speaks() -> None:
    assert captions_of({"spans": SPANS}) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:06.000\n[voice 1]\n"
        "\n00:00:05.000 --> 00:00:07.500\n[another voice]\n"
    )


def test_captions_hold_what_was_written_down_and_nothing_that_breaks_them() -> None:
    line = [61.0, 62.25, "another voice", "take\n\n<b> --> & go"]
    assert captions_of({"spans": SPANS, "lines": [line]}) == (
        "WEBVTT\n\n00:01:01.000 --> 00:01:02.250\n[another voice] take &lt;b&gt; --&gt; &amp; go\n"
    )
