"""Addresses of the candidate's pages, written out so that a changed address fails a test."""

from exams.models import Attempt, Enrolment


def enrolment_page(enrolment: Enrolment) -> str:
    return f"/i/{enrolment.institution.slug}/enrolments/{enrolment.pk}/"


def attempt_page(attempt: Attempt, step: str) -> str:
    return f"/i/{attempt.institution.slug}/attempts/{attempt.pk}/{step}/"
