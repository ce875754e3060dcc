"""Each kind of event in words: for forms, for the notice, for the candidate and for those who decide."""

from collections.abc import Mapping
from dataclasses import dataclass

from proctoring.browser.events import BrowserKind as Kind


@dataclass(frozen=True, slots=True)
class KindWords:
    """``label``: in forms and lists. ``noted``: in the notice. ``found``: what was done, for people who
    decide. ``told``: the same to the candidate. ``about``: what the browser cannot know."""

    label: str
    noted: str
    found: str
    told: str
    about: str


WORDS: Mapping[Kind, KindWords] = {
    Kind.TAB_HIDDEN: KindWords(
        "exam's tab left or hidden",
        "when you leave the exam's tab, or it is covered, and for how long",
        "Left the exam's tab",
        "You left the exam's tab",
        "The browser tells that the tab was not to be seen; it tells neither what was seen instead nor why. "
        "A call, a lock screen or a program that comes to the front looks the same.",
    ),
    Kind.WINDOW_LEFT: KindWords(
        "exam's window left",
        "when you work in another window, and for how long",
        "Left the exam's window",
        "You left the exam's window",
        "The browser tells that keys went elsewhere while the exam may still have been in view; a message of "
        "the system, a magnifier, a screen reader or a second screen does this too.",
    ),
    Kind.FULL_SCREEN_LEFT: KindWords(
        "full screen left",
        "when you leave full screen, and for how long",
        "Left full screen",
        "You left full screen",
        "Some browsers leave full screen by themselves, for a message or a file dialog.",
    ),
    Kind.COPY: KindWords(
        "text of the exam copied",
        "when you copy text of the questions, and how long it is",
        "Copied text of the exam",
        "You copied text of the exam",
        "Only the length is known, not the text; some people copy a question to have it read aloud.",
    ),
    Kind.CUT: KindWords(
        "text cut from an answer",
        "when you cut text out of an answer, and how long it is",
        "Cut text out of an answer",
        "You cut text out of an answer",
        "Only the length is known; most people move their own sentences in this way.",
    ),
    Kind.PASTE: KindWords(
        "text pasted from elsewhere",
        "when you paste text that does not come from this page, and how long it is",
        "Pasted text from elsewhere",
        "You pasted text from elsewhere",
        "Only the length is known. Text from the same page is left out, but what was dictated, or copied "
        "before the page was loaded again, looks like text from elsewhere.",
    ),
    Kind.CONTEXT_MENU: KindWords(
        "menu of the right mouse button",
        "when you open the menu of the right mouse button outside your answers",
        "Opened the menu of the right mouse button",
        "You opened the menu of the right mouse button",
        "The menu says nothing about what was chosen in it.",
    ),
    Kind.PRINT: KindWords(
        "printing asked for",
        "when you ask to print the page",
        "Asked to print the page",
        "You asked to print the page",
        "Whether anything was printed is not known.",
    ),
    Kind.SHORTCUT: KindWords(
        "keys of the browser",
        "when you press keys that save the page, take its picture or show its source",
        "Pressed keys that save the page, take its picture or show its source",
        "You pressed keys that save the page, take its picture or show its source",
        "Which of them, and whether anything came of it, is not known; keys are pressed by mistake.",
    ),
    Kind.SECOND_DISPLAY: KindWords(
        "second display",
        "whether a second display is connected, where your browser tells",
        "A second display was connected",
        "A second display is connected",
        "Only some browsers tell. A projector, a display that is off or a virtual one counts as well.",
    ),
    Kind.WINDOW_MOVED: KindWords(
        "window moved or resized",
        "when the window is moved or its size changes",
        "Moved or resized the window",
        "You moved or resized the window",
        "People do this to read better; some systems do it by themselves.",
    ),
    Kind.DEVELOPER_TOOLS: KindWords(
        "developer tools (a guess)",
        "whether the developer tools of the browser seem to be open",
        "The developer tools seemed to be open",
        "The developer tools of your browser seem to be open",
        "A guess from the size of the page: a side panel of the browser looks the same. Information only.",
    ),
    Kind.DEVICE_CHANGED: KindWords(
        "devices plugged in or out",
        "when a camera, microphone or headset is plugged in or out",
        "A device was plugged in or out",
        "A device was plugged in or out",
        "Wireless headsets that fall asleep do this by themselves.",
    ),
    Kind.CAPTURE_STOPPED: KindWords(
        "camera or microphone stopped",
        "when your camera or microphone stops or is muted",
        "Camera or microphone stopped",
        "Your camera or microphone stopped",
        "Most often a cable, a switch or another program that takes the device.",
    ),
    Kind.NETWORK_CHANGED: KindWords(
        "connection changed",
        "when your connection breaks or changes",
        "The connection changed",
        "Your connection changed",
        "Connections break by themselves; lost time is credited as the sitting says.",
    ),
    Kind.CLOCK_CHANGED: KindWords(
        "clock set",
        "whether the clock of your computer is set during the exam",
        "The computer's clock was set",
        "The clock of your computer was set",
        "Computers set their clocks by themselves. The exam's own clock runs on the server and is untouched.",
    ),
    Kind.VIRTUAL_DEVICE: KindWords(
        "device of a program",
        "whether a camera or microphone bears the name of a program, such as one for remote control",
        "A device bore the name of a program",
        "A device bears the name of a program",
        "Names can be changed, and some people need such programs: a hint, never a proof.",
    ),
    Kind.SEVERAL_PAGES: KindWords(
        "opened on another page or device",
        "when the exam is opened in a second tab or on a second device",
        "Opened the exam on another page or device",
        "You opened the exam on another page or device",
        "Who changes a broken computer does this as well.",
    ),
    Kind.SCREEN_SHARE_STOPPED: KindWords(
        "screen not shared",
        "when your screen is not shared, and for how long",
        "Did not share the screen",
        "Your screen was not shared",
        "Browsers end sharing by themselves: with the page, the lid of a laptop, a display unplugged. "
        "After loading the page again the browser asks anew; the first seconds of that are left out.",
    ),
}


def about(kind: Kind) -> str:
    """What an event of this kind is, and what the browser cannot know."""
    return WORDS[kind].about
