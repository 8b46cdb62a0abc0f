"""The only URL table. Every line has its twin in ``access_matrix.py``; a view without one is refused.

One block a section; a section's block imports its own ``pages`` and nothing else.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chengxin.site import about, gallery, home, login, robots, tour

portal: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("about", about.about, name="about"),
    path("tour", tour.tour, name="tour"),
    path("login", login.sign_in, name="login"),
    path("logout", login.sign_out, name="logout"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
]
workbench: list[URLPattern | URLResolver] = [
    path("office/pieces", gallery.pieces_gallery, name="pieces_gallery"),
]

urlpatterns: list[URLPattern | URLResolver] = [*portal, *workbench]

handler400 = "chengxin.site.errors.bad_request"
handler403 = "chengxin.site.errors.permission_denied"
handler404 = "chengxin.site.errors.page_not_found"
handler500 = "chengxin.site.errors.server_error"
