"""What the notice says about being watched live, through whom, and about what is recorded of it."""

from urllib.parse import urlsplit

from django.conf import settings

from proctoring.models import Policy


def watched(policy: Policy) -> str:
    """The paragraph about who watches."""
    heard = ", and hear you when sound is on" if policy.listens else ""
    sound = " and sound" if policy.listens else ""
    seen = "you see at once that you are watched and when it ends"
    stored = (
        f"{seen}. What a proctor watches is recorded while it lasts{_with_sound(policy)}, and you see "
        "that as well; a recording is kept when something was pointed out in its time, and deleted otherwise"
        if policy.records_live
        else f"{seen}, and no live picture{sound} is stored"
    )
    return (
        f"Who can watch live\nWhile you take the exam, proctors may watch your camera live{heard}. Nothing "
        f"is sent before one of them watches, {stored}. It is written down who watched you, from when to "
        f"when. {_way(policy)}"
    )


def shows_screens() -> bool:
    """Not through RealtimeKit: its SDK would ask the candidate for the screen itself, once more."""
    return str(settings.LIVE_PROVIDER) != "realtimekit"


def not_recorded(policy: Policy) -> str:
    """What no recording is made of, as the subject of a sentence; after "is recorded"."""
    video = "video" if not (policy.shares_screen and policy.screen_clips) else "video of your camera"
    apart = []
    if policy.records_live:
        apart.append("what a proctor watches live")
    if policy.records_calls and not policy.listens:
        apart.append("private calls")
    nothing = f"no {video}" if policy.listens else f"no sound and no {video}"
    return f"Apart from {' and '.join(apart)} (see below), {nothing}" if apart else nothing.capitalize()


def _way(policy: Policy) -> str:
    """Through whom live pictures go: nobody but the two browsers, a server of the operator, or a company."""
    sent = "Live pictures and sound" if policy.listens else "Live pictures"
    learns = "which thereby learns the internet address of your computer"
    if settings.LIVE_PROVIDER == "janus":
        return f"{sent} pass through a video server of the operator of this site, {learns}."
    if settings.LIVE_PROVIDER == "livekit":
        host = urlsplit(settings.LIVEKIT_URL).hostname or ""
        whose = (
            "of the company LiveKit"
            if host.endswith(".livekit.cloud")
            else f"on the server {host} of the operator of this site"
        )
        return f"{sent} pass through the service LiveKit {whose}, {learns}."
    if settings.LIVE_PROVIDER == "realtimekit":
        return (
            f"{sent} pass through the service RealtimeKit of the company Cloudflare, {learns}. Cloudflare "
            "also gets records of each connection: when it began and ended, from what kind of browser, and "
            "how well it worked."
        )
    return "A proctor's browser may learn the internet address of yours, as in a video call."


def _with_sound(policy: Policy) -> str:
    return ", with the sound while the proctor hears you" if policy.listens else ""
