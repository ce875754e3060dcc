"""The forms of meetings of their own. They check shapes; the services decide."""

from typing import Any

from django import forms

from accounts.models import Institution, Membership, User
from accounts.roles import Role
from proctoring.meetings.own.invitations import MOST_CANDIDATES, MOST_HOSTS

_HOST_ROLES = (Role.PROCTOR, Role.REVIEWER, Role.EXAM_OFFICER, Role.ADMIN)
_MOMENT = "%Y-%m-%dT%H:%M"


def people_who_may_host() -> list[User]:
    """Members of the institution at hand who can be named as hosts, by name."""
    rows = Membership.objects.filter(ended_at=None, role__in=_HOST_ROLES).values("user")
    return list(User.objects.filter(pk__in=rows, is_active=True).order_by("name", "pk"))


def moment_field(label: str, help_text: str = "", *, required: bool = False) -> forms.DateTimeField:
    """A day and time in the zone that is current when the form is checked."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(
        label=label, required=required, widget=widget, help_text=help_text, input_formats=[_MOMENT]
    )


def addresses_in(text: str) -> list[str]:
    """What was typed or pasted, by line, comma or semicolon."""
    return [each.strip() for each in text.replace(",", "\n").replace(";", "\n").splitlines() if each.strip()]


class MeetingForm(forms.Form):
    """Title, slot and hosts. Build it, check it and show it within the institution's time zone."""

    title = forms.CharField(
        label="Title", max_length=200, help_text="Everybody who is invited reads it, also in e-mails."
    )
    opens_at = moment_field("Begins")
    closes_at = moment_field(
        "Ends", "Candidates can wait from an hour before. Leave both empty for a meeting at any time."
    )
    hosts = forms.MultipleChoiceField(
        label="Hosts",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Name at least one host."},
        help_text=f"They let candidates in and talk with them; {MOST_HOSTS} at most.",
    )

    def __init__(self, *args: Any, here: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people_who_may_host()}
        choices = [(pk, f"{each} ({each.email})") for pk, each in self.people.items()]
        self.fields["hosts"].choices = choices  # type: ignore[attr-defined]
        self.fields["opens_at"].help_text = f"In the time zone of {here.name}: {here.time_zone}."

    def clean_hosts(self) -> list[User]:
        return [self.people[pk] for pk in self.cleaned_data["hosts"]]


class NewMeetingForm(MeetingForm):
    """The same with whom to invite."""

    candidates = forms.CharField(
        label="Candidates",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=f"One e-mail address a line, {MOST_CANDIDATES} at most. Each gets a link of their own. "
        "Candidates are alone with the hosts: they never see, hear or count each other. "
        "You can find members by name on the next page.",
    )

    def clean_candidates(self) -> list[str]:
        return addresses_in(self.cleaned_data["candidates"])


class InviteCandidatesForm(forms.Form):
    """Further candidates of a meeting."""

    candidates = forms.CharField(
        label="E-mail addresses",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
        help_text="One a line.",
    )

    def clean_candidates(self) -> list[str]:
        return addresses_in(self.cleaned_data["candidates"])
