"""What lies in ``deploy/`` fits the program: options, variables, files and addresses; and the tools that read it agree, where they are."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from chengxin.site import commands
from chengxin.site.health import PARTS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
#: Where each directive of nginx that we use may stand ("" is outside of every block).
NGINX_CONTEXTS = {
    "limit_req_zone": {""},
    "log_format": {""},
    "server": {""},
    "location": {"server"},
    "listen": {"server"},
    "server_name": {"server"},
    "ssl_certificate": {"server"},
    "ssl_certificate_key": {"server"},
    "ssl_protocols": {"server"},
    "client_max_body_size": {"server"},
    "client_body_timeout": {"server"},
    "proxy_request_buffering": {"server"},
    "access_log": {"server"},
    "return": {"server"},
    **{name: {"location"} for name in ("limit_req", "limit_req_status", "proxy_pass", "proxy_http_version", "proxy_set_header")},
    **{name: {"location"} for name in ("proxy_read_timeout", "allow", "deny")},
}


def served(arguments: list[str]) -> dict[str, Any]:
    """What ``chengxin serve`` understands of these arguments; a UsageError fails the test."""
    assert arguments[0] == "serve"
    whole: Any = typer.main.get_command(commands.app)
    context = whole.commands["serve"].make_context("serve", arguments[1:])
    return dict(context.params)


def unit(path: Path) -> RawConfigParser:
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


def variables(text: str) -> set[str]:
    return set(re.findall(r"\bCHENGXIN_[A-Z_]+", text))


def instructions() -> list[tuple[str, str]]:
    """The container file: (instruction, its words), lines joined."""
    lines = [line for line in (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


def nginx_directives(text: str) -> list[tuple[str, list[str], str]]:
    """(directive, words, block it stands in)."""
    found, block, words = [], [""], list[str]()
    plain = re.sub(r"#[^\n]*", "", text)
    for token in re.findall(r"'[^']*'|[{};]|[^\s{};]+", plain):
        if token == ";":
            found.append((words[0], words[1:], block[-1]))
            words = []
        elif token == "{":
            found.append((words[0], words[1:], block[-1]))
            block.append(words[0])
            words = []
        elif token == "}":
            assert words == [], f"unfinished: {words}"
            block.pop()
        else:
            words.append(token)
    assert block == [""], "braces do not match"
    return found


def test_every_part_has_a_unit_that_starts_it() -> None:
    parts = set()
    for path in UNITS:
        command = shlex.split(unit(path)["Service"]["ExecStart"])
        assert command[0].endswith("/.venv/bin/chengxin")
        asked = served(command[1:])
        assert path.name == f"chengxin-{asked['part']}.service"
        parts.add(asked["part"])
    assert parts == set(PARTS)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_may_write_where_the_data_are_and_reads_its_variables(path: Path) -> None:
    service = unit(path)["Service"]
    environment = dict(
        line.split("=", 1) for line in (DEPLOY / "environment.example").read_text("utf-8").splitlines() if line and not line.startswith("#")
    )
    writable = service["ReadWritePaths"].split()
    assert writable[0] == environment["CHENGXIN_HOME"]
    if path.stem == "chengxin-scheduler":  # takes files from the watched folder
        watched = re.search(r"CHENGXIN_WATCH=(\S+)", (DEPLOY / "environment.example").read_text("utf-8"))
        assert watched
        assert f"-{watched[1]}" in writable
    assert environment["CHENGXIN_KEYS"].startswith(f"{service['ReadOnlyPaths']}/")
    assert service["EnvironmentFile"].startswith(f"{service['ReadOnlyPaths']}/")
    assert int(service["TimeoutStopSec"]) > 30  # requests and the task at hand are finished first


def test_every_variable_is_one_that_the_program_reads_and_the_manual_explains() -> None:
    read = set().union(*(variables(path.read_text("utf-8")) for path in (ROOT / "src").rglob("*.py")))
    explained = variables((ROOT / "docs/operations.md").read_text("utf-8"))
    for name in ("environment.example", "Containerfile"):
        used = variables((DEPLOY / name).read_text("utf-8"))
        assert used <= read & explained, f"{name}: {used - (read & explained)}"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text("utf-8")
        assert list(unit(path)) == ["DEFAULT", "Unit", "Service", "Install"]
        (tmp_path / path.name).write_text(text.replace("/opt/chengxin/.venv/bin/chengxin", "/bin/true"), encoding="utf-8")
    if analyze := shutil.which("systemd-analyze"):
        told = subprocess.run(
            [analyze, "verify", *(str(tmp_path / path.name) for path in UNITS)], capture_output=True, text=True, check=False
        )
        said = [line for line in told.stderr.splitlines() if "chengxin-" in line]
        assert said == []


def test_the_container_file_copies_what_is_there_and_starts_what_can_be_started() -> None:
    told = instructions()
    for kind, words in told:
        if kind == "COPY" and not words.startswith("--from"):
            for source in words.split()[:-1]:
                assert (ROOT / source).exists(), source
    entry = json.loads(next(words for kind, words in told if kind == "ENTRYPOINT"))
    asked = served(json.loads(next(words for kind, words in told if kind == "CMD")))
    assert entry == ["chengxin"]
    assert asked["host"] == "0.0.0.0"
    port = next(words for kind, words in told if kind == "EXPOSE")
    assert int(port) == asked["port"]
    health = next(words for kind, words in told if kind == "HEALTHCHECK")
    address = re.search(r"http://[^']+", health)
    assert address
    assert (urlsplit(address[0]).port, urlsplit(address[0]).path) == (asked["port"], "/healthz")
    stages = {words.split()[-1] for kind, words in told if kind == "FROM" and " AS " in words}
    assert {words.split("=")[1].split()[0] for kind, words in told if kind == "COPY" and words.startswith("--from")} == stages
    user = next(place for place, (kind, _) in enumerate(told) if kind == "USER")
    assert user < next(place for place, (kind, _) in enumerate(told) if kind == "ENTRYPOINT")


def test_the_container_has_all_that_the_package_is_made_of() -> None:
    """What the package is read from at run time is copied into the container, and nothing in it leads out of it."""
    copied = {source for kind, words in instructions() if kind == "COPY" for source in words.split()[:-1] if source[0] != "-"}
    assert {"src", "policies", "verifiers"} <= copied
    assert [str(path) for path in (ROOT / "src").rglob("*") if path.is_symlink()] == []


@pytest.mark.parametrize(
    ("page", "verifier"),
    [("during_event/inspection/static/inspection/draw.mjs", "draw.mjs"), ("ledger/static/ledger/verifier.js", "verifier.js")],
)
def test_pages_run_the_verifier_that_anybody_can_run(page: str, verifier: str) -> None:
    """What a page computes in the reader's browser is the program in ``verifiers/``, byte for byte. No link: not everything that carries
    files from one machine to the next keeps one, and a page that loads the name of a file computes nothing."""
    assert (ROOT / "src" / "chengxin" / page).read_bytes() == (ROOT / "verifiers" / verifier).read_bytes()
    assert not (ROOT / "src" / "chengxin" / page).is_symlink()


def test_nginx_leads_to_the_port_of_the_web_unit_and_keeps_what_is_inside_inside() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    told = nginx_directives(text)
    for name, words, block in told:
        assert block in NGINX_CONTEXTS[name], f"{name} {words} may not stand in {block or 'http'}"
    asked = served(shlex.split(unit(DEPLOY / "chengxin-web.service")["Service"]["ExecStart"])[1:])
    assert {words[0] for name, words, _ in told if name == "proxy_pass"} == {f"http://{asked['host']}:{asked['port']}"}
    assert ("location", ["=", "/metrics"], "server") in told
    assert "deny all;" in text
    formats = [words for name, words, _ in told if name == "log_format"]
    assert all("$request " not in " ".join(words) and "$args" not in " ".join(words) for words in formats)


def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert "ssl_certificate" in text
    nginx, openssl = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
    if nginx and openssl:
        key, certificate = tmp_path / "key.pem", tmp_path / "fullchain.pem"
        made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-subj", "/CN=x"]
        subprocess.run(made, check=True, capture_output=True)
        own = text.replace("/etc/ssl/chengxin", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
        (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{own}\n}}\n", encoding="utf-8")
        told = subprocess.run([nginx, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False)
        assert "syntax is ok" in told.stderr, told.stderr
