"""The forms of interviews about a case. They check shapes; the services decide."""

from datetime import datetime
from typing import Any

from django import forms

from accounts.models import Institution, User
from proctor_site.kernel.errors import Refusal
from proctoring.interviews import offers
from proctoring.pages.meeting_forms import moment_field

_TIMES = ("time_1", "time_2", "time_3")


class TimesForm(forms.Form):
    """Who holds it, how long, and the times. Build and check it within the institution's time zone."""

    time_1 = moment_field("First time", required=True)
    time_2 = moment_field("Another time")
    time_3 = moment_field("And another time", "The candidate chooses one of them, or asks for others.")
    minutes = forms.IntegerField(
        label="Minutes",
        initial=30,
        min_value=offers.LEAST_MINUTES,
        max_value=offers.MOST_MINUTES,
        help_text="As long as you mean to talk.",
    )
    host = forms.ChoiceField(
        label="Who holds it",
        help_text="The candidate reads the name. Whoever holds it gives no later reading of this case.",
    )

    def __init__(self, *args: Any, here: Institution, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        self.fields["host"].choices = [(pk, str(each)) for pk, each in self.people.items()]  # type: ignore[attr-defined]
        self.fields[
            "time_1"
        ].help_text = f"At least 24 hours ahead, in the time zone of {here.name}: {here.time_zone}."

    def clean_host(self) -> User:
        return self.people[self.cleaned_data["host"]]

    @property
    def slots(self) -> list[datetime]:
        """The times that were filled in."""
        return [self.cleaned_data[name] for name in _TIMES if self.cleaned_data.get(name)]

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal at the field it is about, or above the form."""
        name = _TIMES[0] if refusal.field == "slots" else refusal.field
        self.add_error(name if name in self.fields else None, refusal.message)


class OfferForm(TimesForm):
    """The same with the reason that the candidate reads."""

    reason = forms.CharField(
        label="Why, for the candidate",
        max_length=offers.MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="In plain words: what you would like to understand. Say no more than the candidate may "
        "know before anything is released, and nothing of what other readers thought.",
    )

    field_order = ("reason", *_TIMES, "minutes", "host")
