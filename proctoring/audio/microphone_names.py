"""Which names of microphones belong to programs, other computers, or a computer's own sound."""

# Names as systems and makers give them. The browser tells the name, and it can be changed: a known one is a
# hint for people, another one no proof.
_SOURCES = (
    ("vb audio", "VB-Audio Cable"),
    ("cable output", "VB-Audio Cable"),
    ("voicemeeter", "Voicemeeter"),
    ("blackhole", "BlackHole"),
    ("soundflower", "Soundflower"),
    ("loopback audio", "Loopback"),
    ("nvidia broadcast", "NVIDIA Broadcast"),
    ("krisp", "Krisp"),
    ("voicemod", "Voicemod"),
    ("steam streaming microphone", "Steam"),
    ("stereo mix", "the sound of the computer itself"),
    ("what u hear", "the sound of the computer itself"),
    ("monitor of", "the sound of the computer itself"),
    ("remote audio", "a remote desktop"),
    ("virtual", "a program"),
)


def program_of(label: str) -> str:
    """What is behind a microphone of this name, or "" when it seems to be one. Compares whole words."""
    plain = "".join(each if each.isalnum() else " " for each in label.lower())
    words = f" {' '.join(plain.split())} "
    return next((source for name, source in _SOURCES if f" {name} " in words), "")
