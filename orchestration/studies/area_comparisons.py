"""Areas compared with the peers that their programme declares, as rows of a contracted table."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.areas.area_funnel import FEWEST, Funnel, Kind, funnel, place_of
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.gates import funnel_may_be_drawn
from orchestration.evaluation.rates.permutation_and_multiple_tests import many_comparisons
from orchestration.storage.table_columns import Schema, table_of

COMPARISONS: Schema = {
    "programme_id": pl.String,
    "peer_set": pl.String,
    "peer_set_name": pl.String,
    "peer_reason": pl.String,
    "metric_id": pl.String,
    "area_id": pl.String,
    "period_grain": pl.String,
    "period_start": pl.Date,
    "value": pl.Float64,
    "peer_count": pl.Int64,
    "peer_median": pl.Float64,
    "peer_decile_low": pl.Float64,
    "peer_decile_high": pl.Float64,
    "common_level": pl.Float64,
    "limit_95_low": pl.Float64,
    "limit_95_high": pl.Float64,
    "limit_998_low": pl.Float64,
    "limit_998_high": pl.Float64,
    "place_in_funnel": pl.String,
    "is_beyond_luck": pl.Boolean,
    "expected_by_luck": pl.Float64,
    "comparison_words": pl.String,
}
#: Kinds of metrics that have a funnel, and the kind of that funnel.
KINDS: dict[str, Kind] = {"rate": "counts", "share": "proportions", "ratio": "ratios"}
#: Periods that are long enough to compare areas.
GRAINS = ("year", "window")
GROUP = ("programme_id", "peer_set", "metric_id", "period_grain", "period_start")
LIMITS = ("limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high")


def compare_areas(
    figures: pl.DataFrame, metrics: pl.DataFrame, peers: pl.DataFrame
) -> pl.DataFrame:
    """Each area's figure among its peers': median, deciles, and the funnel where there is one.

    `figures` (one row per figure) are released figures, `metrics` (one row per metric) their kinds
    and `per_count`, `peers` (one row per area of a set). Returns the columns of COMPARISONS (one
    row per area, set, metric and period), for sets of which three areas or more have a figure.
    """
    whole = figures.filter(
        pl.col("value").is_not_null(),
        pl.col("breakdown") == "all",
        pl.col("period_grain").is_in(GRAINS),
        ~pl.col("is_provisional"),
    )
    joined = (
        whole.join(metrics.select("metric_id", "kind", "per_count"), on="metric_id")
        .join(peers, on=["programme_id", "area_id"])
        .sort(*GROUP, "area_id")
    )
    rows: list[dict[str, Any]] = []
    for group in joined.partition_by(*GROUP, maintain_order=True):
        if group.height >= FEWEST:
            rows += _rows(group)
    return table_of(COMPARISONS, rows)


def _rows(group: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of one metric, set and period; limits are in the unit of the figures."""
    values = group["value"].to_numpy()
    found = _funnel(group)
    spread = dict(
        zip(
            ("peer_decile_low", "peer_median", "peer_decile_high"),
            map(float, np.quantile(values, (0.1, 0.5, 0.9))),
            strict=True,
        )
    )
    same = {
        "peer_count": group.height,
        "expected_by_luck": None,
        "comparison_words": found if isinstance(found, str) else _words(found),
    }
    for place, row in enumerate(group.iter_rows(named=True)):
        kept = {name: row[name] for name in COMPARISONS if name in row}
        if isinstance(found, str):
            yield dict.fromkeys(COMPARISONS) | kept | spread | same
        else:
            yield kept | spread | same | _limits(found, place, row)


def _limits(found: Funnel, place: int, row: dict[str, Any]) -> dict[str, Any]:
    per, many = float(row["per_count"]), many_comparisons(found.p)
    ends = [per * float(side[limit, place]) for limit in (0, 1) for side in (found.low, found.high)]
    far, near = place_of(row["value"], ends[2], ends[3]), place_of(row["value"], ends[0], ends[1])
    where = f"{far}_998" if far != "within" else f"{near}_95"
    return {
        **dict(zip(LIMITS, ends, strict=True)),
        "common_level": per * found.level,
        "place_in_funnel": "within" if near == "within" else where,
        "is_beyond_luck": bool(many.survives[place]),
        "expected_by_luck": many.by_luck,
    }


def _funnel(group: pl.DataFrame) -> Funnel | str:
    """The funnel of a group, or why it has none."""
    kind = KINDS.get(str(group["kind"][0]))
    if kind is None:
        return "Median and deciles of the peers; this kind of figure has no funnel."
    events, base = (group[name].to_numpy() for name in ("numerator", "denominator"))
    if (events != np.floor(events)).any() or (kind == "ratios" and (base != np.floor(base)).any()):
        return "Median and deciles of the peers; what is divided here is not a number of events."
    expected = base * events.sum() / base.sum()
    gate = funnel_may_be_drawn(expected.tolist())
    if not gate.passed:
        return f"Median and deciles of the peers; not enough data for a funnel ({gate.reason})."
    try:
        return funnel(kind, events, base)
    except Refusal as problem:
        return f"Median and deciles of the peers; no funnel: {problem}."


def _words(found: Funnel) -> str:
    """What chance alone would do among the areas of the set."""
    said = many_comparisons(found.p).in_words("areas")
    if found.dispersion <= 1:
        return said
    return f"{said} The limits are widened, because these areas vary more than chance explains."
