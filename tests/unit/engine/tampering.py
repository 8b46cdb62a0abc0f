"""A published folder, changed in one place."""

from __future__ import annotations

import random


def tampered(files: dict[str, bytes], rng: random.Random) -> dict[str, bytes]:
    """One change: a byte, a line lost, doubled, moved, a file lost, a verdict or a weight turned."""
    files = dict(files)
    name = rng.choice(sorted(name for name, content in files.items() if content))
    content = files[name]
    lines = content.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    match rng.randrange(8):
        case 0:
            place = rng.randrange(len(content))
            files[name] = content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]
        case 1:
            files[name] = b"".join(lines[:at] + lines[at + 1 :])
        case 2:
            files[name] = content + lines[at]
        case 3:
            rng.shuffle(lines)
            files[name] = b"".join(lines)
        case 4:
            del files[name]
        case 5:
            turned = {b"yes": b"no", b"no": b"yes", b'"1/': b'"2/', b"withheld": b"00" * 32, b'"weight":"1': b'"weight":"2'}
            old = rng.choice(sorted(turned))
            files[name] = content.replace(old, turned[old], 1)
        case 6:
            files[name] = content[: rng.randrange(len(content))]
        case _:
            files[name] = b"\xef\xbb\xbf" + content
    return files
