"""写语句的进程：writes the statements of models and days for another process, which goes on serving meanwhile.

Writing is Python's work: in a thread it would take turns with the requests. In a process of its own, at the lowest priority, it takes
only what nobody else wants. It speaks pickle on its standard streams, with nobody but the process that started it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from chengxin.engine.one_subject import Statements, written_statements
from chengxin.policy.types_evaluation import EvaluationModel

PATIENCE_SECONDS: Final = 300
_LOWEST_PRIORITY: Final = 19


def written_elsewhere(models: Sequence[EvaluationModel], days: Sequence[date]) -> Mapping[tuple[str, date], Statements]:
    """The statements of each model for each day, by its id and the day. Raises ``subprocess.SubprocessError`` if the process fails."""
    plain = [replace(model, relief=dict(model.relief)) for model in models]
    asked = pickle.dumps((plain, list(days)))
    command = [sys.executable, "-m", "chengxin.engine.statements"]
    answer = subprocess.run(command, input=asked, stdout=subprocess.PIPE, timeout=PATIENCE_SECONDS, check=True)
    found: Mapping[tuple[str, date], Statements] = pickle.loads(answer.stdout)  # noqa: S301  our own child, over a pipe
    return found


def main() -> None:
    """Read what is wanted from standard input, write it to standard output."""
    os.nice(_LOWEST_PRIORITY)
    models, days = pickle.load(sys.stdin.buffer)  # noqa: S301  from the process that started this one
    written = {(model.id, day): written_statements(model, day) for model in models for day in days}
    pickle.dump(written, sys.stdout.buffer)


if __name__ == "__main__":
    main()
