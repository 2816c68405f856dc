"""The register of promises of a programme: statuses, versions, reports, searches and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards.data.choice import Choice

Promise = Mapping[str, Any]
BEARS = "bears"
SPENT = "spend_against_budget_share"


@dataclass(frozen=True)
class Record:
    """Promises with their statuses, and the evidence for each, by `promise_id`."""

    promises: pl.DataFrame
    history: pl.DataFrame
    reports: pl.DataFrame
    searches: pl.DataFrame
    context: pl.DataFrame

    def of(self, rows: pl.DataFrame, promise: Promise) -> list[dict[str, Any]]:
        """Those of these rows that are of the promise; none where there is no such table."""
        return rows.filter(promise_id=promise["promise_id"]).to_dicts() if rows.width else []

    def parts(self, promise: Promise) -> list[dict[str, Any]]:
        """The parts of a promise, each with a status of its own."""
        return self.promises.filter(part_of=promise["promise_id"]).to_dicts()

    def versions(self, promise: Promise) -> list[Promise]:
        """The promise and every version that it replaced, the oldest first."""
        known = {str(row["promise_id"]): row for row in self.promises.to_dicts()}
        found: list[Promise] = [promise]
        while (earlier := known.get(str(found[0]["supersedes"]))) is not None:
            found.insert(0, earlier)
        return found

    def behind(self, promise: Promise) -> list[Promise]:
        """The promise and the versions that it replaced, the newest first, each with its parts."""
        return [
            each
            for version in reversed(self.versions(promise))
            for each in (version, *self.parts(version))
        ]

    def reports_behind(self, promise: Promise) -> list[dict[str, Any]]:
        """Reports on the promise, its parts and earlier versions, each once, by day.

        One that decides a part and bears on another is listed as the one that decides.
        """
        rows = [row for each in self.behind(promise) for row in self.of(self.reports, each)]
        decides = {row["milestone_id"] for row in rows if row["says"] != BEARS}
        rows = [row for row in rows if row["says"] != BEARS or row["milestone_id"] not in decides]
        unique = {(row["milestone_id"], row["says"]): row for row in rows}
        return sorted(unique.values(), key=lambda row: (row["milestone_date"], row["milestone_id"]))


def promises_of(choice: Choice) -> pl.DataFrame:
    """Promises of the programme with their status, in the order of the record."""
    programme = choice.place["programme_id"]
    promises = choice.release.rows("dim_promise", programme_id=programme)
    statuses = choice.release.rows("fct_promise_status", programme_id=programme)
    if promises.is_empty() or statuses.is_empty():
        return promises.clear()
    keys = ("programme_id", "promise_id")
    return promises.join(statuses.drop("metric_id"), on=keys).sort("promise_order")


def current_of(promises: pl.DataFrame) -> pl.DataFrame:
    """Promises in their latest version; parts are listed with their promise and not counted."""
    return promises.filter(pl.col("superseded_by").is_null(), pl.col("part_of").is_null())


def record_of(choice: Choice, promises: pl.DataFrame) -> Record:
    """The promises with all the evidence for them."""
    return Record(
        promises,
        _history(choice),
        _reports(choice),
        of_programme(choice, "fct_promise_searches"),
        of_programme(choice, "fct_promise_context"),
    )


def of_programme(choice: Choice, table: str) -> pl.DataFrame:
    """Rows of the programme; without columns where a release has no such table."""
    return choice.release.rows(table, programme_id=choice.place["programme_id"])


def claims_of(choice: Choice) -> pl.DataFrame:
    """What was stated but not promised, in the order of the record."""
    stated = of_programme(choice, "dim_promise")
    claims = stated.filter(promise_kind="claim") if stated.width else stated
    return claims.sort("promise_order") if claims.width else claims


def _reports(choice: Choice) -> pl.DataFrame:
    """What each report says of each promise, with where it is printed, by day."""
    said = of_programme(choice, "fct_promise_reports")
    events = of_programme(choice, "fct_milestones")
    if said.is_empty() or events.is_empty():
        return said.clear()
    keys = ("programme_id", "milestone_id")
    return said.join(events, on=keys).sort("milestone_date", "milestone_id")


def _history(choice: Choice) -> pl.DataFrame:
    """Statuses by release, newest first; the release being read is named by its own name."""
    rows = of_programme(choice, "fct_promise_history")
    if rows.is_empty():
        return rows
    named = rows.with_columns(pl.col("release_id").fill_null(choice.release.name))
    return named.sort("promise_id", "release_number", descending=[False, True])


def figures_of(choice: Choice, promise: Promise) -> pl.DataFrame:
    """The figure over time that a promise is judged by, at the top of the programme's areas.

    By quarter, else by month or year; no rows where no figure judges it or too few are released.
    """
    if promise["metric_id"] is None:
        return pl.DataFrame()
    rows = _at_the_top(choice, str(promise["metric_id"]), "all")
    for grain in ("quarter", "month", "year"):
        of_grain = rows.filter(period_grain=grain) if rows.width else rows
        if len(of_grain) > 1:
            return of_grain.sort("period_start")
    return pl.DataFrame()


def spend_of(choice: Choice) -> pl.DataFrame:
    """Pounds spent and budgeted by the last month, in all and by funder.

    Columns `of_what`, `spent`, `budget` and `by` (the month); no rows where none are released.
    """
    rows = [_at_the_top(choice, SPENT, part) for part in ("all", "funder")]
    found = [each.filter(period_grain="month") for each in rows if each.width]
    if not found or found[0].is_empty():
        return pl.DataFrame()
    last = found[0]["period_start"].max()
    return (
        pl.concat(found)
        .filter(period_start=last)
        .select(
            of_what=pl.when(pl.col("breakdown") == "all")
            .then(pl.lit("All of it"))
            .otherwise(pl.col("breakdown_value")),
            spent=pl.col("numerator").cast(pl.Float64),
            budget=pl.col("denominator").cast(pl.Float64),
            by=pl.col("period_end"),
        )
    )


def _at_the_top(choice: Choice, metric_id: str, breakdown: str) -> pl.DataFrame:
    """Final figures of a metric for the area that holds all others of the programme."""
    top = choice.areas.filter(pl.col("parent_area_id").is_null())
    return choice.release.rows(
        "fct_metrics",
        programme_id=choice.place["programme_id"],
        area_id=top["area_id"][0],
        metric_id=metric_id,
        breakdown=breakdown,
        status="final",
    )


def planned_and_issued(
    choice: Choice, record: Record, unit: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What was promised of a unit by which day, and what was reported of it.

    The first has `made_on`, `due` (null where no day was named) and `target`, one row per version.
    The second has `day` and `count`: what reports say is there, the largest of each day.
    """
    of_unit = record.promises.filter(
        pl.col("target_unit") == unit, pl.col("target").is_not_null(), pl.col("metric_id").is_null()
    )
    versions = of_unit.select("made_on", pl.col("promised_for").alias("due"), "target")
    planned = of_programme(choice, "fct_milestones")
    if planned.width:
        slips = planned.filter(planned_or_actual="planned", quantity_unit=unit)
        later = slips.select(
            pl.coalesce("published_on", "milestone_date").alias("made_on"),
            pl.col("milestone_date").alias("due"),
            pl.col("quantity").alias("target"),
        )
        known = versions["due"].implode()
        fresh = later.filter(~pl.col("due").is_in(known))
        versions = pl.concat([versions, fresh], how="vertical_relaxed")
    if record.reports.is_empty():
        return versions.sort("made_on"), pl.DataFrame()
    named = of_unit["promise_id"].implode()
    said = record.reports.filter(
        pl.col("promise_id").is_in(named),
        planned_or_actual="actual",
        quantity_unit=unit,
    )
    issued = said.group_by(day="milestone_date").agg(count=pl.col("quantity").max()).sort("day")
    return versions.sort("made_on"), issued
