"""What is handed in around a visit: inspectors as a table, photos, readings, the firm's word."""

from __future__ import annotations

import io
import json
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chengxin.access import vault
from chengxin.during_event.inspection.draws import run_draw
from chengxin.during_event.inspection.inspectors import HEADER, end_inspector, enter_conflict, load_inspectors
from chengxin.during_event.inspection.models import Inspector, InspectorConflict, Visit, VisitTask
from chengxin.during_event.inspection.photos import keep_photos
from chengxin.during_event.inspection.rating import rate_visit, visit_by_token
from chengxin.during_event.inspection.readings import read_readings
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import PolicySet
from tests.harness import inspections as city


def table(*lines: str) -> str:
    return "\n".join([",".join(HEADER), *lines]) + "\n"


@pytest.mark.django_db
def test_inspectors_are_loaded_once_changed_and_ended(policy_set: PolicySet) -> None:
    office = city.office()
    text = city.inspectors_table(office.department, 3)
    assert load_inspectors(text, policy=policy_set, by="测试", at=city.NOW) == 3
    assert load_inspectors("\ufeff" + text, policy=policy_set, by="测试", at=city.NOW) == 0
    number = Inspector.objects.order_by("id").values_list("licence_number", flat=True)[0]
    conflict = enter_conflict(number, city.invented_code(7, "91"), "本人曾任职", by="测试", at=city.NOW)
    changed = text.replace(f"{number},食品安全", f"{number},食品安全、药品")
    assert load_inspectors(changed, policy=policy_set, by="测试", at=city.NOW) == 1
    assert Inspector.objects.filter(ended_at=None).count() == 3
    assert Inspector.objects.count() == 4, "who somebody was stays on record"
    conflict.refresh_from_db()
    assert conflict.inspector.ended_at is None, "what must be kept away from does not end with a new licence"
    end_inspector(number, by="测试", at=city.NOW)
    assert Inspector.objects.filter(ended_at=None).count() == 2
    with pytest.raises(NotFound, match="没有执法证号"):
        end_inspector(number, by="测试", at=city.NOW)


@pytest.mark.django_db
def test_one_faulty_row_and_nobody_is_entered(policy_set: PolicySet) -> None:
    code = city.office().department.code
    text = table(
        f"{code},甲,鲁J1,食品安全,,2027-12-31",
        f"{code},乙,鲁J1,食品安全,,2027-12-31",
        "123,丙,鲁J3,食品安全,,2027-12-31",
        f"{code},丁,鲁J4,占卜,,2027-12-31",
        f"{code},戊,鲁J5,药品,泰山区,2027-12-31",
        f"{code},己,鲁J6,药品,,2027年",
        f"{code},庚,鲁J7,药品,,2020-01-01",
        f"{code},,鲁J8,药品,,2027-12-31",
    )
    with pytest.raises(Refused) as refused:
        load_inspectors(text, policy=policy_set, by="测试", at=city.NOW)
    for said in (
        "写了两次",
        "第 4 行：没有代码",
        "第 5 行：执法领域",
        "第 6 行：负责区域",
        "第 7 行",
        "第 8 行：执法证已于",
        "第 9 行：缺姓名",
    ):
        assert said in refused.value.sentence
    assert not Inspector.objects.exists()
    with pytest.raises(Refused, match="表头缺少"):
        load_inspectors("姓名\n甲\n", policy=policy_set, by="测试", at=city.NOW)


@pytest.mark.django_db
def test_a_conflict_needs_a_code_a_reason_and_is_entered_once(policy_set: PolicySet) -> None:
    load_inspectors(city.inspectors_table(city.office().department, 1), policy=policy_set, by="测试", at=city.NOW)
    number, code = Inspector.objects.get().licence_number, city.invented_code(7, "91")
    for given_code, because, sentence in (("91370902MA3C00001A", "亲属", "不是统一社会信用代码"), (code, " ", "没有写回避的理由")):
        with pytest.raises(Refused, match=sentence):
            enter_conflict(number, given_code, because, by="测试", at=city.NOW)
    enter_conflict(number, code.lower(), "亲属", by="测试", at=city.NOW)
    with pytest.raises(Conflict, match="已经登记"):
        enter_conflict(number, code, "亲属", by="测试", at=city.NOW)
    assert InspectorConflict.objects.count() == 1


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), exif: bool = False) -> SimpleUploadedFile:
    content, image = io.BytesIO(), Image.new("RGB", size, "white")
    data = Image.Exif()
    data[0x010F] = "SECRET CAMERA"
    image.save(content, form, **({"exif": data} if exif else {}))
    return SimpleUploadedFile("现场.jpg", content.getvalue(), "image/jpeg")


@pytest.mark.django_db
def test_photos_are_made_anew_without_what_the_camera_wrote(policy_set: PolicySet) -> None:
    (digest,) = keep_photos([picture(exif=True, size=(3000, 100))], policy=policy_set, at=city.NOW)
    with vault.open_file(digest) as file:
        content = file.read()
    assert b"SECRET CAMERA" not in content
    assert max(Image.open(io.BytesIO(content)).size) == 2000


@pytest.mark.django_db
def test_what_is_no_photo_is_refused_and_none_is_kept(policy_set: PolicySet) -> None:
    from chengxin.access.models import VaultFile

    with pytest.raises(Refused, match="不是能读的照片"):
        keep_photos([picture(), SimpleUploadedFile("x.jpg", b"GIF89a....", "image/jpeg")], policy=policy_set, at=city.NOW)
    with pytest.raises(Refused, match="最多 12 张"):
        keep_photos([picture()] * 13, policy=policy_set, at=city.NOW)
    with pytest.raises(Refused, match="超过 8 兆字节"):
        keep_photos([SimpleUploadedFile("x.jpg", b"\xff\xd8" + b"0" * 8_000_001, "image/jpeg")], policy=policy_set, at=city.NOW)
    assert not VaultFile.objects.exists()


def test_readings_come_as_csv_or_json() -> None:
    rows = [{"名称": "甲烷", "时间": "2026-12-01T10:00", "数值": "0.12", "单位": "%"}]
    as_json = SimpleUploadedFile("r.json", json.dumps(rows).encode())
    as_csv = SimpleUploadedFile("r.csv", "名称,时间,数值,单位\n甲烷,2026-12-01T10:00,0.12,%\n".encode("utf-8-sig"))
    assert read_readings(as_json) == read_readings(as_csv) == rows
    assert read_readings(None) == []


def test_a_csv_that_is_none_is_refused_in_words() -> None:
    for content in ("名称,时间,数值,单位\n甲\rx,2026-12-01,1,m".encode(), b"\r\x00,\r0"):
        with pytest.raises(Refused, match="读数"):
            read_readings(SimpleUploadedFile("r.csv", content))


@given(st.binary(max_size=200))
def test_readings_of_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Refused):
        assert all(set(each) == {"名称", "时间", "数值", "单位"} for each in read_readings(SimpleUploadedFile("r", content)))


@pytest.mark.django_db
def test_the_firm_says_its_word_once_and_after_the_visit(policy_set: PolicySet) -> None:
    city.firms(30)
    plan = city.ready_plan(policy_set, city.office())
    city.drawn(plan)
    visit = visit_by_token(Visit.objects.values_list("token", flat=True)[0])
    with pytest.raises(Conflict, match="还没有进行"):
        rate_visit(visit, stars="5", as_planned="yes", words="", at=city.NOW)
    VisitTask.objects.filter(visit=visit).update(state="entered")
    for stars, came in (("6", "yes"), ("", "yes"), ("5", "perhaps")):
        with pytest.raises(Refused, match="没有填完"):
            rate_visit(visit, stars=stars, as_planned=came, words="", at=city.NOW)
    rate_visit(visit, stars="4", as_planned="no", words="换了一个人", at=city.NOW)
    with pytest.raises(Conflict):
        rate_visit(visit_by_token(visit.token), stars="5", as_planned="yes", words="", at=city.NOW)
    with pytest.raises(NotFound, match="没有这张任务单"):
        visit_by_token("x" * 43)
    with pytest.raises(Conflict, match="不能"):
        run_draw(plan, by="测试", at=city.PUBLIC_DUE)
