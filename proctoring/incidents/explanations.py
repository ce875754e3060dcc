"""Why an incident was raised, in words and numbers a proctor can check against the pictures."""

from proctoring.incidents.rule_state import Spell


class _Numbers(dict[str, object]):
    """Template fields; a measurement that this engine does not give reads "unknown" instead of failing."""

    def __missing__(self, key: str) -> str:
        return "unknown"


def explain(template: str, spell: Spell) -> str:
    """``template`` filled from the spell, for example "2 faces in 9 of 10 frames over 12 s, ...".

    Fields: ``count`` and ``looks`` (frames), ``seconds`` (observed, whole), ``confidence`` (two places), and
    the measurements of the clearest look. A measurement ``note`` is added at the end in its own words.
    """
    numbers = _Numbers(spell.measurements)
    numbers.update(
        count=spell.count,
        looks=spell.looks,
        seconds=round(spell.seconds),
        confidence=f"{spell.confidence:.2f}",
    )
    text = template.format_map(numbers)
    if "note" in numbers:
        text += f"; {numbers['note']}"
    if spell.repeats:
        text += f"; came back {spell.repeats} {'time' if spell.repeats == 1 else 'times'}"
    return text
