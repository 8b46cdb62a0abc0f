"""The only URL table. Every line has its twin in ``access_matrix.py``; a view without one is refused.

One block a section; a section's block imports its own ``pages`` and nothing else.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chengxin.site import gallery

workbench: list[URLPattern | URLResolver] = [
    path("office/pieces", gallery.pieces_gallery, name="pieces_gallery"),
]

urlpatterns: list[URLPattern | URLResolver] = [*workbench]
