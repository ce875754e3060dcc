"""The forms of the account pages. They check shapes; the services decide."""

from typing import Any

from django import forms
from django.utils.text import slugify

from accounts.candidate_numbers import LONGEST
from accounts.countries import countries, time_zone_choices
from accounts.emotion_law import law_refusal
from accounts.languages import languages
from accounts.models import Institution, User
from accounts.models.institution import InstitutionKind, slug_format
from accounts.roles import Role

CHOOSING_HELP = "At least 10 characters. A few unrelated words are easy to remember and hard to guess."


def _password(label: str, *, is_new: bool, help_text: str = "") -> forms.CharField:
    autocomplete = "new-password" if is_new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, help_text=help_text)


class RegistrationForm(forms.Form):
    """A new institution and its owner."""

    name = forms.CharField(
        label="Name of the institution",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    slug = forms.CharField(
        label="Short name",
        max_length=50,
        required=False,
        validators=[slug_format],
        help_text="Stands in every address, such as /i/north-college/. Left empty, it is made from the name.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    country = forms.ChoiceField(help_text="Decides which law applies.")
    time_zone = forms.ChoiceField(label="Time zone", help_text="Sittings are shown in this zone.")
    kind = forms.ChoiceField(
        label="What it is",
        choices=InstitutionKind.choices,
        initial=InstitutionKind.EDUCATION.value,
        help_text="With the country it decides which law applies.",
    )
    owner_name = forms.CharField(
        label="Your full name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    owner_email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="We send a link to this address; the institution can be used once you have opened it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = _password("Password", is_new=True, help_text=CHOOSING_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "Choose a country"), *countries()]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = time_zone_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].initial = "UTC"

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", ""))[:50].strip("-")
        if not slug and "name" in self.cleaned_data:  # without a name, its own error says enough
            raise forms.ValidationError("Enter a short name of small letters and digits.")
        return str(slug)


class ConfirmForm(forms.Form):
    """The password that shows who confirms."""

    password = _password(
        "Password",
        is_new=False,
        help_text="The one you chose when you registered, or that of your account if you had one before.",
    )


class InviteForm(forms.Form):
    """Whom to invite, and to which roles."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(label="Full name", max_length=200, required=False)
    roles = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one role."}
    )

    def __init__(self, *args: Any, offered: tuple[Role, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, role.label) for role in offered]  # type: ignore[attr-defined]


class NumberForm(forms.Form):
    """The number by which an institution knows a candidate."""

    external_id = forms.CharField(
        label="Candidate number",
        max_length=LONGEST,
        required=False,
        help_text="As in your own records. Capitals make no difference. Leave it empty to take it away.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class AcceptForm(forms.Form):
    """Name and password of a person who is new here."""

    name = forms.CharField(
        label="Your full name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = _password("Choose a password", is_new=True, help_text=CHOOSING_HELP)


class PersonForm(forms.Form):
    """What a person decides about themselves."""

    name = forms.CharField(
        label="Full name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    time_zone = forms.ChoiceField(
        label="Time zone", required=False, help_text="Times are shown in this zone."
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={"name": person.name, "time_zone": person.time_zone})
        choices = [("", "The institution's time zone"), *time_zone_choices(person.time_zone)]
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    """What the admin of an institution decides."""

    name = forms.CharField(label="Name of the institution", max_length=200)
    time_zone = forms.ChoiceField(label="Time zone", help_text="Sittings are shown in this zone.")
    language = forms.ChoiceField(
        label="Language of exams",
        choices=languages,
        help_text="Readers and spell checkers of candidates go by it. An exam may have another one.",
    )
    allows_emotions = forms.BooleanField(
        label="Expressions of faces may be named in sessions of our own programs",
        required=False,
        help_text="Off unless you need it. Never done in an exam.",
    )
    requires_second_factor = forms.BooleanField(
        label="Staff must use a second factor",
        required=False,
        help_text="Holds at once: staff who have none are asked to set one up at their next click. "
        "Candidates are never asked.",
    )

    capture_origins = forms.CharField(
        label="Pages of other exam systems that may send pictures and sound of their candidates",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One origin a line, such as https://exam.example; only https, no *. Empty: none. They need "
        "a token of the candidate's session all the same.",
    )

    def clean_capture_origins(self) -> list[str]:
        """Lines or words."""
        return str(self.cleaned_data["capture_origins"]).split()

    def __init__(self, data: Any = None, *, institution: Institution) -> None:
        initial = {
            "capture_origins": "\n".join(institution.capture_origins or []),
            "name": institution.name,
            "time_zone": institution.time_zone,
            "language": institution.language,
            "allows_emotions": institution.allows_emotions,
            "requires_second_factor": institution.requires_second_factor,
        }
        super().__init__(data, initial=initial)
        self.fields["time_zone"].choices = time_zone_choices(institution.time_zone)  # type: ignore[attr-defined]
        if law_refusal(institution):
            del self.fields["allows_emotions"]  # the page says why instead
