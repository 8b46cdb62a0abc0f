"""日志。Which logs there are: each a tree of its own with its own head, tiles and checkpoints, all grown by the same code (ADR 0018)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Log:
    """一本日志。``path`` follows the address of the main log, in its name and where it is served; ``prefix`` begins its tables."""

    name: str
    title: str
    path: str
    prefix: str

    @property
    def head(self) -> str:
        """Table of the head."""
        return f"{self.prefix}_head"

    @property
    def content(self) -> str:
        """Table of contents and salts; also the sequence of their ids."""
        return f"{self.prefix}_content"

    @property
    def entry(self) -> str:
        """Table of entries."""
        return f"{self.prefix}_entry"

    @property
    def tile(self) -> str:
        """Table of tiles."""
        return f"{self.prefix}_tile"


#: What happened. The other logs' roots are entries of this one.
MAIN: Final = Log("main", "账本", "", "ledger")
#: 查看日志：who inside looked at what is not public.
READS: Final = Log("reads", "查看日志", "/reads", "ledger_reads")
LOGS: Final = (MAIN, READS)


def log_named(name: str) -> Log:
    """The log of this name. KeyError if there is none."""
    return {log.name: log for log in LOGS}[name]
