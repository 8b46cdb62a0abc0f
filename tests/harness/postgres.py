"""A throw-away PostgreSQL cluster on a unix socket, gone when its user is.

    python tests/harness/postgres.py -- COMMAND …

runs COMMAND with ``CHENGXIN_TEST_DATABASE`` and ``CHENGXIN_DATABASE`` set to a fresh, empty database. PostgreSQL refuses to run as
root, so for root the cluster belongs to ``nobody``. ``--durable`` keeps fsync on (for measurements); tests kill clients,
never the machine, and do without.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

DATABASE = "chengxin"
MISSING = "PostgreSQL (initdb, postgres) was not found in PATH nor under /usr/lib/postgresql: apt-get install postgresql"


def binaries() -> Path:
    """The folder of initdb and postgres, the newest if there are several. RuntimeError says what to install."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError(MISSING)


def _unprivileged() -> dict[str, Any]:
    """Arguments of subprocess that drop root; empty for anybody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _end_with_parent() -> None:
    """Also a run that is killed leaves no server behind. (PR_SET_PDEATHSIG; set last, a change of user clears it.)"""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    deadline = time.monotonic() + 60
    ready = [binaries() / "pg_isready", "-q", "-h", folder, "-d", "postgres"]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


@contextmanager
def throwaway_cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a cluster, yield the URL of an empty database in it, remove everything."""
    bin_folder = binaries()
    as_user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="chengxin-pg-", dir="/tmp"))  # a socket's path may not be longer than 107 bytes
    if as_user:
        os.chown(folder, as_user["user"], as_user["group"])
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    data, log = folder / "data", folder / "log"
    server: subprocess.Popen[bytes] | None = None
    try:
        initdb = [bin_folder / "initdb", "-D", data, "-U", DATABASE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(initdb, env=environment, cwd=folder, capture_output=True, text=True, check=False, **as_user)
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        options = {
            "unix_socket_directories": folder,
            "listen_addresses": "",
            "max_connections": 60,
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
        }
        options |= {} if durable else {"fsync": "off", "full_page_writes": "off"}
        command = [bin_folder / "postgres", "-D", data, *(f"-c{name}={value}" for name, value in options.items())]
        with log.open("wb") as log_file:
            streams = {"stdout": log_file, "stderr": log_file, "start_new_session": True, "preexec_fn": _end_with_parent}
            server = subprocess.Popen(command, env=environment, cwd=folder, **streams, **as_user)
        _wait_until_ready(server, folder, log)
        subprocess.run(
            [bin_folder / "createdb", "-h", folder, "-U", DATABASE, DATABASE], env=environment, cwd=folder, check=True, **as_user
        )
        yield f"postgresql://{DATABASE}@/{DATABASE}?host={folder}"
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # immediate: nothing in it is wanted any more
            server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


def main(arguments: list[str]) -> int:
    """Run the command behind ``--`` beside a cluster; its exit status is ours."""
    if "--" not in arguments or not arguments[arguments.index("--") + 1 :]:
        sys.stderr.write("usage: python tests/harness/postgres.py [--durable] -- COMMAND …\n")
        return 2
    command = arguments[arguments.index("--") + 1 :]
    signal.signal(signal.SIGTERM, _end)
    try:
        with throwaway_cluster(durable="--durable" in arguments[: arguments.index("--")]) as url:
            environment = os.environ | {"CHENGXIN_TEST_DATABASE": url, "CHENGXIN_DATABASE": url}
            return subprocess.run(command, env=environment, check=False).returncode
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
