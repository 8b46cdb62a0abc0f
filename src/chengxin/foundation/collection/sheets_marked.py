"""带印记的工作簿。A stored workbook of the platform's own, with one more sheet and the document's properties: who took it, and when.

The stored one is made once for everybody; the mark is put on as it leaves. All of it stays in memory.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, Final

from chengxin.access.marks import Mark
from chengxin.foundation.collection import sheets_parts as parts
from chengxin.foundation.collection.labels import MARK_SHEET
from chengxin.foundation.collection.sheets import Cell, Sheet, Style, sheet_xml, zip_entry

_SHEETS: Final = "xl/worksheets/sheet"
#: Number of the relation that leads to the sheet; far from those that a workbook of a few sheets has.
_RELATION: Final = 9001


def marked_workbook(stored: BinaryIO, mark: Mark) -> bytes:
    """The workbook with its mark. Where the mark stands, the readers of what is handed in pass over it."""
    out = io.BytesIO()
    with zipfile.ZipFile(stored) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        number = sum(name.startswith(_SHEETS) for name in was.namelist()) + 1
        changed = {
            name: put(was.read(name).decode(), number)
            for name, put in (
                ("[Content_Types].xml", parts.with_marked_types),
                ("_rels/.rels", parts.with_properties),
                ("xl/workbook.xml", lambda text, count: parts.with_sheet(text, MARK_SHEET, count, _RELATION)),
                ("xl/_rels/workbook.xml.rels", lambda text, count: parts.with_sheet_relation(text, count, _RELATION)),
            )
        }
        for name in was.namelist():
            with archive.open(zip_entry(name), "w") as target:
                if name in changed:
                    target.write(changed[name].encode())
                else:
                    with was.open(name) as source:
                        shutil.copyfileobj(source, target)
        archive.writestr(zip_entry(f"{_SHEETS}{number}.xml"), "".join(sheet_xml(Sheet(MARK_SHEET, _lines(mark), widths=[16, 80]))))
        archive.writestr(zip_entry("docProps/core.xml"), parts.core_properties(mark.who, mark.sentence))
    return out.getvalue()


def _lines(mark: Mark) -> Sequence[Sequence[Cell | str]]:
    return [
        [Cell(MARK_SHEET, Style.TITLE)],
        ["编号", mark.number],
        ["下载的人", mark.who],
        ["部门", mark.office],
        ["时间", mark.when],
        ["用途", mark.purpose],
        ["说明", Cell("这次下载已经留痕，有关主体看得到。仅供本人办理此事，不得转给他人；报送时自动忽略本表。", Style.NOTE)],
    ]
