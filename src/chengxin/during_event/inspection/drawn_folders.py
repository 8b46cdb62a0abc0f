"""抽取的文件夹。Where the files of a draw lie: what is published is what lies there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from chengxin.during_event.inspection.models import Draw


def draws_folder() -> Path:
    """Where the folders of all draws lie."""
    return Path(settings.CHENGXIN_HOME) / "draws"


def folder_of(draw: Draw) -> Path:
    """The folder of a draw."""
    return draws_folder() / draw.folder
