"""引擎的写法。What an expression must know of the engine that will run it: how whole numbers are divided, and what is kept on the way.

A :class:`Script` is a published method written down for one engine, without running anything: tables that are kept, in order, and
the two questions at the end. It names its inputs ``subjects`` and ``records``; who runs it provides tables of these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa  # type: ignore[import-untyped]

#: Integers as both engines write them: a sum is wider than what was summed, and would stay so.
_INTEGERS: Final = {"int8": "TINYINT", "int16": "SMALLINT", "int32": "INT", "int64": "BIGINT"}


class Engine(Protocol):
    """一个引擎, as the method sees it."""

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Have ``table`` computed once; the stored one."""
        ...

    def lookup(self, name: str, table: pa.Table) -> ir.Table:
        """A small table that the policy gives, such as the one of few observations."""
        ...

    def divide(self, left: ir.IntegerValue, right: ir.IntegerValue) -> ir.IntegerValue:
        """``left`` ÷ ``right`` without remainder; both whole, ``left`` not negative, ``right`` positive. No float on the way."""
        ...


@ibis.udf.scalar.builtin(name="divide")  # type: ignore[untyped-decorator]
def _divide_duckdb(left: int, right: int) -> int:  # type: ignore[empty-body]
    """DuckDB's integer division; the portable operator would go through floating point."""


@ibis.udf.scalar.builtin(name="div")  # type: ignore[untyped-decorator]
def _divide_spark(left: int, right: int) -> int:  # type: ignore[empty-body]
    """Spark's integer division."""


_DIVISIONS: Final = {"duckdb": _divide_duckdb, "pyspark": _divide_spark}


@dataclass
class Script:
    """一个引擎的语句。``steps``: (name, question) of every table that is kept, in order; ``lookups``: small tables by name."""

    dialect: str  # duckdb | pyspark
    steps: list[tuple[str, str]] = field(default_factory=list)
    lookups: dict[str, pa.Table] = field(default_factory=dict)
    results: str = ""
    contributions: str = ""

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Write the step down; what follows reads the table by its name."""
        self.steps.append((name, self.question(table)))
        return ibis.table(table.schema(), name=name)

    def lookup(self, name: str, table: pa.Table) -> ir.Table:
        """Write the small table down."""
        self.lookups[name] = table
        return ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name)

    def divide(self, left: ir.IntegerValue, right: ir.IntegerValue) -> ir.IntegerValue:
        """The engine's own division of whole numbers."""
        divided: ir.IntegerValue = _DIVISIONS[self.dialect](left, right)
        return divided

    def question(self, table: ir.Table) -> str:
        """The SQL of an expression, with columns of the types that the expression states."""
        columns = [
            f"CAST({name} AS {_INTEGERS[str(kind)]}) AS {name}" if str(kind) in _INTEGERS else name for name, kind in table.schema().items()
        ]
        return f"SELECT {', '.join(columns)}\nFROM (\n{ibis.to_sql(table, dialect=self.dialect)}\n) AS typed"

    def as_one(self, question: str) -> str:
        """``question`` with all steps in front of it: one statement, for one subject."""
        steps = ",\n".join(f"{name} AS MATERIALIZED (\n{sql}\n)" for name, sql in self.steps)
        return f"WITH {steps}\n{question}"

    def texts(self) -> Mapping[str, str]:
        """Every statement by its name, as it is reviewed."""
        return {**dict(self.steps), "results": self.results, "contributions": self.contributions}
