"""The only URL table. Every line has its twin in ``access_matrix.py``; a view without one is refused."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
