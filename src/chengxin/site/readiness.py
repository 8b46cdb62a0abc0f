"""新的一天先备好：in a web worker the statements of every evaluation model are prepared before anybody asks, and again for each new day.

Otherwise the first question of a day waits a third of a second while its statements are written. A child process of the lowest
priority writes them; this one only takes them over. In commands, in tests and in other parts nothing of this happens.
"""

from __future__ import annotations

import logging
import multiprocessing
import subprocess
import threading
from datetime import date
from typing import Final

from django.db import DatabaseError, connections

from chengxin.engine.one_subject import forget_before, is_ready, keep_ready
from chengxin.engine.statements import written_elsewhere
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.policy.types_evaluation import EvaluationModel

#: How often it looks whether the day or the policy is another one.
LOOK_SECONDS: Final = 30.0
#: So long before midnight the next day is prepared.
AHEAD_SECONDS: Final = 900
_log: Final = logging.getLogger(__name__)


def keep_statements_ready() -> None:
    """In a web worker: begin, in the background. Elsewhere nothing happens."""
    if multiprocessing.parent_process() is not None:
        threading.Thread(target=_go_on, name="statements", daemon=True).start()


def make_ready() -> int:
    """Prepare what is missing for today, and near midnight for tomorrow; how many models and days that was."""
    at = clock.now()
    today = date_of(at)
    days = sorted({today, date_of(at + AHEAD_SECONDS)})
    models = list(active.policy_set().evaluation_models.values())
    missing = [(model, day) for model in models for day in days if not is_ready(model, day)]
    if missing:  # another day or another policy; what was asked about past days goes with yesterday, not while it is in use
        forget_before(today)
    for day in days:
        _prepare([model for model, when in missing if when == day], day)
    return len(missing)


def _prepare(models: list[EvaluationModel], day: date) -> None:
    if not models:
        return
    written = written_elsewhere(models, [day])
    for model in models:
        keep_ready(model, day, written[model.id, day])


def _go_on() -> None:
    waiting = threading.Event()
    while True:
        try:
            make_ready()
        except (Refused, DatabaseError, subprocess.SubprocessError, OSError) as trouble:
            # Nobody depends on it: a question whose statements are not ready writes them itself.
            _log.warning("statements of evaluations are not ready: %s", trouble)
        finally:
            connections.close_all()
        waiting.wait(LOOK_SECONDS)
