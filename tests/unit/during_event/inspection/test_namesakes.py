"""Namesakes in different offices: pointed out to whoever looks at the list, until somebody says how they are told apart."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.during_event.inspection.inspectors import HEADER, NAMESAKE, load_inspectors, namesakes_elsewhere
from chengxin.during_event.inspection.models import Inspector
from chengxin.policy import PolicySet
from tests.harness import inspections as city

pytestmark = pytest.mark.django_db


def load(where: city.Office, policy: PolicySet, name: str, number: str, said: str = "") -> Inspector:
    """One inspector on record."""
    row = f"{where.department.code},{name},{number},食品安全,,2027-12-31,{said}"
    load_inspectors("\n".join([",".join((*HEADER, NAMESAKE)), row]), policy=policy, by="测试", at=city.NOW)
    return Inspector.objects.get(licence_number=number, ended_at=None)


def test_the_same_name_in_two_offices_is_pointed_out_until_it_is_explained(policy_set: PolicySet) -> None:
    first, second = city.office(), city.office("测试市应急管理局", 900_002)
    here, there = load(first, policy_set, "孙 某某", "鲁J1"), load(second, policy_set, "孙某某", "鲁J2")
    alone = load(first, policy_set, "周某某", "鲁J3")
    assert namesakes_elsewhere([here, there, alone]) == {here.pk: [there], there.pk: [here]}
    clerk = Client()
    clerk.force_login(first.clerk)
    page = clerk.get("/office/inspectors").content.decode()
    assert "测试市应急管理局有同名的人（鲁J2），还没有说明是不是同一人" in page
    explained = load(second, policy_set, "孙某某", "鲁J2", "另一人，1990 年生")
    assert namesakes_elsewhere([here, explained, alone]) == {}
    assert "还没有说明是不是同一人" not in clerk.get("/office/inspectors").content.decode()
