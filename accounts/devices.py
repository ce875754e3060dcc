"""What a browser calls itself, in words that a person recognises (pure); anybody can pretend another one."""

_BROWSERS = (
    ("SEB/", "Safe Exam Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In this order: later ones stand in what earlier ones say of themselves, too."""
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def in_words(user_agent: str) -> str:
    """Such as: Firefox on Windows. Empty where the browser says nothing."""
    if not user_agent:
        return ""
    browser = next((words for sign, words in _BROWSERS if sign in user_agent), "Another browser")
    system = next((words for sign, words in _SYSTEMS if sign in user_agent), "another system")
    return f"{browser} on {system}"
