"""What the admins of secrets share: pages of their own beside a list that nobody writes by hand.

API tokens, webhooks and compat keys are made, rotated and ended on such pages; a secret is shown on the one
that made it, and never again. Templates: admin/accounts/shown_once/, extended where words differ.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from accounts.models import Institution
from accounts.tenancy import current_institution
from proctor_site.kernel.errors import Refusal

if TYPE_CHECKING:
    from accounts.admin.tenant import TenantAdmin as _Base
else:
    _Base = object


class ShownOnce(_Base):
    """Mixin of such an admin. Its pages are methods: `new_page(request)`, and for each of `pages` a
    `<name>_page(request, row)`; whoever may not add is refused before any of them runs."""

    pages: ClassVar[tuple[str, ...]] = ()
    number: ClassVar[str] = ""
    """How the addresses call the number of a row, such as token_id."""
    folder: ClassVar[str] = ""
    """Of the templates."""

    def get_urls(self) -> list[Any]:
        """Own pages before Django's."""
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        own = [path("new/", view(self._new), name=f"{base}_new")]
        for name in self.pages:
            page = self._of_row(getattr(self, f"{name}_page"))
            own.append(path(f"<int:{self.number}>/{name}/", view(page), name=f"{base}_{name}"))
        return [*own, *super().get_urls()]

    def new_page(self, request: HttpRequest, here: Institution) -> HttpResponse:
        """GET: the form. POST: makes one and shows its secret, this one time."""
        raise NotImplementedError

    def is_live(self, row: Any) -> bool:
        """Whether the row still works, so that its page offers what can be done with it."""
        raise NotImplementedError

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> Any:
        """Tells the row's page whether it is live."""
        row = context["original"]
        return super().render_change_form(
            request, {**context, "is_live": self.is_live(row)}, *args, **options
        )

    def page(self, request: HttpRequest, name: str, title: str, more: dict[str, Any]) -> HttpResponse:
        """One of the pages. `more` may name the `row` that it is about."""
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **more}
        return TemplateResponse(request, f"{self.folder}/{name}.html", context)

    def refuse_others(self, request: HttpRequest) -> None:
        """Raises PermissionDenied unless the person may make such rows."""
        if not self.may("add", request):
            name = self.opts.verbose_name_plural
            raise PermissionDenied(f"Only an institution admin can manage {name}.")

    def _new(self, request: HttpRequest) -> HttpResponse:
        self.refuse_others(request)
        here = current_institution()
        if here is None:
            raise PermissionDenied("No institution is chosen.")
        return self.new_page(request, here)

    def _of_row(self, page: Callable[[HttpRequest, Any], HttpResponse]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, **numbers: int) -> HttpResponse:
            self.refuse_others(request)
            row = self.get_object(request, str(numbers[self.number]))
            if row is None:
                raise Http404(f"There is no such {self.opts.verbose_name}.")
            return page(request, row)

        return view


def actor_of(request: HttpRequest) -> Any:
    """Who is signed in; the admin lets nobody else through."""
    return request.user


def bound(form: type[forms.Form], request: HttpRequest, **options: Any) -> Any:
    """The form, filled with what was sent, if anything was."""
    return form(request.POST if request.method == "POST" else None, **options)


def tried(form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> Any:
    """What `act` gives for a good form; None for a form with mistakes, which then says them."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


def told(request: HttpRequest, act: Callable[[], Any], done: str) -> None:
    """Does it, and says on the next page that it is done, or why not."""
    try:
        act()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, refusal.message)
