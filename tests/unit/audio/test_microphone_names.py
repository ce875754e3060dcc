"""What the name of a microphone tells, and what a proctor reads of it."""

from zoneinfo import ZoneInfo

from proctoring.audio.microphone_names import program_of
from proctoring.live.presence import NOBODY, Presence
from proctoring.pages.microphone_words import in_words


def test_programs_are_known_by_whole_words() -> None:
    assert program_of("CABLE Output (VB-Audio Virtual Cable)") == "VB-Audio Cable"
    assert program_of("Monitor of Built-in Audio Analog Stereo") == "the sound of the computer itself"
    assert program_of("Remote Audio") == "a remote desktop"
    assert [program_of(each) for each in ("Headset (Jabra Evolve)", "Virtuoso Wireless", "")] == ["", "", ""]


def test_words_for_proctors() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert in_words(NOBODY, zone) == ""
    assert (
        in_words(Presence(microphone="ok", microphone_label="Headset", microphone_since=1.0), zone)
        == "on (Headset)"
    )
    muted = Presence(
        microphone="muted", microphone_label="Krisp Mic", microphone_since=1_700_000_000.0, sound_missing=1
    )
    words = "muted since 23:13 (Krisp Mic: by its name Krisp); 1 recording has not come yet"
    assert in_words(muted, zone) == words
