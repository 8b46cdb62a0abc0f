"""A policy set small enough to read at one sight; the tests change one thing in it."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from chengxin.policy.errors import PolicyFault, PolicyRefused
from chengxin.policy.loading import load_files

PLAN = "各部门应当\n在7个工作日内上网公开。公开后不得无故撤回。"

FILES: dict[str, object] = {
    "city.yaml": {"title": "甲省乙市", "division": "990100", "chain": ["national", "province"]},
    "sources.yaml": {
        "plan": {"title": "乙市方案", "rank": "municipal_plan", "text": "sources/plan.txt"},
        "law": {"title": "某法", "rank": "law", "text": "not_on_file", "in_force": {"from": "2020-01-01"}},
        "order": {"title": "某令", "rank": "rule", "text": "not_on_file", "in_force": {"from": "2020-01-01"}, "supersedes": ["law"]},
    },
    "clauses.yaml": {
        "plan/1.1.1": {"quote": "各部门应当在7个工作日内上网公开。", "mission": ["R1a"], "owner": "foundation.disclosure"},
        "plan/1.1.2": {"quote": "公开后不得无故撤回。", "owner": "planned"},
    },
    "sources/plan.txt": PLAN,
    "province/note.yaml": {
        "title": "一句话",
        "unit": "text",
        "values": [{"from": "2020-01-01", "value": "甲", "reference": "law", "note": "甲", "confidence": "found"}],
    },
    "national/days.yaml": {
        "title": "公开期限",
        "unit": "working_day",
        "tighter": "lower",
        "values": [
            {"from": "2020-01-01", "value": 10, "reference": "law", "note": "十日", "confidence": "recalled"},
            {"from": "2021-01-01", "value": 7, "reference": "plan/1.1.1", "quote": "在7个工作日内上网公开"},
        ],
    },
    "national/kept.yaml": {
        "title": "保存期",
        "unit": "calendar_period",
        "tighter": "lower",
        "values": [{"from": "2020-01-01", "value": "P5Y", "reference": "law", "note": "五年", "confidence": "assumed"}],
    },
    "national/fine.yaml": {
        "title": "大额",
        "unit": "yuan",
        "values": [
            {"from": "2020-01-01", "value": {"单位": 1000, "个人": 100}, "reference": "law", "note": "大额", "confidence": "assumed"}
        ],
    },
    "national/kind.yaml": {
        "title": "类别",
        "reference": "law",
        "note": "两类",
        "confidence": "found",
        "codes": {"1": "单位", "2": "个人"},
        "aliases": {"公司": "1"},
    },
    "national/powers.yaml": {
        "title": "职权",
        "department_kinds": [{"id": "organ", "title": "机关", "names_end": ["局"], "codes_begin": ["11"]}],
        "powers": [{"items": ["act"], "authorities": ["organ"], "reference": "law", "note": "有权", "confidence": "found"}],
    },
    "national/banned.yaml": {
        "title": "禁采",
        "banned": [
            {
                "words": ["宗教"],
                "except_in": ["宗教局"],
                "reason": "不收",
                "reference": "law",
                "note": "禁止",
                "confidence": "found",
            }
        ],
    },
    "national/severity.yaml": {
        "title": "严重程度",
        "severity_rules": [
            {
                "severity": "general",
                "penalty_kinds": ["罚款"],
                "fine_at_least": "fine",
                "sentence": "大额。",
                "reference": "order",
                "note": "大额",
                "confidence": "assumed",
            },
            {"severity": "minor", "otherwise": True, "sentence": "其他。", "reference": "order", "note": "其他", "confidence": "found"},
        ],
    },
    "national/publication_period.yaml": {
        "title": "公示期",
        "versions": [
            {
                "from": "2020-01-01",
                "reference": "order",
                "note": "公示",
                "confidence": "found",
                "clock_start": "document_determined_on",
                "last_day": "corresponding",
                "roll": "none",
                "classes": {
                    "minor": {"published": False, "minimum": "P0M", "maximum": "P3M"},
                    "general": {"published": True, "minimum": "P3M", "maximum": "P1Y"},
                    "serious": {"published": True, "minimum": "P1Y", "maximum": "P3Y"},
                },
            }
        ],
    },
    "national/calendar/2026.yaml": {
        "title": "2026 年",
        "year": 2026,
        "days_off": ["2026-01-01..2026-01-03"],
        "working_days": ["2026-01-04"],
        "reference": "order",
        "note": "通知",
        "confidence": "found",
    },
    "national/act.yaml": {
        "title": "某行为",
        "number": 1,
        "group": "acts",
        "polarity": "adverse",
        "owner_kinds": ["organ"],
        "subjects": ["legal_person", "natural_person"],
        "source_class": "public",
        "basis": [{"reference": "plan/1.1.1", "quote": "上网公开"}],
        "disclosure": {"level": "public", "natural_person": "mask", "clock": "days"},
        "terms": {
            "public": {"by": "publication_period", "reference": "order", "note": "公示期", "confidence": "found"},
            "shared": {"by": "open", "reference": "order", "note": "长期", "confidence": "found"},
            "counted": {"by": "fixed", "maximum": "kept", "reference": "order", "note": "固定", "confidence": "found"},
            "effective": {"by": "until_field", "field": "A_END", "reference": "order", "note": "至某日", "confidence": "found"},
        },
        "severity": {"by": "severity"},
        "cycle": "逐件",
        "retention": "kept",
        "business_key": ["A_NO", "subject"],
        "roles": {"subject_name": "A_NAME", "subject_kind": "A_KIND", "document_number": "A_NO", "person_id": "A_ID"},
        "fields": [
            {"code": "A_NAME", "title": "名称", "type": "text(200)", "required": True},
            {"code": "A_KIND", "title": "类别", "type": "code", "codes": "kind", "required": True},
            {"code": "A_NO", "title": "文号", "type": "text(64)", "required": True, "aliases": ["旧文号"]},
            {"code": "A_ID", "title": "证件号码", "type": "id_number", "sealed": True, "required_when": "A_KIND = 个人"},
            {"code": "A_FINE", "title": "金额", "type": "decimal(18,6)", "unit": "10000_yuan"},
            {"code": "A_END", "title": "有效期至", "type": "date"},
        ],
    },
}


def files(**changes: object) -> dict[str, str]:
    """The small set as file texts; ``changes``: a path with ``__`` between its parts → the new value, None to take it away.

    ``files(national__days_yaml=None)`` drops a file; ``files(**{"national/days.yaml:unit": "yuan"})`` changes a key;
    a number in the path is a place in a list.
    """
    shaped = yaml.safe_load(yaml.safe_dump(FILES, allow_unicode=True))
    for place, value in changes.items():
        path, _, inner = place.partition(":")
        if not inner:
            if value is None:
                del shaped[path]
            else:
                shaped[path] = value
            continue
        keys = [int(key) if key.isdigit() and path != "clauses.yaml" else key for key in inner.split(".")] if inner else []
        if path == "clauses.yaml":
            keys = [inner.rpartition(".")[0], inner.rpartition(".")[2]] if inner.count(".") > 2 else [inner]
        target = shaped[path]
        for key in keys[:-1]:
            target = target[key]
        if value is None:
            del target[keys[-1]]
        elif isinstance(target, list) and keys[-1] == len(target):
            target.append(value)
        else:
            target[keys[-1]] = value
    return {path: value if isinstance(value, str) else as_yaml(value) for path, value in shaped.items()}


def as_yaml(value: object) -> str:
    """YAML with bare dates where a text looks like one."""
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    import re

    return re.sub(r"^(\s*(?:- )?(?:from|until): )'(\d{4}-\d\d-\d\d)'$", r"\1\2", text, flags=re.M)


def faults(changed: Mapping[str, str]) -> list[PolicyFault]:
    """The faults for which these files are refused; none if they load."""
    try:
        load_files(changed)
    except PolicyRefused as refused:
        return list(refused.faults)
    return []
