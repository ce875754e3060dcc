"""The pages on which webhooks are made, changed, rotated, switched, tried and replayed, and their forms."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.debug import sensitive_variables

from accounts.admin.shown_once import ShownOnce, actor_of, bound, told, tried
from accounts.models import Institution, WebhookEndpoint, WebhookMessage
from accounts.webhooks import endpoints
from accounts.webhooks.events import EVENTS
from accounts.webhooks.outbox import WAITING
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Refusal

_ONE = "admin:accounts_webhookendpoint_change"

if TYPE_CHECKING:
    from accounts.admin.tenant import TenantAdmin as _Base
else:
    _Base = object


class EndpointForm(forms.Form):
    """Which system is told, where, and of what."""

    name = forms.CharField(label="Told system", max_length=100, help_text="Such as: Student register.")
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text="Begins with https:// and is reached over the public internet.",
    )
    events = forms.MultipleChoiceField(
        label="Is told that",
        choices=[(event.code, f"{event.words} ({event.code})") for event in EVENTS.values()],
        widget=forms.CheckboxSelectMultiple,
        help_text="Only numbers and states are sent; names are read by the API, with a token.",
    )


class RotateForm(forms.Form):
    """A new secret."""

    grace_hours = forms.IntegerField(
        label="Hours for which the former secret signs too",
        min_value=0,
        max_value=endpoints.MOST_GRACE_HOURS,
        initial=endpoints.DEFAULT_GRACE_HOURS,
        help_text=f"0 to {endpoints.MOST_GRACE_HOURS}: as long as you need to put the new one in. "
        "If the former one may have leaked: 0.",
    )


class ReplayForm(forms.Form):
    """From when on things are sent again."""

    since = forms.DateTimeField(
        label="Since",
        help_text="In your time zone, such as 2026-11-22 08:00; at most 30 days ago.",
        widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M", attrs={"autocomplete": "off"}),
    )


class EndpointPages(ShownOnce):
    """Mixin of the admin of webhooks: its own pages; each checks the right itself."""

    pages = ("edit", "rotate", "switch", "test", "replay", "remove")
    number = "webhook_id"
    folder = "admin/accounts/webhookendpoint"

    def is_live(self, row: WebhookEndpoint) -> bool:
        return row.switched_off_at is None

    @sensitive_variables("secret", "made")
    def new_page(self, request: HttpRequest, here: Institution) -> HttpResponse:
        """GET: the form. POST: makes the webhook and shows its secret, this one time."""
        form = bound(EndpointForm, request)
        made = tried(form, lambda data: endpoints.make(here, actor=actor_of(request), **data))
        if made is not None:
            return self._show(request, *made)
        return self.page(request, "form", "New webhook", {"form": form, "button": "Make the webhook"})

    def edit_page(self, request: HttpRequest, found: WebhookEndpoint) -> HttpResponse:
        """GET: the form. POST: changes name, address and events."""
        now = {"name": found.name, "url": found.url, "events": found.events}
        form = bound(EndpointForm, request, initial=now)

        def change(data: dict[str, Any]) -> bool:
            endpoints.change(found, actor=actor_of(request), **data)
            return True

        if tried(form, change):
            messages.success(request, f"“{found.name}” is changed.")
            return redirect(_ONE, found.pk)
        more = {"form": form, "row": found, "button": "Change it"}
        return self.page(request, "form", f"Change “{found.name}”", more)

    @sensitive_variables("secret")
    def rotate_page(self, request: HttpRequest, found: WebhookEndpoint) -> HttpResponse:
        """GET: what rotating means. POST: makes the new secret and shows it, this one time."""
        form = bound(RotateForm, request)
        secret = tried(form, lambda data: endpoints.rotate(found, actor=actor_of(request), **data))
        if secret is not None:
            return self._show(request, found, secret)
        more = {"form": form, "row": found, "button": "Rotate it", "is_rotation": True}
        return self.page(request, "form", f"Rotate the secret of “{found.name}”", more)

    def switch_page(self, request: HttpRequest, found: WebhookEndpoint) -> HttpResponse:
        """GET: asks. POST: switches it off, or on."""
        is_on = self.is_live(found)
        if request.method == "POST":
            act = endpoints.switch_off if request.POST.get("to") == "off" else endpoints.switch_on
            done = f"“{found.name}” is switched {'off' if act is endpoints.switch_off else 'on'}."
            told(request, lambda: act(found, actor=actor_of(request)), done)
            return redirect(_ONE, found.pk)
        title = f"Switch “{found.name}” {'off' if is_on else 'on'}?"
        return self.page(request, "switch", title, {"row": found, "is_on": is_on})

    def test_page(self, request: HttpRequest, found: WebhookEndpoint) -> HttpResponse:
        """GET: what is sent. POST: sends a test event."""
        if request.method == "POST":
            done = "A test event is on its way; see what was sent, below."
            told(request, lambda: endpoints.send_test(found, actor=actor_of(request)), done)
            return redirect(_ONE, found.pk)
        return self.page(request, "test", f"Send a test to “{found.name}”?", {"row": found})

    def replay_page(self, request: HttpRequest, found: WebhookEndpoint) -> HttpResponse:
        """GET: since when. POST: how many it would be; confirmed: sends them again."""
        form = bound(ReplayForm, request, initial={"since": clock.now() - timedelta(days=1)})
        more: dict[str, Any] = {"form": form, "row": found, "button": "Show how many"}
        if form.is_bound and form.is_valid():
            since = form.cleaned_data["since"]
            if "confirmed" in request.POST:
                count = tried(form, lambda data: endpoints.replay(found, actor=actor_of(request), **data))
                if count is not None:
                    messages.success(request, f"{count} events are sent again.")
                    return redirect(_ONE, found.pk)
            else:
                more["count"], more["since"] = endpoints.replayable(found, since).count(), since
        return self.page(request, "replay", f"Send again to “{found.name}”", more)

    def remove_page(self, request: HttpRequest, found: WebhookEndpoint) -> HttpResponse:
        """GET: what goes with it, and asks. POST: deletes it with its log."""
        if request.method == "POST":
            name = found.name
            try:
                endpoints.remove(found, actor=actor_of(request))
            except Refusal as refusal:
                messages.error(request, refusal.message)
                return redirect(_ONE, found.pk)
            messages.success(request, f"“{name}” is deleted, with the log of what was sent to it.")
            return redirect("admin:accounts_webhookendpoint_changelist")
        rows = WebhookMessage.objects.filter(endpoint=found)
        more = {"row": found, "kept": rows.count(), "waiting": rows.filter(WAITING).count()}
        return self.page(request, "remove", f"Delete “{found.name}”?", more)

    def _show(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        more = {"row": endpoint, "secret": secret}
        return self.page(request, "secret", f"The secret of “{endpoint.name}”", more)


class MessagePages(_Base):
    """Mixin of the admin of deliveries: the page that has one sent again."""

    def get_urls(self) -> list[Any]:
        """Before Django's own addresses."""
        again = path(
            "<int:delivery_id>/again/",
            self.admin_site.admin_view(self.again_page),
            name="accounts_webhookmessage_again",
        )
        return [again, *super().get_urls()]

    def again_page(self, request: HttpRequest, delivery_id: int) -> HttpResponse:
        """GET: asks. POST: has it sent again under its id."""
        if not self.may("change", request):
            raise PermissionDenied("Only an institution admin can manage webhooks.")
        found: WebhookMessage | None = self.get_object(request, str(delivery_id))
        if found is None:
            raise Http404("There is no such delivery.")
        if request.method == "POST":
            done = "It is on its way again; look at its tries in a moment."
            told(request, lambda: endpoints.send_again(found, actor=actor_of(request)), done)
            return redirect("admin:accounts_webhookmessage_change", found.pk)
        context = {**self.admin_site.each_context(request), "title": f"Send {found} again?"}
        context |= {"opts": self.opts, "row": found}
        return TemplateResponse(request, "admin/accounts/webhookmessage/again.html", context)
