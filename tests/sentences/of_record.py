"""Every sentence that pages make of a promise, a delivered file, a run or a release."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from dashboards.data.headlines import Changes
from dashboards.data.sources import FileProblem
from dashboards.text import captions, home, notices, promises
from orchestration.ingestion.validation.result import SENTENCES
from orchestration.release.withdrawal import Withdrawal
from tests.sentences.of_pages import metrics, row

Row = dict[str, Any]
UNITS = ("cameras", "%", "£", "complaints per 1,000 officers", "days", "boroughs")
WORDS = (
    "every officer has a camera",
    "Complaints fall by a third.",
    "a 100% share of stop & search is filmed [and kept], as promised",
    "x" * 90,
)
AREAS = ("Camden", "Whole programme", "Kingston upon Thames & Richmond")
FILES = ("bwv_2024_05.csv", "a/b/Officer list (2).xlsx", "cases_final_v2.parquet")
SIZES = (0, 1, 2, 19, 999, 22_000, 1_234_567)
PRECISIONS = ("day", "month", "year")
FIGURES = {
    "metric_id": pl.String,
    "period_grain": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "value": pl.Float64,
    "value_before": pl.Float64,
}


def _one(rng: np.random.Generator, values: Sequence[Any]) -> Any:
    return values[int(rng.integers(0, len(values)))]


def _day(rng: np.random.Generator) -> date:
    return date(2010, 1, 1) + timedelta(days=int(rng.integers(0, 6000)))


def _maybe(rng: np.random.Generator, value: Any) -> Any:
    return value if rng.integers(0, 3) else None


def _amount(rng: np.random.Generator) -> float:
    return float(_one(rng, (*SIZES, float(rng.normal(0, 50)), float(rng.uniform(0, 1e6)))))


def promise(rng: np.random.Generator) -> Row:
    """A promise with its status and the figure that judged it, as fct_promise_status may hold."""
    is_figure = bool(rng.integers(0, 2))
    unit = _one(rng, UNITS)
    most = 100.0 if unit == "%" else 1e7
    value, reach = min(_amount(rng), most), abs(_amount(rng)) if unit != "%" else 3.0
    start = _day(rng)
    has_target = is_figure or bool(rng.integers(0, 2))
    return {
        "promise_id": "p1",
        "rival_of": "p1" if rng.integers(0, 2) else None,
        "who": _one(rng, ("The Mayor", "A force")),
        "owner": _one(rng, ("The Mayor", "A force")),
        "wording": _one(rng, WORDS),
        "wording_kind": _one(rng, ("quoted", "paraphrased")),
        "promise_area": _one(rng, AREAS),
        "made_on": start,
        "date_precision": _one(rng, PRECISIONS),
        "promised_for": _maybe(rng, _day(rng)),
        "measure_words": "cameras issued to officers",
        "target": min(abs(_amount(rng)), most) if has_target else None,
        "target_unit": unit,
        "promise_status": _one(rng, tuple(promises.STATUSES)),
        "promise_reason": f"the figure of {_day(rng)} is short of the target",
        "figure_start": start if is_figure else None,
        "figure_end": start + timedelta(days=27) if is_figure else None,
        "figure_value": value if is_figure else None,
        "figure_low": value - reach if is_figure and reach else None,
        "figure_high": value + reach if is_figure and reach else None,
        "effect_note": _maybe(rng, "No trial of this was supplied"),
        "publisher": "A council",
        "source_title": "Report to the panel, part 2",
        "source_url": _one(rng, ("https://example.org/a_b", "in print only")),
        "known_to": _day(rng),
        "rule_words": "delivered when the figure reaches the target by the day",
        "release_id": "2026-06-30-f588894ba1bb",
        "release_as_of": _day(rng),
    }


def report(rng: np.random.Generator) -> Row:
    """A report on a promise, or a search for one, as the public record may hold them."""
    return {
        "milestone": _one(rng, WORDS),
        "quantity": _maybe(rng, abs(_amount(rng))),
        "quantity_unit": _maybe(rng, "cameras"),
        "planned_or_actual": _one(rng, ("planned", "actual")),
        "publisher": "A council",
        "milestone_date": _maybe(rng, _day(rng)),
        "date_precision": _one(rng, PRECISIONS),
        "source_url": _one(rng, ("https://example.org/a_b", "in print only")),
        "says": _one(rng, tuple(promises.SAYS)),
        "said_by": _one(rng, tuple(promises.WHOSE)),
        "report_why": _maybe(rng, "it counts what was issued"),
        "milestone_note": _maybe(rng, "printed a year later"),
        "searched_on": _day(rng),
        "searched_where": "stored copies of public web pages",
        "query_words": "cameras borough issued",
        "is_found": bool(rng.integers(0, 2)),
        "search_note": _maybe(rng, "only the first page of each"),
        "total_on": _day(rng),
        "areas_with_cameras": _maybe(rng, int(_one(rng, (0, 1, 10, 32)))),
        "areas_surely": int(rng.integers(0, 10)),
        "areas_possibly": int(rng.integers(10, 32)),
        "equipped_count": _maybe(rng, int(_one(rng, SIZES))),
        "equipped_unit": "officers",
        "total_words": "stated at the panel",
    }


def of_promise(rng: np.random.Generator) -> Iterator[str]:
    """Every sentence about one promise, its figure, its reports and its history."""
    one, others = promise(rng), [promise(rng) for _ in range(int(rng.integers(1, 5)))]
    rows = [report(rng) for _ in range(int(rng.integers(0, 4)))]
    metric = {"metric_id": "cameras", "label": "Cameras issued", "unit": "cameras"}
    yield from (promises.count(len(others)), promises.standing(one), promises.why(one))
    yield promises.summary([str(each["promise_status"]) for each in others])
    yield from (promises.whose(one), promises.version(one), promises.source(one))
    yield from (promises.card(one, "London"), promises.short(one["wording"]), promises.brief(one))
    yield from (promises.time_line(len(others), len(rows)), promises.all_reports(len(rows)))
    yield from (promises.judged(metric, one), promises.rule(one), promises.part(one))
    yield from (promises.claim(one), *promises.rival(one, others))
    yield promises.history(others, [others[-1]["release_id"]])
    yield from (*promises.reports(rows), *promises.searches(rows), *map(promises.total, rows))
    yield from (promises.cost(row | {"quantity": row["quantity"] or 1} | DATED) for row in rows)


DATED = {"milestone_date": date(2016, 5, 1)}


def of_promise_charts(rng: np.random.Generator) -> Iterator[str]:
    """What the pictures of promises say, to those who see them and to those who do not."""
    plans = [
        {"target": _amount(rng), "made_on": _day(rng), "due": _maybe(rng, _day(rng))}
        for _ in range(int(rng.integers(1, 4)))
    ]
    counts = [
        {"count": int(_one(rng, SIZES)), "day": _day(rng)} for _ in range(int(rng.integers(0, 4)))
    ]
    yield captions.issued(plans, counts, "cameras")
    yield captions.issued_alt(plans, counts, "cameras")
    yield captions.rollout(int(rng.integers(0, 33)), 32)
    area = {"area": _one(rng, AREAS), "is_known": bool(rng.integers(0, 2))}
    yield captions.rollout_alt([area | {"earliest": _day(rng), "latest": _day(rng)}])
    paid = {"spent": _amount(rng), "budget": abs(_amount(rng)), "by": _day(rng), "of_what": "All"}
    yield captions.spending([paid])
    yield captions.spent(paid)


def of_file(rng: np.random.Generator) -> Iterator[str]:
    """Every sentence about a delivered file with something wrong, and about what is new."""
    records = int(_one(rng, SIZES[1:]))
    rejected = int(rng.integers(0, records + 1))
    for kind in ("refused", "stale", "shrunken", "rejected"):
        reason = _one(rng, tuple(SENTENCES.values()))
        stands = _day(rng) if kind == "stale" else _maybe(rng, _day(rng))
        yield notices.file_problem(
            FileProblem(
                kind,
                _one(rng, ("bodyworn.use_of_force", "iopc.cases")),
                _one(rng, FILES),
                reason,
                rejected,
                records,
                stands,
            )
        )
    names = [_one(rng, FILES) for _ in range(int(rng.integers(0, 8)))]
    yield notices.new_files(names, "2026-05-31-f588894ba1bb")
    yield notices.newest_file(
        {"accepted": records - rejected, "records": records, "as_of": _day(rng)}
        | {"file_name": _one(rng, FILES)}
    )
    reasons = pl.DataFrame({"reason": list(SENTENCES)})
    for said in notices.rejections_in_words(reasons).select("reason", "remedy").rows():
        yield from said


def of_notices(rng: np.random.Generator) -> Iterator[str]:
    """What pages say of the release they show, of the last run and of sources that are late."""
    moment = datetime(2026, 6, 30, 2, 15, tzinfo=UTC)
    said = "Source bodyworn.cases was expected by 3 June 2026 and no file of it came"
    for status in (
        {"last_run": {"ok": False, "at": moment.isoformat(), "sentence": said}},
        {"not_started": {"at": moment.isoformat(), "sentence": said}},
        {"success": {"at": (moment - timedelta(days=9)).isoformat()}},
    ):
        yield notices.run_warning(status, moment)
    yield from notices.late({"late": [{"sentence": said}]})
    why = [said] * int(rng.integers(1, 6))
    programme = {"programme_id": "p"}
    yield notices.carried(programme, {"carried": {"p": {"release": "r1", "why": why}}})
    yield notices.standing("r1", moment.isoformat(), _maybe(rng, _day(rng)))
    yield from (notices.older("r1"), notices.gone("r1"), notices.stands_for("Camden", "London"))
    instead = _one(rng, ("r2", None))
    yield notices.withdrawn(
        Withdrawal(
            "r1",
            "2026-06-30",
            ["p"],
            "A file was read twice",
            "by_hand",
            moment.isoformat(),
            instead,
        )
    )


def of_release_changes(rng: np.random.Generator) -> Iterator[str]:
    """What changed since the release before, of any number of figures of any size."""
    known = {each["metric_id"]: each for each in metrics()}
    names = sorted(known)

    def figures(count: int) -> pl.DataFrame:
        rows = []
        for _ in range(count):
            metric = known[_one(rng, names)]
            now, before = row(rng, metric), row(rng, metric)
            rows.append(now | {"metric_id": metric["metric_id"], "value_before": before["value"]})
        return pl.DataFrame(rows, schema=FIGURES)

    counts = [int(_one(rng, (0, 1, 2, 5))) for _ in range(4)]
    yield from home.changes(Changes("r0", *map(figures, counts)), known)


def everything(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Name of the kind and sentence of every kind above."""
    for make in (of_promise, of_promise_charts, of_file, of_notices, of_release_changes):
        for said in make(rng):
            yield make.__name__, said
