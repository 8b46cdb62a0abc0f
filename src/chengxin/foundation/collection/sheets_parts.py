"""工作簿的固定部件。The parts of an XLSX package besides its rows: content types, relations, styles, comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_END: Final = "</Relationships>"

SHEET_HEAD: Final = f'{_XML}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'

_DEFAULTS: Final = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
)
_DRAWING_HEAD: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"/>'
)

_FILLS: Final = ("FFE8EEF0", "FFD3E3E6", "FFFBE3E1", "FFFFF4D6")  # header, required, fault, warning
_FONT: Final = '<font>{}<sz val="11"/><name val="等线"/><family val="2"/></font>'


def _styles() -> str:
    fills = "".join(f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/></patternFill></fill>' for colour in _FILLS)
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'

    def text(fill: int, extra: str = "", font: int = 0, wrap: bool = False) -> str:
        align = f'<alignment vertical="top"{" wrapText=" + chr(34) + "1" + chr(34) if wrap else ""}/>'
        return (
            f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1" '
            f'applyAlignment="1"{extra}>{align}</xf>'
        )

    quoted = ' quotePrefix="1"'
    formats = [plain, text(0), text(0, quoted), text(2, font=1, wrap=True), text(3, font=1, wrap=True)]
    formats += [text(4), text(4, quoted), text(5), text(5, quoted), text(0, wrap=True), text(0, font=1)]
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2">{_FONT.format("")}{_FONT.format("<b/>")}</fonts>'
        f'<fills count="{2 + len(_FILLS)}"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        f'{fills}</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def frozen(rows: int) -> str:
    """The first ``rows`` rows stay in sight."""
    pane = f'<pane ySplit="{rows}" topLeftCell="A{rows + 1}" activePane="bottomLeft" state="frozen"/>'
    return f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'


def package_parts(sheets: Sequence[tuple[str, bool, bool]]) -> dict[str, str]:
    """Every part that is not a sheet's own, by name. ``sheets``: name, hidden, with comments."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}"{" state=" + quoteattr("hidden") if hidden else ""} r:id="rId{number}"/>'
        for number, (name, hidden, _) in zip(numbers, sheets, strict=True)
    )
    relations = "".join(_relation(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers)
    overrides = "".join(_override(f"/xl/worksheets/sheet{number}.xml", f"{_TYPE}.worksheet+xml") for number in numbers)
    overrides += "".join(
        _override(f"/xl/comments{number}.xml", f"{_TYPE}.comments+xml")
        for number, (_, _, commented) in zip(numbers, sheets, strict=True)
        if commented
    )
    main = _override("/xl/workbook.xml", f"{_TYPE}.sheet.main+xml") + _override("/xl/styles.xml", f"{_TYPE}.styles+xml")
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{_DEFAULTS}{main}{overrides}</Types>',
        "_rels/.rels": _relations(_relation(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(relations + _relation(len(sheets) + 1, "styles", "styles.xml")),
        "xl/styles.xml": _styles(),
    }


def core_properties(creator: str, description: str) -> str:
    """The document's properties: who took it, in which words."""
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:creator>{escape(creator)}</dc:creator><dc:description>{escape(description)}</dc:description></cp:coreProperties>"
    )


def with_marked_types(types: str, number: int) -> str:
    """The content types of a package that gets one more sheet, the ``number``-th, and properties."""
    added = _override(f"/xl/worksheets/sheet{number}.xml", f"{_TYPE}.worksheet+xml")
    added += _override("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
    return types.replace("</Types>", f"{added}</Types>")


def with_properties(relations: str, _number: int) -> str:
    """The relations of a package that gets properties."""
    kind = f"{_PACKAGE}/relationships/metadata/core-properties"
    return relations.replace(_END, f'<Relationship Id="rIdMark" Type="{kind}" Target="docProps/core.xml"/>{_END}')


def with_sheet(workbook: str, name: str, number: int, relation: int) -> str:
    """The workbook with one more sheet, the last."""
    return workbook.replace("</sheets>", f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{relation}"/></sheets>')


def with_sheet_relation(relations: str, number: int, relation: int) -> str:
    """The workbook's relations with that sheet."""
    return relations.replace(_END, f"{_relation(relation, 'worksheet', f'worksheets/sheet{number}.xml')}{_END}")


def comment_parts(number: int, comments: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parts that carry the comments of sheet ``number``: texts, shapes, relations."""
    texts = "".join(
        f'<comment ref="{place}" authorId="0"><text><r><t xml:space="preserve">{escape(text)}</t></r></text></comment>'
        for place, text in comments
    )
    shapes = "".join(_shape(index, place) for index, (place, _) in enumerate(comments))
    drawing, list_of_comments = f"../drawings/vmlDrawing{number}.vml", f"../comments{number}.xml"
    return {
        f"xl/comments{number}.xml": f'{_XML}<comments xmlns="{_MAIN}"><authors><author>诚信平台</author></authors>'
        f"<commentList>{texts}</commentList></comments>",
        f"xl/drawings/vmlDrawing{number}.vml": f"{_DRAWING_HEAD}{shapes}</xml>",
        f"xl/worksheets/_rels/sheet{number}.xml.rels": _relations(
            _relation(1, "vmlDrawing", drawing) + _relation(2, "comments", list_of_comments)
        ),
    }


def _shape(index: int, place: str) -> str:
    letters = place.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    row = int(place[len(letters) :])
    anchor = f"{column},15,{row},2,{column + 4},15,{row + 6},4"
    return (
        f'<v:shape id="_x0000_s{1025 + index}" type="#_x0000_t202" style="visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )


def _relations(inner: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _override(name: str, kind: str) -> str:
    return f'<Override PartName="{name}" ContentType="{kind}"/>'
