"""What an institution says about itself as the controller of personal data; its documents are made of it."""

from django.db import models


class LegalBasis(models.TextChoices):
    """On which an institution bases the processing (GDPR Article 6(1))."""

    PUBLIC_TASK = "public_task", "A task in the public interest (Article 6(1)(e))"
    CONTRACT = "contract", "A contract with the candidate (Article 6(1)(b))"
    LEGITIMATE = "legitimate", "Legitimate interests (Article 6(1)(f))"
    CONSENT = "consent", "Consent (Article 6(1)(a))"
    OTHER = "other", "A law outside the GDPR, named in the notes"


class PrivacyTerms(models.Model):
    """Fields of the institution. None of them is legal advice; people fill them in and answer for them."""

    controller_address = models.TextField(
        "postal address",
        blank=True,
        max_length=500,
        help_text="Of the institution as the controller; stands in the documents. Needed before publishing.",
    )
    dpo_contact = models.CharField(
        "contact for data protection",
        blank=True,
        max_length=200,
        help_text="Name or office, and how to reach it. Needed before publishing.",
    )
    legal_basis = models.CharField(
        blank=True,
        max_length=12,
        choices=LegalBasis.choices,
        help_text="For everything but face and voice comparison, which rests on the candidate's agreement "
        "(Article 9(2)(a)). Schools and employers should rarely choose consent: it has to be free.",
    )
    privacy_notes = models.TextField(
        "notes for the documents",
        blank=True,
        max_length=4_000,
        help_text="Anything your documents should say besides, such as laws of your country, contracts with "
        "processors, transfers and their safeguards.",
    )
    human_check = models.BooleanField(
        "a person checks whoever declines",
        default=True,
        help_text="Whoever declines the comparison of face or voice is checked by a person, with the same "
        "exam, time and treatment. Where nobody can do that, no face and no voice is compared.",
    )
    biometric_release = models.BooleanField(
        "a written release is needed for biometric data",
        default=False,
        help_text="As by Illinois's Biometric Information Privacy Act, wherever your candidates live under "
        "such a law. Then face and voice are compared only while your privacy page, with its retention "
        "schedule, is public, and the candidate's agreement is worded as a written release.",
    )
    privacy_published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
