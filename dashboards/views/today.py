"""The morning view: what is new, refused, shrunken, late or rejected, and what to send back."""

import polars as pl
import streamlit as st

from dashboards.components import downloads, tables
from dashboards.data import problems, rejected_lines, release, release_changes
from dashboards.data.choice import Choice
from dashboards.files.csv_file import csv
from dashboards.text import notices
from dashboards.text import problems as problem_text

FIRST = ("file_name", "column_name", "reason", "remedy", "rejected_count")


def show(choice: Choice) -> None:
    """What an analyst asks in the morning, the gravest first."""
    ledger = choice.release.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
    st.markdown("**Refused, replaced, shrunken or losing rows**")
    found = problems.of_programme(choice)
    lines = [f"- {problem_text.said(each)}" for each in found]
    st.markdown("\n".join(lines) or (problem_text.NONE if len(ledger) else problem_text.NO_FILES))
    st.markdown("**Late**")
    late = notices.late(release.last_run(choice.release.reader))
    st.markdown("\n".join(f"- {line}" for line in late) or "Nothing is late.")
    st.markdown("**New**")
    st.markdown("\n".join(f"- {line}" for line in _new(choice, ledger)))
    rejected(choice)


def _new(choice: Choice, ledger: pl.DataFrame) -> list[str]:
    """The files that came since the release before, and how many count."""
    if ledger.is_empty():
        return [problem_text.NO_FILES]
    lines = []
    if before := release_changes.before(choice):
        then = before.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
        known = then["file_hash"].to_list() if then.width else []
        fresh = ledger.filter(~pl.col("file_hash").is_in(known)).sort("file_name")
        lines.append(problem_text.fresh(fresh["file_name"].to_list(), before.name))
    counts = dict(ledger.group_by("counting_status", maintain_order=True).len().iter_rows())
    said = ", ".join(f"{number} {problem_text.OUTCOMES[name]}" for name, number in counts.items())
    newest = ledger.sort("as_of", "arrival").row(-1, named=True)
    return [*lines, f"Files of this programme: {said}.", problem_text.newest(newest)]


def rejected(choice: Choice) -> None:
    """Rejected rows by file, column and reason, and every line of them as a file to send back."""
    counted = rejected_lines.counted(choice)
    if counted.is_empty():
        return
    st.markdown("**Rejected**")
    st.markdown(problem_text.SEND_BACK)
    tables.released_table(choice, problem_text.in_words(counted), "fct_rejects", "rejects", FIRST)
    every = rejected_lines.lines(choice)
    if every.is_empty():
        st.caption(problem_text.NO_LINES)
        return
    st.markdown(problem_text.LINES)
    said = problem_text.in_words(every)
    downloads.offer(
        choice.release,
        [(downloads.CSV, "The lines to send back (CSV)", lambda: csv(said, choice))],
        "rejected_lines",
        choice.place["programme_id"],
        {**choice.place, "period": choice.period},
    )
