"""Text that a spreadsheet will open: never a formula."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """`text`, with an apostrophe before it if a spreadsheet would take it for a formula.

    Also when spaces come first: some programs skip them. Source: OWASP, "CSV Injection".
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) else text
