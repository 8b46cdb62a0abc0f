"""Files as others make them: workbooks by a foreign library, SpreadsheetML by hand, and files made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape

import openpyxl
import xlwt

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX workbook by openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def legacy_workbook(rows: Sequence[Sequence[object]], *, at: tuple[int, int] = (0, 0)) -> bytes:
    """An XLS workbook by xlwt; the first cell stands at ``at``."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("一")
    day = xlwt.easyxf(num_format_str="yyyy/m/d")
    for row_number, row in enumerate(rows, at[0]):
        for column, value in enumerate(row, at[1]):
            if value is not None:
                sheet.write(row_number, column, value, *([day] if isinstance(value, date) else []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def spreadsheet_2003(rows: Iterable[Sequence[str]], *, encoding: str = "UTF-8", before: str = "") -> bytes:
    """SpreadsheetML 2003, as registries export it."""
    body = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row) + "</Row>" for row in rows
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{before}<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Sheet1"><Table>{body}</Table></Worksheet></Workbook>'
    )
    return text.encode(encoding)


def package(sheet: bytes | Iterable[bytes], *, others: Sequence[tuple[str, bytes]] = (), shared: bytes = b"") -> bytes:
    """A minimal XLSX package around the XML of one sheet, so that the sheet may be anything."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", relations(("officeDocument", "xl/workbook.xml")))
        archive.writestr(
            "xl/_rels/workbook.xml.rels", relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="一" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        if shared:
            archive.writestr("xl/sharedStrings.xml", shared)
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            for piece in [sheet] if isinstance(sheet, bytes) else sheet:
                file.write(piece)
        for name, data in others:
            archive.writestr(name, data)
    return out.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """A relations part."""
    inner = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, 1))
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def sheet_xml(rows: Iterable[bytes]) -> Iterable[bytes]:
    """The XML of a sheet around its rows."""
    yield f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>'.encode()
    yield from rows
    yield b"</sheetData></worksheet>"


def inline(reference: str, text: str) -> bytes:
    """A cell with inline text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'.encode()


def compound_file(*names: str) -> bytes:
    """The beginning of an OLE compound file whose directory names these streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") + bytes(64) for name in names) + bytes(2048)


def overlapping_package() -> bytes:
    """A zip whose directory lists one compressed part many times (a bomb without nesting)."""
    body = package(b"".join(sheet_xml([b"<row/>" * 200_000])))
    end = body.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", body, end + 16)[0]
    directory = body[start:end]
    last = directory.rfind(b"PK\x01\x02")
    entry = directory[last:]
    length = struct.unpack_from("<H", entry, 28)[0]
    copies = b"".join(entry[:46] + f"xl/worksheets/s{n:06d}.xml".ljust(length).encode()[:length] + entry[46 + length :] for n in range(400))
    whole = directory + copies
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 5 + 400, 5 + 400, len(whole), start, 0)
    return body[:start] + whole + tail
