"""办法说明 ``/about``：how the platform takes in, shows and takes down, in plain words. Numbers stay on the policy pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The method texts."""
    return render(request, "site/about.html")
