"""The models of promises run in DuckDB over rows of a test, and their rules written slowly."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import jinja2
import polars as pl

from orchestration import paths

MODELS = {path.stem: path for path in (paths.ROOT / "models").rglob("*promise*.sql")}
Row = Mapping[str, Any]


class Dbt:
    """What the models ask of dbt, as DuckDB has it."""

    def type_string(self) -> str:
        """The type of text."""
        return "varchar"

    def datediff(self, first: str, second: str, part: str) -> str:
        """The number of parts of a date between two."""
        return f"date_diff('{part}', {first}, {second})"


def rows_of(model: str, **inputs: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows that a model makes of these inputs, ordered by all columns."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - it writes SQL, not pages
    text = environment.from_string(MODELS[model].read_text())
    sql = text.render(ref=lambda name: name, dbt=Dbt())
    with duckdb.connect() as con:
        for name, rows in inputs.items():
            con.register(name, rows)
        found = con.sql(f"select * from ({_without_comments(sql)}) order by all").pl()
    return list(found.iter_rows(named=True))


def _without_comments(sql: str) -> str:
    return re.sub(r"--.*", "", sql)


def _is_met(promise: Row, figure: Row) -> bool:
    value, target = figure["figure_value"], promise["target"]
    at_least = promise["rule"] == "metric_at_least"
    if not (value >= target if at_least else value <= target):
        return False
    if not figure["is_estimate"]:
        return True
    low, high = figure["figure_low"], figure["figure_high"]
    if low is None or high is None:
        return False
    return bool(low > target if at_least else high < target)


def _is_open(promise: Row, figure: Row) -> bool:
    if not figure["is_estimate"]:
        return False
    low, high = figure["figure_low"], figure["figure_high"]
    return low is None or high is None or low <= promise["target"] <= high


def judged(promise: Row, figures: Sequence[Row], today: date) -> tuple[str, Row | None]:
    """Status of a promise and the figure judged, as a person would find them with the list at hand.

    `figures` are of different last days, and those are in order.
    """
    if not figures:
        return "cannot_be_measured", None
    due, latest = promise["promised_for"], figures[-1]
    if promise["rule"] == "metric_at_most" and promise["target"] == 0:
        for figure in figures:
            bound = figure["figure_start"] >= promise["made_on"]
            bound &= due is None or figure["figure_start"] <= due
            if figure["is_of_cases"] and bound and figure["figure_value"] > 0:
                return "not_delivered", figure
    if due is not None and due <= today:
        return _due(promise, [figure for figure in figures if figure["figure_end"] <= due], figures)
    if _is_open(promise, latest):
        return "not_shown_either_way", latest
    if _is_met(promise, latest) or _keeps_step(promise, latest, today):
        return "on_track", latest
    return "at_risk", latest


def _due(promise: Row, in_time: Sequence[Row], figures: Sequence[Row]) -> tuple[str, Row]:
    latest = figures[-1]
    if not in_time:
        is_shown = not _is_met(promise, latest) and not _is_open(promise, latest)
        return "not_delivered" if is_shown else "not_shown_either_way", latest
    last = in_time[-1]
    if _is_open(promise, last):
        return "not_shown_either_way", last
    if _is_met(promise, last):
        return "delivered", last
    if _is_met(promise, latest):
        later = figures[len(in_time) :]
        return "late", next(figure for figure in later if _is_met(promise, figure))
    return "not_delivered", last


def _keeps_step(promise: Row, latest: Row, today: date) -> bool:
    if promise["rule"] != "metric_at_least" or latest["is_estimate"]:
        return False
    if promise["promised_for"] is None or promise["promised_for"] == promise["made_on"]:
        return False
    passed = (today - promise["made_on"]).days
    elapsed = min(1.0, passed / (promise["promised_for"] - promise["made_on"]).days)
    return bool(latest["figure_value"] >= promise["target"] * elapsed)


KEPT = ("delivered", "late", "reported_by_promiser", "reported_by_others")


def together(parts: Sequence[str]) -> str:
    """Status of a promise by those of its parts."""
    if len(set(parts)) == 1:
        return parts[0]
    if "not_delivered" in parts or "partly_delivered" in parts:
        some = any(part in (*KEPT, "partly_delivered") for part in parts)
        return "partly_delivered" if some else "not_delivered"
    if "at_risk" in parts:
        return "at_risk"
    if any(part not in (*KEPT, "on_track") for part in parts):
        return "not_shown_either_way"
    worst = ("on_track", "late", "reported_by_promiser", "reported_by_others")
    return next(status for status in worst if status in parts)
