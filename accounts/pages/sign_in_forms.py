"""django-allauth's forms in our words: plain labels, help below the label, no placeholders."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms

from accounts.pages.forms import CHOOSING_HELP

_ADDRESS = "E-mail address"
_NEW = "New password"
_AGAIN = "New password, once more"


class _InOurWords(forms.Form):
    """Mixin: takes label and help from `words` (name of the field: label, help) and drops placeholders."""

    words: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label, field.help_text = self.words[name]


class LoginForm(_InOurWords, account.LoginForm):
    words: ClassVar = {"login": (_ADDRESS, ""), "password": ("Password", "")}


class AddEmailForm(_InOurWords, account.AddEmailForm):
    words: ClassVar = {
        "email": (
            "New e-mail address",
            "We send a link to it. The change holds once you have opened the link and confirmed.",
        )
    }


class ChangePasswordForm(_InOurWords, account.ChangePasswordForm):
    words: ClassVar = {
        "oldpassword": ("Present password", ""),
        "password1": (_NEW, CHOOSING_HELP),
        "password2": (_AGAIN, ""),
    }


class SetPasswordForm(_InOurWords, account.SetPasswordForm):
    words: ClassVar = {"password1": (_NEW, CHOOSING_HELP), "password2": (_AGAIN, "")}


class ResetPasswordForm(_InOurWords, account.ResetPasswordForm):
    words: ClassVar = {"email": (_ADDRESS, "")}


class ResetPasswordKeyForm(_InOurWords, account.ResetPasswordKeyForm):
    words: ClassVar = {"password1": (_NEW, CHOOSING_HELP), "password2": (_AGAIN, "")}


class ReauthenticateForm(_InOurWords, account.ReauthenticateForm):
    words: ClassVar = {"password": ("Your password", "")}


class AuthenticateForm(_InOurWords, mfa.AuthenticateForm):
    words: ClassVar = {"code": ("Code", "Six digits from the app, or one recovery code.")}


class ReauthenticateByCodeForm(_InOurWords, mfa.ReauthenticateForm):
    words: ClassVar = {"code": ("Code", "Six digits from the app, or one recovery code.")}


class ActivateTOTPForm(_InOurWords, totp.ActivateTOTPForm):
    words: ClassVar = {"code": ("Code", "Six digits; a new code appears every 30 seconds.")}
