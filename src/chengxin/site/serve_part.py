"""One part of the platform as a process: ``python -m chengxin.site.serve_part web …|worker|scheduler``."""

from __future__ import annotations

import os
import signal
import sys

import django

from chengxin.site.parentage import end_with_parent


def main() -> int:
    """Run the part named on the command line; the kernel tells it to end when whoever started it is gone."""
    end_with_parent(signal.SIGTERM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.site.settings")
    name, options = sys.argv[1], sys.argv[2:]
    if name == "web":
        os.execv(sys.executable, [sys.executable, "-m", "granian", *options])  # noqa: S606  no shell is wanted
    django.setup()
    from chengxin.site import scheduler, worker

    return {"worker": worker.main, "scheduler": scheduler.main}[name]()


if __name__ == "__main__":
    sys.exit(main())
