"""The WSGI application that ``chengxin serve`` runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from chengxin.site.parentage import end_web_worker_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.site.settings")
end_web_worker_with_parent()
application = get_wsgi_application()

from chengxin.site.readiness import keep_statements_ready  # noqa: E402  (only when the apps are ready)

keep_statements_ready()
