"""What the notice says about the candidate's screen."""

from proctoring.identity import notice_live
from proctoring.models import Policy
from proctoring.models.policy_screen import ScreenMode


def shared(policy: Policy) -> list[str]:
    """The paragraph about the screen, where the exam asks for it."""
    if not policy.shares_screen:
        return []
    asked = (
        "You are asked to share your whole screen while you take the exam"
        if policy.screen == ScreenMode.REQUIRED
        else "You can share your whole screen while you take the exam, and need not"
    )
    seconds = policy.screen_seconds
    film = (
        " Your browser also remembers the last half minute of the shared screen as a film without sound. "
        "When something is pointed out, the seconds around it are sent and kept; nothing else of the film "
        "leaves your computer."
        if policy.screen_clips
        else ""
    )
    live = ""
    if policy.shows_live and notice_live.shows_screens():
        unrecorded = "; of that, nothing is recorded" if policy.records_live else ""
        live = f" Proctors may also watch it live, as your camera{unrecorded}."
    noted = "; that is noted" if policy.screen == ScreenMode.REQUIRED else ", and nothing follows from it"
    return [
        f"Your screen\n{asked}; your browser asks you, and shows you all the time that it is shared. "
        "Everything on that screen is seen, messages that pop up as well: close what is private. About "
        f"every {seconds} seconds a picture of it is sent when something on it has changed, at least one a "
        "minute. No program looks at what they show: people do. When something is pointed out, by whatever "
        "means, the pictures around that moment are kept like those of the camera; the others are gone after "
        f"two minutes.{film}{live} While the exam is paused nothing of the screen is sent. You can stop "
        f"sharing at any time{noted}. Phones and tablets cannot share a screen: choose to take the "
        "exam without it then."
    ]
