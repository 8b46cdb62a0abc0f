"""运行日志 without personal data."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from chengxin.site.logging import REPLACED, logging_settings, replace_citizen_numbers

NUMBER = "37090219900307123X"


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    yield
    logging.config.dictConfig(settings.LOGGING)  # handlers made in a test hold its captured stream


def lines(captured: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_an_error_is_told_by_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings("INFO"))  # on the stream that is captured now
    try:
        raise ValueError(f"bad value: 张三 {NUMBER}")
    except ValueError:
        structlog.get_logger("chengxin.test").exception("it failed", rows=3)
        logging.getLogger("somebody.else").exception("it failed too")
    first, second = lines(capsys.readouterr().err)
    assert (first["error"], first["event"], first["rows"]) == ("ValueError", "it failed", 3)
    assert "test_logging.py" in str(first["trace"])
    assert "张三" not in str([first, second])
    assert second["error"] == "ValueError"


def test_the_framework_does_not_log_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings("INFO"))
    logging.getLogger("django.request").error("Not Found: /s/%s", NUMBER)
    assert capsys.readouterr().err == ""


@given(before=st.text(max_size=5), after=st.text(max_size=5))
def test_whatever_looks_like_a_citizens_number_is_replaced(before: str, after: str) -> None:
    around = f"{before} {NUMBER} {after}"
    event = replace_citizen_numbers(None, "", {"event": around, "inner": {"list": [around]}, "count": 3})
    assert NUMBER not in str(event)
    assert REPLACED in event["event"]
    assert event["count"] == 3


def test_credit_codes_and_counts_are_left_alone() -> None:
    event = {"event": "11370900000000182F", "rows": 370902199003071239, "hash": "a" * 64}
    assert replace_citizen_numbers(None, "", dict(event)) == event
