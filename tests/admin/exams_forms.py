"""What tests of the exam pages in the admin post and read: addresses, inline rows, errors of a form."""

from typing import Any

from django.urls import reverse


def url(name: str, *args: Any) -> str:
    """The address of an admin page of exams, such as `url("sitting_change", 3)`."""
    return reverse(f"admin:exams_{name}", args=args)


def formset(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The posted form of inline rows."""
    body: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        body |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return body


def errors_of(response: Any) -> dict[str, list[str]]:
    """The errors by field of a form that was not accepted."""
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)
