"""Which camera names belong to programs that pretend to be a camera."""

# Programs that can show any picture, or change it, as if it came from a camera; not those that make a
# phone the camera of a computer, which is a camera like any other. Names as the makers' documentation gives
# them. The browser tells the name, and it can be changed: a known one is a hint, another one no proof.
_PROGRAMS = (
    ("obs", "OBS Studio"),
    ("manycam", "ManyCam"),
    ("snap camera", "Snap Camera"),
    ("xsplit", "XSplit VCam"),
    ("mmhmm", "mmhmm"),
    ("dummy video device", "v4l2loopback"),
    ("v4l2loopback", "v4l2loopback"),
    ("webcamoid", "Webcamoid"),
    ("akvcam", "Webcamoid"),
    ("splitcam", "SplitCam"),
    ("youcam", "YouCam"),
    ("camtwist", "CamTwist"),
    ("chromacam", "ChromaCam"),
    ("nvidia broadcast", "NVIDIA Broadcast"),
    ("unity video capture", "Unity Video Capture"),
    ("vtubestudiocam", "VTube Studio"),
    ("virtual camera", "a program"),
    ("virtual cam", "a program"),
    ("virtual webcam", "a program"),
)


def program_of(label: str) -> str:
    """The program behind a camera that bears this name, or "" when none is known.

    Compares whole words, so that "Jobs Cam" is not "OBS".
    """
    words = f" {' '.join(label.lower().replace('-', ' ').replace('(', ' ').replace(')', ' ').split())} "
    return next((program for name, program in _PROGRAMS if f" {name} " in words), "")
