"""The first page for visitors who are not signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def landing(request: HttpRequest) -> HttpResponse:
    """What this is, and the two ways in: register an institution, or sign in."""
    return render(request, "accounts/landing.html")
