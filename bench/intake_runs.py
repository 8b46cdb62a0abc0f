"""One measurement of :mod:`bench.intake`, in a process of its own: ``python -m bench.intake_runs baseline|product FILE AUTHORITY``."""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

TABLE = "bench_flat"
#: The flat table has the indexes of the table of records, over the columns that correspond.
INDEXES = (
    "CREATE UNIQUE INDEX flat_key ON bench_flat (cf_wsh, cf_xdr_shxym, cf_xdr_zjhm, cf_cfjgdm)",
    "CREATE INDEX flat_subject ON bench_flat (cf_xdr_shxym)",
    "CREATE INDEX flat_item ON bench_flat (item, cf_jdrq DESC, id DESC)",
    "CREATE INDEX flat_document ON bench_flat (cf_wsh)",
    "CREATE INDEX flat_office ON bench_flat (cf_cfjgdm, item, cf_jdrq DESC, id DESC)",
    "CREATE INDEX flat_submission ON bench_flat (submission_id, id)",
    "CREATE INDEX flat_until ON bench_flat (public_until, id)",
)


def main(part: str, file: Path, authority: str) -> None:
    """Run, and print one JSON object."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.site.settings"
    import django

    django.setup()
    print(json.dumps(baseline(file) if part == "baseline" else product(file, authority)))


def baseline(file: Path) -> dict[str, float]:
    """The same rows into one flat table."""
    from django.db import connection

    with file.open(encoding="utf-8", newline="") as opened:
        header = [code.lower() for code in next(csv.reader(opened))]
    model = flat_model(header)
    with connection.schema_editor() as editor:
        editor.create_model(model)
    with connection.cursor() as cursor:
        for index in INDEXES:
            cursor.execute(index)
    started, worked = time.perf_counter(), processor_seconds()
    if connection.vendor == "postgresql":
        copy(file, header)
    else:
        bulk_create(file, header, model)
    return {"seconds": time.perf_counter() - started, "processor": processor_seconds() - worked}


def processor_seconds() -> float:
    """What this process, the children it has waited for and the server of its database have worked so far."""
    from django.db import connection

    own = sum(os.times()[:4])
    if connection.vendor != "postgresql":
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    server = int(stat_of(backend)[1])
    parts = [stat_of(int(folder.name)) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    ticks = sum(int(part[11]) + int(part[12]) for part in parts if part and int(part[1]) == server)
    ended = sum(map(int, stat_of(server)[11:15]))  # of the server itself and of its processes that are gone
    return own + (ticks + ended) / os.sysconf("SC_CLK_TCK")


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on; none of a process that has just ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def flat_model(header: list[str]) -> Any:
    """A model with a text column per field and what the indexes need besides."""
    from django.db import models

    fields: dict[str, Any] = {code: models.TextField(default="") for code in header}
    fields |= {
        "item": models.SmallIntegerField(default=2, db_default=2),
        "submission_id": models.BigIntegerField(default=1, db_default=1),
        "public_until": models.BigIntegerField(default=1_800_000_000, db_default=1_800_000_000),
        "Meta": type("Meta", (), {"app_label": "bench", "db_table": TABLE}),
        "__module__": __name__,
    }
    return type("Flat", (models.Model,), fields)


def copy(file: Path, header: list[str]) -> None:
    """A bare COPY."""
    from django.db import connection

    statement = f"COPY {TABLE} ({', '.join(header)}) FROM STDIN (FORMAT CSV, HEADER, FORCE_NOT_NULL ({', '.join(header)}))"
    with connection.cursor() as cursor, file.open("rb") as opened, cursor.copy(statement) as target:
        while piece := opened.read(1 << 20):
            target.write(piece)


def bulk_create(file: Path, header: list[str], model: Any) -> None:
    """Plain Django, in its own batches, one transaction a batch as the product has."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.reader(opened)
        next(rows)
        batch = []
        for row in rows:
            batch.append(model(**dict(zip(header, row, strict=True))))
            if len(batch) == 10_000:
                model.objects.bulk_create(batch)
                batch = []
        model.objects.bulk_create(batch)


def product(file: Path, authority: str) -> dict[str, float]:
    """The first time, and the same file again under another key."""
    from django.conf import settings
    from django.core.management import call_command

    from chengxin.access.services import add_department
    from chengxin.foundation.catalogue.services import adopt_shipped_set
    from chengxin.kernel import clock
    from chengxin.policy.files import read_files, shipped_folder
    from chengxin.storage import keyfile

    keyfile.create(Path(settings.CHENGXIN_KEYS), clock.now())
    call_command("migrate", verbosity=0)
    adopt_shipped_set(files=read_files([shipped_folder()]), at=clock.now())
    office = add_department(code=authority, name="泰安市市场监督管理局", at=clock.now())
    worked = processor_seconds()
    first, counted = hand_in(file, office, "first")
    worked = processor_seconds() - worked
    again, unchanged = hand_in(file, office, "again")
    return {"first": first, "again": again, "processor": worked, **counted, "unchanged": unchanged["unchanged"]}


def hand_in(file: Path, office: Any, key: str) -> tuple[float, dict[str, int]]:
    """What ``chengxin collect`` does; the time is from the first byte read to the receipt."""
    from dataclasses import asdict

    from chengxin.foundation.collection.services import counts_of, process_submission, receive_submission
    from chengxin.foundation.collection.types import Channel
    from chengxin.kernel import clock

    started = time.perf_counter()
    with file.open("rb") as stream:
        submission = receive_submission(
            department=office,
            item="administrative_penalty",
            stream=stream,
            file_name=file.name,
            channel=Channel.CLI,
            key=key,
            actor="bench",
            at=clock.now(),
        )
    submission = process_submission(submission.pk)
    took = time.perf_counter() - started
    if submission.refusal:
        raise SystemExit(str(submission.refusal))
    return took, asdict(counts_of(submission))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
