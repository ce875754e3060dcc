"""Which names of devices belong to programs: cameras that play anything, and remote control."""

from proctoring.vision.camera_names import program_of

# Sound devices that such programs bring along; names as the makers' documentation gives them.
_REMOTE = (
    ("teamviewer", "TeamViewer"),
    ("anydesk", "AnyDesk"),
    ("parsec", "Parsec"),
    ("splashtop", "Splashtop"),
    ("rustdesk", "RustDesk"),
    ("remote audio", "a remote desktop"),
)


def program_behind(name: str) -> str:
    """The program that a camera, microphone or speaker of this name belongs to, "" when none is known."""
    words = f" {' '.join(name.lower().replace('-', ' ').replace('(', ' ').replace(')', ' ').split())} "
    remote = next((program for part, program in _REMOTE if f" {part} " in words), "")
    return remote or program_of(name)
