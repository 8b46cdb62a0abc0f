"""随主进程结束：a process that serves must not outlive the one that watches over it, or it keeps the port and yesterday's code."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent(number: signal.Signals) -> None:
    """The kernel sends ``number`` to this process when whoever started it is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number))


def end_web_worker_with_parent() -> None:
    """In a web worker: killed with its main process, which alone could stop it in good order. Elsewhere nothing happens."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    end_with_parent(signal.SIGKILL)
    if os.getppid() != parent.pid:  # it went before the kernel was told
        os.kill(os.getpid(), signal.SIGKILL)
