"""``chengxin init``：from nothing to a platform that can work, and nothing the second time."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused
from chengxin.ledger.logs import LOGS
from chengxin.ledger.services import sign_checkpoint
from chengxin.policy.files import read_files, shipped_folder
from chengxin.storage import keyfile


def install(at: Instant) -> list[str]:
    """Make what is missing; returns a sentence for each thing."""
    home, keys = Path(settings.CHENGXIN_HOME), Path(settings.CHENGXIN_KEYS)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = [_keys(keys, home, at)]
    had_tables = _has_tables()
    call_command("migrate", interactive=False, verbosity=0)
    done.append("数据库结构已是最新" if had_tables else "已建库")
    adopted = adopt_shipped_set(files=read_files([shipped_folder(), home / "policies"]), at=at)
    done.append("已采纳随平台发布的政策集" if adopted else "政策集早已采纳，未作改动")
    for log in LOGS:
        sign_checkpoint(at, log=log)
    return done


def unapplied_migrations() -> int:
    """How many migrations the database lacks."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _keys(path: Path, home: Path, at: Instant) -> str:
    keyfile.must_lie_outside(path, home)
    if path.exists():
        keyfile.read(path)  # a broken or exposed file must not pass unseen
        return "密钥文件早已生成，未作改动"
    if _holds_data():
        raise Refused(
            "keys-missing",
            f"数据库里已有数据，却找不到密钥文件 {path}。新生成的密钥打不开已有的数据。",
            "请把原来的密钥文件放回此处，或者用 CHENGXIN_KEYS 指到它。",
        )
    keyfile.create(path, at)
    settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = keyfile.signing_texts(path)
    return "已生成密钥文件"


def _has_tables() -> bool:
    return "ledger_head" in connection.introspection.table_names()


def _holds_data() -> bool:
    if not _has_tables():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_entry LIMIT 1")
        return cursor.fetchone() is not None
