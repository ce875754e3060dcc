"""What the notice says about the connection and the battery of the candidate's device (pure)."""


def told() -> str:
    """The paragraph that holds for every exam; `Consent.battery` keeps that it was read."""
    return (
        "Your connection\nWhile you take the exam, proctors see how well your device reaches us and, where "
        "your browser says so, how full the battery is and whether it charges, so that they can help before "
        "it is empty. Neither is stored, and neither counts for or against you."
    )
