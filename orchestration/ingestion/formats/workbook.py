"""XLSX: one named sheet, every cell as text; a workbook holds no lines but rows."""

import re
import zipfile
from pathlib import Path

import duckdb
import fastexcel
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.formats.decode import LARGEST_UNPACKED, MOST_TIMES
from orchestration.ingestion.formats.reading import Reading, null_or
from orchestration.ingestion.validation.result import Refused

SHEET = re.compile(rb"<sheet [^>]*?r:id=\"([^\"]+)\"[^>]*?>")
RELATION = re.compile(rb"<Relationship [^>]*?>")
ROW = re.compile(rb"<row [^>]*?r=\"(\d+)\"")


def read_workbook(con: duckdb.DuckDBPyConnection, path: Path, form: Format) -> Reading:
    """Open one sheet; the last row with a value, in the sheet's XML, counts the records."""
    if path.stat().st_size == 0:
        raise Refused("The file is empty.")
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, path.stat().st_size)
            book = fastexcel.read_excel(path)
            sheet = _sheet(book.sheet_names, form)
            last = _last_row(archive, book.sheet_names.index(sheet))
        rows = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (zipfile.BadZipFile, fastexcel.FastExcelError, KeyError) as error:
        raise Refused("The file is not an XLSX workbook, or it is damaged.") from error
    if rows.height < form.header_row:
        raise Refused(f"The sheet has no row {form.header_row} that could be its header.")
    headers = [str(cell or "").strip() for cell in rows.row(form.header_row - 1)]
    body = rows.slice(form.header_row)
    body.columns = [f"c{at}" for at in range(body.width)]
    blank = body.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
    con.register("sheet", body.filter(~pl.Series(blank)).to_arrow())
    columns = ", ".join(f"{null_or(name, form.nulls)} as {name}" for name in body.columns)
    return Reading(
        headers=headers,
        query=f"select {columns} from sheet",
        records=max(last - form.header_row, 0),
        blank=int(blank.sum()),
        skipped=np.flatnonzero(blank) + 1,
        lines=lambda records: records + form.header_row,
        is_typed=True,
    )


def _sheet(names: list[str], form: Format) -> str:
    if form.sheet is None and len(names) > 1:
        raise Refused(
            f"The workbook has {len(names)} sheets ({', '.join(names)}) and the contract names"
            " none: state `sheet` in its format."
        )
    if form.sheet is not None and form.sheet not in names:
        raise Refused(f"The workbook has no sheet {form.sheet}; it has: {', '.join(names)}.")
    return form.sheet or names[0]


def _refuse_bomb(archive: zipfile.ZipFile, size: int) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > min(LARGEST_UNPACKED, MOST_TIMES * size):
        raise Refused(
            f"The workbook unpacks to more than {LARGEST_UNPACKED >> 30} GiB or {MOST_TIMES} times"
            " its size."
        )


def _last_row(archive: zipfile.ZipFile, position: int) -> int:
    """The number of the last row that holds a value, from the sheet's XML alone."""
    link = SHEET.findall(archive.read("xl/workbook.xml"))[position]
    relations = RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    relation = next(found for found in relations if b'Id="' + link + b'"' in found)
    target = relation.split(b'Target="')[1].split(b'"')[0].decode().lstrip("/")
    xml = archive.read(target if target.startswith("xl/") else f"xl/{target}")
    value = max(xml.rfind(b"<v>"), xml.rfind(b"<is>"))
    if value < 0:
        return 0
    found = ROW.match(xml, xml.rfind(b"<row ", 0, value))
    return int(found.group(1)) if found else 0
