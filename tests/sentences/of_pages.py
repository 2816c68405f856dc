"""Every sentence that pages make of a figure, a change or a promise, from extreme rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import yaml

from dashboards.data.headlines import HeadlineFigure
from dashboards.text import figures, home
from orchestration import paths

GRAINS = ("month", "quarter", "year", "window")
#: Kinds whose figures have an interval, unless too little stands behind them.
WITH_INTERVAL = ("rate", "share", "quantile", "survey")


@cache
def metrics() -> list[dict[str, Any]]:
    """The entry of every metric, as dim_metric holds it."""
    found = []
    for path in sorted((paths.ROOT / "models" / "metrics").rglob("met_*.yml")):
        [model] = yaml.safe_load(path.read_text("utf-8"))["models"]
        entry = {"per_count": 1, "breaks": "none known", **model["config"]["meta"]}
        found.append({"metric_id": path.stem.removeprefix("met_"), **entry})
    return found


def row(rng: np.random.Generator, metric: dict[str, Any]) -> dict[str, Any]:
    """A figure of the metric such as a release could hold, of any size."""
    kind, grain = metric["kind"], str(rng.choice(GRAINS))
    start = date(2010, 1, 1) + timedelta(days=int(rng.integers(0, 4000)))
    start = start.replace(day=1, month={"month": start.month, "quarter": 4}.get(grain, 1))
    up = float(np.floor(10 ** rng.uniform(0, 7)))
    down = float(np.ceil(up * 10 ** rng.uniform(0, 4)))
    value = 100 * up / down if metric["unit"] == "%" else up / 10 ** rng.uniform(-2, 6)
    reach = value * 10 ** rng.uniform(-3, 0.3)
    low, high = max(0.0, value - reach), value + reach
    if kind not in WITH_INTERVAL:
        low = high = None  # type: ignore[assignment]
    elif metric["unit"] == "%":
        high = min(high, 100.0)
    if kind in {"count", "distinct"}:
        value = up
    days = {"month": 27, "quarter": 90, "year": 364, "window": 2000}[grain]
    events = up if kind in {"rate", "count"} else down
    status = "low" if events < 20 else "final"
    return {
        "period_grain": grain,
        "period_start": start,
        "period_end": start + timedelta(days=days),
        "breakdown": "all",
        "breakdown_value": "all",
        "numerator": value if kind == "quantile" else up,
        "denominator": None if kind in {"count", "distinct"} else down,
        "value": value,
        "interval_low": low,
        "interval_high": high,
        "interval_method": "none: a count"
        if low is None
        else "Wilson, widened for over-dispersion",
        "status": status,
        "status_reason": None if status == "final" else f"Fewer than 20: {metric['label']}.",
        "is_provisional": bool(rng.integers(0, 2)),
        "is_change_beyond_interval": bool(rng.integers(0, 2)),
    }


def of_figure(rng: np.random.Generator, metric: dict[str, Any]) -> Iterator[str]:
    """Every sentence about one figure and the same a year before."""
    now, before = row(rng, metric), row(rng, metric)
    yield figures.performance(now, metric)
    yield figures.sure(now, metric)
    yield figures.short(now, metric)
    yield figures.finding(now, metric)
    yield figures.against(before, now, metric)
    yield figures.why_not(now, metric)
    yield figures.big(now, metric)
    yield home.sentence(HeadlineFigure(now, before, []), metric, None)
    yield home.verdict(HeadlineFigure(now, before, []), metric)


def of_change(rng: np.random.Generator, metric: dict[str, Any]) -> Iterator[str]:
    """The sentences about a change from a baseline, which rates alone have."""
    if metric["kind"] != "rate":
        return
    middle = float(rng.normal(0, 1) * 10.0 ** rng.integers(-2, 2))
    reach = float(abs(rng.normal(0, 1)) * 10.0 ** rng.integers(-2, 2))
    size = 10 ** float(rng.uniform(-2, 4))
    low, high = (
        100 * (float(np.exp(np.clip(each, -9, 9))) - 1) for each in (middle - reach, middle + reach)
    )
    change = {
        "status": "final",
        "status_reason": None,
        "change_absolute": middle * size,
        "interval_low_absolute": low * size / 100,
        "interval_high_absolute": high * size / 100,
        "interval_low_percent": low,
        "interval_high_percent": high,
    }
    yield figures.sure_of_change(change, metric)


def of_definition(metric: dict[str, Any]) -> Iterator[str]:
    """What stands beside a metric whatever its figures are."""
    yield from figures.definition(metric).splitlines()
    yield figures.sentence(metric["why_it_matters"])
    yield str(metric["label"])
