"""Categories and tags of the bank in the admin; the bank's services write them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.site import site
from accounts.admin.tenant import TenantAdmin
from accounts.tenancy import current_institution
from exams.admin.refusals import RefusalsInWords
from exams.bank import categories, classification
from exams.models import QuestionCategory, QuestionTag
from proctor_site.kernel.errors import InvalidInput

if TYPE_CHECKING:
    _CategoryModelForm = forms.ModelForm[QuestionCategory]
    _TagModelForm = forms.ModelForm[QuestionTag]
else:
    _CategoryModelForm = _TagModelForm = forms.ModelForm


class CategoryForm(_CategoryModelForm):
    """Name and place; what the bank refuses is shown at its field."""

    class Meta:
        model = QuestionCategory
        fields = ("name",)  # the parent is added in the scope of a request
        help_texts = {"parent": "Empty: at the top. What lies below moves along."}

    def clean_parent(self) -> QuestionCategory | None:
        parent: QuestionCategory | None = self.cleaned_data["parent"]
        own = self.instance
        if parent is not None and own.pk and parent.lineage.startswith(own.lineage):
            raise forms.ValidationError("A category cannot lie below itself.")
        return parent


class _WrittenByTheBank(RefusalsInWords, TenantAdmin):
    """Writes through services, which keep the audit log and refuse in words."""

    def write(self, obj: Any, form: Any, actor: Any) -> Any:
        """The row as the service leaves it. Raises InvalidInput."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        written = self.write(obj, form, request.user)
        obj.pk, obj._state.adding = written.pk, False
        obj.refresh_from_db()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The bank writes the audit entry itself."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The bank writes the audit entry itself."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The bank writes the audit entry itself."""
        return []


@admin.register(QuestionCategory, site=site)
class QuestionCategoryAdmin(_WrittenByTheBank):
    """The tree, in its order; each category leads to its questions."""

    class Media:
        css = {"all": ("css/exams_admin.css",)}

    form = CategoryForm
    fields = ("name", "parent")
    list_display = ("indented", "own_questions", "all_questions")
    search_fields = ("path",)
    ordering = ("path", "id")
    list_per_page = 200

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        in_use = Q(questions__retired_at=None)
        return super().get_queryset(request).annotate(used=Count("questions", filter=in_use))

    @admin.display(description="category", ordering="path")
    def indented(self, category: QuestionCategory) -> str:
        depth = category.lineage.count("/") - 2
        return format_html('<span class="tree-depth-{}">{}</span>', depth, category.name)

    @admin.display(description="questions in use")
    def own_questions(self, category: QuestionCategory) -> int:
        return int(getattr(category, "used", 0))

    @admin.display(description="with what lies below")
    def all_questions(self, category: QuestionCategory) -> str:
        address = reverse("admin:exams_question_changelist")
        return format_html('<a href="{}?category={}">Show them</a>', address, category.pk)

    def write(self, obj: QuestionCategory, form: Any, actor: Any) -> QuestionCategory:
        name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
        if obj.pk:
            stored = QuestionCategory.objects.get(pk=obj.pk)
            return categories.change_category(stored, name=name, parent=parent, actor=actor)
        here = current_institution()
        if here is None:
            raise PermissionDenied("No institution is chosen.")
        return categories.create_category(here, name=name, parent=parent, actor=actor)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only empty ones: their questions would have no place."""
        return super().has_delete_permission(request, obj) and (
            obj is None or not (obj.questions.exists() or obj.children.exists())
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actor: Any = request.user
        categories.remove_category(obj, actor=actor)


class TagForm(_TagModelForm):
    """The word."""

    class Meta:
        model = QuestionTag
        fields = ("name",)

    def clean_name(self) -> str:
        try:
            [name] = classification.clean_tags([self.cleaned_data["name"]])
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return name


@admin.register(QuestionTag, site=site)
class QuestionTagAdmin(_WrittenByTheBank):
    """Tags. New ones come about where a question names them."""

    form = TagForm
    list_display = ("name", "question_count")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(used=Count("questions"))

    @admin.display(description="questions", ordering="used")
    def question_count(self, tag: QuestionTag) -> str:
        address = reverse("admin:exams_question_changelist")
        return format_html('<a href="{}?tag={}">{}</a>', address, tag.pk, getattr(tag, "used", 0))

    def write(self, obj: QuestionTag, form: Any, actor: Any) -> QuestionTag:
        stored = QuestionTag.objects.get(pk=obj.pk)
        return classification.rename_tag(stored, name=form.cleaned_data["name"], actor=actor)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A tag without a question says nothing."""
        return False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actor: Any = request.user
        classification.remove_tag(obj, actor=actor)
