"""How the questions of a bank are ordered: a tree of categories, and tags."""

from django.db import models
from django.db.models.functions import Lower

from accounts.tenancy import TenantModel


class QuestionCategory(TenantModel):
    """A shelf of the bank. Written by `bank.categories` only, which keeps `path` and `lineage` right."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(
        max_length=1100, editable=False, help_text="Names from the top, for search and show: Biology / Cells."
    )
    lineage = models.CharField(
        max_length=250,
        editable=False,
        help_text="Keys from the top with the own one last, /3/17/: what begins with it lies below.",
    )

    class Meta:
        verbose_name_plural = "question categories"
        ordering = ["path", "id"]
        constraints = [
            models.UniqueConstraint(
                "institution",
                "parent",
                Lower("name"),
                condition=models.Q(parent__isnull=False),
                name="category_name_once_below_parent",
                violation_error_message="There is a category of that name already.",
            ),
            models.UniqueConstraint(
                "institution",
                Lower("name"),
                condition=models.Q(parent__isnull=True),
                name="category_name_once_at_the_top",
                violation_error_message="There is a category of that name already.",
            ),
        ]
        indexes = [models.Index(fields=["institution", "lineage"], name="category_by_lineage")]

    def __str__(self) -> str:
        return self.path


class QuestionTag(TenantModel):
    """A word that questions of any category may carry; upper and lower case are the same word."""

    name = models.CharField(max_length=50)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "institution",
                Lower("name"),
                name="tag_once_per_institution",
                violation_error_message="There is a tag of that name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name
