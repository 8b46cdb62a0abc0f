"""What other processes do, as the kernel says it: whom they started, and with whom they speak."""

from __future__ import annotations

import os
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

PROC = Path("/proc")


def alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be collected does not."""
    return _state(pid) not in {"", "Z", "X"}


def descendants(pid: int) -> list[int]:
    """Everything it started, and what those started."""
    parents = {int(each.name): _parent(int(each.name)) for each in PROC.iterdir() if each.name.isdigit()}
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, whose in parents.items() if whose == parent and alive(child)]
        found += children
        waiting += children
    return found


def addresses_of(pid: int) -> set[IPv4Address | IPv6Address]:
    """Where its TCP and UDP sockets listen, and whom they are connected to."""
    sockets = {_target(link) for link in (PROC / str(pid) / "fd").iterdir()}
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in (PROC / str(pid) / "net" / table).read_text().splitlines()[1:]:
            _, local, remote, state, *_, inode = line.split()[:10]
            if f"socket:[{inode}]" in sockets:
                found |= {_address(local)} | ({_address(remote)} if state == "01" else set())
    return found


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except FileNotFoundError:  # closed meanwhile
        return ""


def _address(text: str) -> IPv4Address | IPv6Address:
    """An address as the kernel prints it: words of four bytes, each backwards."""
    digits = text.partition(":")[0]
    raw = b"".join(bytes.fromhex(digits[start : start + 8])[::-1] for start in range(0, len(digits), 8))
    address = ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _state(pid: int) -> str:
    return next(iter(_stat(pid)), "")


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if len(fields) > 1 else 0
