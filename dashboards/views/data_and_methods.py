"""Data and methods, one view per question that an auditor asks, the morning view first."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboards.components import login, tables, topic_sections
from dashboards.data import headlines, release, sources
from dashboards.data.choice import Choice
from dashboards.files.released_files import Packaged, csv
from dashboards.text import figures, notices
from dashboards.text import home as home_text
from dashboards.text.formats import escape, moment

REJECTS_FIRST = ("file_name", "column_name", "reason", "remedy", "rejected_count")
IN_A_FILE = (
    *("file_name", "counting_status", "load_status", "physical_lines", "records"),
    *("accepted", "rejected", "blank", "duplicates"),
)
STEPS_EACH_WAY = {1: "one step each way", 2: "two steps each way"}


def today(choice: Choice) -> None:
    """What an analyst asks in the morning, the gravest first."""
    ledger = choice.release.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
    st.markdown("**Refused, replaced, shrunken or losing rows**")
    found = sources.file_problems(choice)
    lines = [f"- {notices.file_problem(each)}" for each in found]
    st.markdown("\n".join(lines) or (notices.NOTHING_WRONG if len(ledger) else notices.NO_FILES))
    st.markdown("**Late**")
    late = notices.late(release.last_run(choice.release.reader))
    st.markdown("\n".join(f"- {line}" for line in late) or "Nothing is late.")
    st.markdown("**New**")
    st.markdown("\n".join(f"- {line}" for line in _new_files(choice, ledger)))
    rejected_rows(choice)


def _new_files(choice: Choice, ledger: pl.DataFrame) -> list[str]:
    """The files that came since the release before, and how many count."""
    if ledger.is_empty():
        return [notices.NO_FILES]
    lines = []
    if before := headlines.release_before(choice):
        then = before.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
        known = then["file_hash"].to_list() if then.width else []
        fresh = ledger.filter(~pl.col("file_hash").is_in(known)).sort("file_name")
        lines.append(notices.new_files(fresh["file_name"].to_list(), before.name))
    counts = dict(ledger.group_by("counting_status", maintain_order=True).len().iter_rows())
    said = ", ".join(f"{number} {notices.FILE_OUTCOMES[name]}" for name, number in counts.items())
    newest = ledger.sort("as_of", "arrival").row(-1, named=True)
    return [*lines, f"Files of this programme: {said}.", notices.newest_file(newest)]


def rejected_rows(choice: Choice) -> None:
    """Rejected rows by file, column and reason, and every line of them as a file to send back."""
    counted = sources.rejected_counts(choice)
    if counted.is_empty():
        return
    st.markdown("**Rejected**")
    st.markdown(notices.SEND_BACK)
    tables.released_table(
        choice, notices.rejections_in_words(counted), "fct_rejects", "rejects", REJECTS_FIRST
    )
    every = sources.rejected_lines(choice)
    if every.is_empty():
        st.caption(notices.NO_LINES)
        return
    st.markdown(notices.EVERY_LINE)
    said = notices.rejections_in_words(every)
    tables.offer(
        choice.release,
        [(tables.CSV, "The lines to send back (CSV)", lambda: csv(said, choice))],
        "rejected_lines",
        choice.place["programme_id"],
        {**choice.place, "period": choice.period},
    )


def files(choice: Choice) -> None:
    """One row per delivered file: what was in it and what became of it."""
    st.markdown(
        "Every delivered file has a row. Records in it = accepted + rejected + blank + duplicates, "
        "or the file is refused."
    )
    rows = choice.release.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        st.info("No file was delivered for this programme.", icon=":material/info:")
        return
    status = "counting_status" if "counting_status" in rows.columns else "load_status"
    for row in rows.filter(pl.col(status) == "refused").iter_rows(named=True):
        st.warning(f"Refused: {escape(row['file_name'])}. {figures.sentence(row['reason'])}")
    for row in rows.filter(pl.col(status) == "stale").iter_rows(named=True):
        why = figures.sentence(row["counting_reason"])
        st.warning(f"Counted in an earlier version: {escape(row['file_name'])}. {why}")
    tables.released_table(choice, rows.sort("arrival"), "fct_load_ledger", "files", IN_A_FILE)


def rejects(choice: Choice) -> None:
    """Rejected rows, counted by file, column and reason; their values are not kept here."""
    st.markdown("Rows that broke their table's contract, counted by file, column and reason.")
    if sources.rejected_counts(choice).is_empty():
        st.success("No row of this programme was rejected.", icon=":material/check:")
        return
    rejected_rows(choice)


def faults(choice: Choice) -> None:
    """What is wrong with recordings as delivered, each fault with its count."""
    st.markdown(
        "Faults of recordings as they were delivered, and among how many the files say enough to "
        "judge. Nothing here is put right: each figure counts recordings as they stand."
    )
    rows = choice.release.rows("fct_footage_faults", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        st.info("No recording was delivered for this programme.", icon=":material/info:")
        return
    ordered = rows.sort("fault_order").drop("fault_order")
    first = ("fault", "found_count", "among_count", "fault_unit")
    tables.released_table(choice, ordered, "fct_footage_faults", "footage_faults", first)


def checks(choice: Choice) -> None:
    """Every test of the build this release was made from."""
    rows = choice.release.rows("release_checks")
    if rows.is_empty():
        st.info("This release carries no list of checks.", icon=":material/info:")
        return
    bad = rows.filter(pl.col("status") != "pass")
    if bad.is_empty():
        st.success("Every check passed.", icon=":material/check:")
    else:
        st.warning("These checks did not pass. A release is stopped by an error, not by a warning.")
        tables.released_table(choice, bad, "release_checks", "checks_not_passed")
    tables.released_table(choice, rows, "release_checks", "checks")


def record(choice: Choice) -> None:
    """What has to be checked again in the public record of the programme."""
    st.markdown(
        "The public record is as good as its last search. Listed are searches older than 90 days,"
        " sources that bear no day, promises that one publisher alone decides, and versions of the"
        " record that differ and that nobody settled. `uv run bodyworn record check` lists them"
        " for today."
    )
    rows = choice.release.rows("fct_record_checks", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        st.info("Nothing in the public record has to be checked again.", icon=":material/info:")
        return
    first = ("check_kind", "promise_or_milestone", "check_words", "falls_due_on")
    tables.released_table(choice, rows, "fct_record_checks", "record_checks", first)


def definitions(choice: Choice) -> None:
    """What each figure means, in full."""
    rows = choice.release.rows("dim_metric")
    for row in rows.sort("topic", "label").iter_rows(named=True) if rows.width else ():
        with st.expander(f"{escape(row['label'])} ({escape(row['topic']).replace('_', ' ')})"):
            st.markdown(f"**Why it matters.** {figures.sentence(row['why_it_matters'])}")
            st.markdown(figures.definition(row))
    if rows.width:
        tables.download(choice, rows, Packaged("dim_metric", "dim_metric", "definitions"))


def source_tables(choice: Choice) -> None:
    """Who made the data, under which licence, and how to cite them."""
    rows = sources.of_programme(choice)
    if rows.is_empty():
        st.info("This release names no source for this programme.", icon=":material/info:")
        return
    for row in rows.iter_rows(named=True):
        name = f"{row['source_name']}.{row['table_name']}"
        st.markdown(f"**{escape(row['title'])}** ({escape(name)})")
        st.markdown("\n".join(notices.source_lines(row)))
    tables.download(choice, rows, Packaged("dim_source", "dim_source", "sources"))


def tree(choice: Choice) -> None:
    """How figures are made from sources: a diagram of the layers, and every step as a list."""
    rows = choice.release.rows("release_lineage")
    if rows.is_empty():
        st.info("This release carries no lineage.", icon=":material/info:")
        return
    names = sorted({*rows["child"].to_list()})
    # Nobody can read a diagram of everything at once: start with the first metric.
    start = next((place for place, name in enumerate(names) if name.startswith("met_")), 0)
    model = st.selectbox("Table or model", names, index=start, key="model", bind="query-params")
    near, reach = sources.near(rows, model)
    words = f"{model}: what it is made from, and what is made from it"
    if near.is_empty():
        st.markdown("Too many tables are next to this one to draw them; the list is below.")
    else:
        st.mermaid_chart(sources.diagram(near, model), alt=f"{words}. The list is below.")
        st.caption(f"{escape(words)}, {STEPS_EACH_WAY[reach]}.")
    steps = sources.above(rows, model)
    st.markdown(f"**Every step towards {escape(model)}, as a list**")
    tables.released_table(choice, steps, "release_lineage", f"lineage_{model}")


def releases(choice: Choice) -> None:
    """Releases that are kept, newest first, and how to reproduce one."""
    name = choice.release.name
    st.markdown("**Check or make this release again**")
    st.code(
        f"uv run bodyworn release verify {name}\nuv run bodyworn reproduce {name}", language="sh"
    )
    if found := headlines.changes_since_last_release(choice):
        known = {str(row["metric_id"]): row for row in choice.release.rows("dim_metric").to_dicts()}
        st.markdown(f"**What changed for {escape(choice.where)}**")
        st.markdown("\n".join(f"- {line}" for line in home_text.changes(found, known)))
    st.markdown("**Releases that are kept**")
    for entry in release.history(choice.release.reader):
        mark = " (being served)" if entry.is_current else ""
        parent = escape(entry.parent) if entry.parent else "nothing: it was the first"
        gone = f" {notices.withdrawn(entry.withdrawn)}" if entry.withdrawn else ""
        st.markdown(
            f"- **{escape(entry.release)}**{mark}: published {moment(entry.finished)}, "
            f"with {entry.files} files as of {entry.as_of}. "
            f"Replaced {parent}.{gone}"
        )


def everything(choice: Choice) -> None:
    """Every released table: its meaning, its columns, and its file."""
    rows = choice.release.rows("release_tables")
    if rows.is_empty():
        st.info("This release carries no list of its tables.", icon=":material/info:")
        return
    name = st.selectbox("Table", rows["table_name"].to_list(), key="table", bind="query-params")
    about = rows.filter(table_name=name).row(0, named=True)
    st.markdown(f"{figures.sentence(about['description'])} {figures.sentence(about['grain'])}")
    columns = choice.release.rows("release_columns", table_name=name).sort("column_position")
    tables.released_table(choice, columns.drop("table_name"), "release_columns", f"columns_{name}")
    login.record_once(choice.release.reader, "query", name, release=choice.release.name)
    tables.offer(
        choice.release,
        [(tables.CSV, f"Download {name} (CSV)", lambda: choice.release.csv(name))],
        name,
    )


VIEWS: dict[str, Callable[[Choice], None]] = {
    "Today": today,
    "Files": files,
    "Rejected rows": rejects,
    "Faults in footage": faults,
    "Checks": checks,
    "Definitions": definitions,
    "Sources": source_tables,
    "Public record": record,
    "Links": topic_sections.links,
    "How it is made": tree,
    "Releases": releases,
    "All tables": everything,
}
