"""Released rows as tables on the page, and as files to take away.

This is the only way to take something away: on a tap, checked and recorded when it happens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import login
from dashboards.data.choice import Choice
from dashboards.data.release import NotOpen, Release
from dashboards.files import released_files
from dashboards.files.released_files import Packaged, csv, zipped
from dashboards.text import figures, notices
from dashboards.text.formats import period
from orchestration.access.reader import Reader

Make = Callable[[], bytes]
COLUMNS = (
    "period", "label", "numerator", "denominator", "value", "interval_low", "interval_high",
    "status", "status_reason", "is_provisional",
)  # fmt: skip
#: Headings of columns that hold an id in a file and a name on a page.
NAMED = {"area_id": "Area", "metric_id": "Measure", "programme_id": "Programme"}


@dataclass(frozen=True)
class FileKind:
    """A kind of file by its ending, and what browsers call it."""

    ending: str
    media_type: str


CSV = FileKind("csv", "text/csv")
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ZIP = FileKind("zip", "application/zip")
PDF = FileKind("pdf", "application/pdf")
Offer = tuple[FileKind, str, Make]


def offer(
    release: Release,
    offers: Sequence[Offer],
    stem: str,
    programme: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> None:
    """Buttons that save files of released rows, or a sentence that they may not be taken.

    Each offer is a kind of file, the label of its button, and a function that makes the file when
    it is pressed. `stem` names the rows; the file's name holds the release too. `programme` is
    whose rows they are, None for those of every programme that is open.
    """
    if not release.may_download(programme):
        st.caption(notices.NO_DOWNLOAD)
        return
    with st.container(horizontal=True):
        for kind, label, make in offers:
            name = f"{stem}_{release.name}.{kind.ending}"
            st.download_button(
                label,
                partial(
                    while_signed_in,
                    release.reader,
                    login.ended_later(release.reader),
                    partial(take, release, make, name, programme, filters),
                    name,
                ),
                name,
                kind.media_type,
                key=f"{kind.ending}_{stem}",
                on_click="ignore",
                icon=":material/download:",
            )


def while_signed_in(reader: Reader, has_ended: Callable[[], bool], make: Make, name: str) -> bytes:
    """What is made, where the login still holds that the page was drawn for.

    A button stays in the browser longer than a login or a role. Raises NotOpen, and records it.
    """
    if has_ended():
        login.record(reader, "deny", name, filters={"why": "the login has ended"})
        message = f"{reader.actor} is not signed in any more, and may not take away {name}"
        raise NotOpen(message)
    return make()


def take(
    release: Release,
    make: Make,
    name: str,
    programme: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of a file, once its export is in the log.

    Raises NotOpen where the reader may not take rows of the programme, which is recorded too.
    """
    if not release.may_download(programme):
        login.record(release.reader, "deny", name, filters=filters, release=release.name)
        message = f"{release.reader.actor} may not take away {name}"
        raise NotOpen(message)
    content = make()
    rows = max(content.count(b"\n") - 1, 0) if name.endswith(".csv") else None
    login.record(release.reader, "export", name, filters=filters, rows=rows, release=release.name)
    return content


def offer_own(
    reader: Reader, label: str, content: bytes | str, name: str, kind: str, *, key: str
) -> None:
    """A button that saves what a reader entered or worked out here: nothing of a release."""

    def recorded() -> bytes:
        login.record(reader, "export", name, filters={"of": "the reader's own study"})
        return content.encode() if isinstance(content, str) else content

    guarded = partial(while_signed_in, reader, login.ended_later(reader), recorded, name)
    st.download_button(
        label, guarded, name, kind, key=key, on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip


def labelled(rows: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Rows for the page; those of a synthetic programme say so in a column of their own.

    Readers can save a table without pressing our button, so the table itself has to say it.
    """
    if not choice.programme["is_synthetic"]:
        return rows
    return rows.with_columns(pl.lit("synthetic, invented").alias("origin"))


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `fct_metrics` with the name of their period."""
    ends = rows.select("period_grain", "period_start", "period_end").iter_rows()
    names = [period(grain, start, end) for grain, start, end in ends]
    return rows.with_columns(period=pl.Series(names, dtype=pl.String))


def in_names(rows: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Rows with areas and measures by name.

    An id of another programme, or an unknown one, stays as it is.
    """
    shown = rows
    areas = dict(choice.areas.select("area_id", "label").iter_rows())
    known = choice.release.rows("dim_metric")
    metrics = dict(known.select("metric_id", "label").iter_rows()) if known.width else {}
    for column, names in (("area_id", areas), ("metric_id", metrics)):
        if column in shown.columns:
            shown = shown.with_columns(pl.col(column).cast(pl.String).replace(names))
    return shown


def _headings(metric: Mapping[str, Any]) -> dict[str, str]:
    return {
        "period": "Period",
        "label": "What",
        "numerator": figures.first_part(metric["numerator_words"]).capitalize(),
        "denominator": figures.first_part(metric["denominator_words"]).capitalize(),
        "value": "Percent" if metric["unit"] == "%" else str(metric["unit"]).capitalize(),
        "interval_low": "From",
        "interval_high": "To",
        "status": "Status",
        "status_reason": "Why",
        "origin": "Origin",
        "is_provisional": "Provisional",
    }


def show(choice: Choice, rows: pl.DataFrame, metric: Mapping[str, Any], name: str) -> None:
    """The rows behind a chart; headings carry the meaning written in dbt; a button saves them."""
    meaning = choice.release.describe("fct_metrics")
    full = [name for name in COLUMNS if name in rows.columns and not rows[name].is_null().all()]
    config = {
        column: st.column_config.NumberColumn(heading, help=meaning.get(column), format="localized")
        if column in rows.columns and rows[column].dtype.is_numeric()
        else st.column_config.Column(heading, help=meaning.get(column))
        for column, heading in _headings(metric).items()
    }
    st.dataframe(
        labelled(rows.select(full), choice),
        hide_index=True,
        column_config=config,
        alt=f"Table: {metric['label']}",
    )
    download(choice, rows.drop("label"), Packaged("fct_metrics", name, str(metric["label"])))


def released_table(
    choice: Choice, rows: pl.DataFrame, table: str, name: str, first: Sequence[str] = ()
) -> None:
    """Rows of a released table under its own column names, with meanings and a download.

    The columns named in `first` come first on the page; the file keeps their order. The page shows
    areas and measures by name, the file by id.
    """
    meaning = choice.release.describe(table)
    shown = in_names(labelled(rows, choice) if "programme_id" in rows.columns else rows, choice)
    config = {
        column: _column(
            shown.schema[column],
            NAMED.get(column) or column.replace("_", " ").capitalize(),
            meaning.get(column),
        )
        for column in shown.columns
    }
    # The programme is named above the page.
    rest = [column for column in shown.columns if column not in {*first, "programme_id"}]
    order = [*first, *rest]
    st.dataframe(
        shown, hide_index=True, column_order=order, column_config=config, alt=f"Table {table}"
    )
    download(choice, rows, Packaged(table, name, table.split("_", 1)[-1].replace("_", " ")))


def _column(kind: pl.DataType, heading: str, meaning: str | None) -> Any:
    """How a column of this kind is shown on a page: a day without an hour."""
    if kind.is_numeric():
        return st.column_config.NumberColumn(heading, help=meaning, format="localized")
    if kind == pl.Date:
        return st.column_config.DateColumn(heading, help=meaning, format="D MMM YYYY")
    return st.column_config.Column(heading, help=meaning)


def download(choice: Choice, rows: pl.DataFrame, about: Packaged) -> None:
    """Buttons that save released rows; each file is made when its button is pressed."""
    is_of_one = "programme_id" in rows.columns
    title = f"{about.title[:1].upper()}{about.title[1:]}, {choice.where}"
    meaning = f"Rows of the released table {about.table}, under its own column names."
    described = Packaged(about.table, about.name, title)
    offer(
        choice.release,
        [
            (CSV, "CSV", lambda: csv(rows, choice)),
            (
                XLSX,
                "Spreadsheet (XLSX)",
                lambda: released_files.workbook_of_rows(rows, choice, title, meaning),
            ),
            (ZIP, "CSV with description (zip)", lambda: zipped(rows, choice, described)),
        ],
        about.name,
        choice.place["programme_id"] if is_of_one else None,
        {**choice.place, "period": choice.period} if is_of_one else None,
    )
