"""The design of a change over time as published: what happened, and no more than that."""

import polars as pl
from pydantic import Field, model_validator

from orchestration.evaluation.frame import Design, Keys, Result, Value
from orchestration.evaluation.rates.contrasts import log_rate_ratio, percent_fall
from orchestration.evaluation.rates.words import FEWEST_FOR_PER_CENT
from orchestration.evaluation.telling import CAUTION

BANNER = CAUTION["descriptive"].strip()


class ChangeKeys(Keys):
    """Figures (before, after): printed rates, counts, or both."""

    rates: tuple[float, float] | None = None
    counts: tuple[int, int] | None = None
    exposure: tuple[float, float] = (1.0, 1.0)
    dispersion: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _something(self) -> "ChangeKeys":
        if self.rates is None and self.counts is None:
            raise ValueError("give `rates` or `counts`, each as [before, after]")
        return self


def change(keys: ChangeKeys, _table: pl.DataFrame | None) -> Result:
    """How far a figure fell between two windows; counts carry an interval, rates do not."""
    values: dict[str, Value] = {}
    told: list[str] = []
    interval: tuple[float | None, float | None] = (None, None)
    if keys.rates is not None:
        values["percent_drop"] = percent_fall(*keys.rates)
        told.append(f"The printed rate went from {keys.rates[0]:g} to {keys.rates[1]:g}.")
    if keys.counts is not None:
        before, after = (c / e for c, e in zip(keys.counts, keys.exposure, strict=True))
        values["percent_drop_counts"] = percent_fall(before, after)
        told.append(f"{keys.counts[0]:,} events before, {keys.counts[1]:,} after.")
        interval = _interval(keys)
        values |= {"ci_lo": interval[0], "ci_hi": interval[1]}
    told.append(_in_per_cent(keys, values))
    return Result(
        design=CHANGE.name,
        measure="fall between two windows, per cent of the first",
        method=f"ratio of Poisson counts, dispersion {keys.dispersion:g}",
        values=values,
        estimate=_number(values.get("percent_drop_counts", values.get("percent_drop"))),
        interval_low=interval[0],
        interval_high=interval[1],
        is_randomised=False,
        notes=(BANNER,),
        words=" ".join([*told, BANNER]).replace("  ", " "),
    )


def _interval(keys: ChangeKeys) -> tuple[float | None, float | None]:
    counts = keys.counts
    if counts is None or min(counts) == 0:
        return None, None
    found = log_rate_ratio((counts[1], counts[0]), keys.exposure[::-1], keys.dispersion)
    low, high = found.interval()
    return 100 * (1 - high), 100 * (1 - low)


def _in_per_cent(keys: ChangeKeys, values: dict[str, Value]) -> str:
    low, high = _number(values.get("ci_lo")), _number(values.get("ci_hi"))
    if keys.counts is None or keys.counts[0] < FEWEST_FOR_PER_CENT or low is None or high is None:
        return "No interval: the counts behind the figure are too few or were not given."
    if low <= 0 <= high:
        return f"We could not tell: anything from a {high:.0f} % fall to a {-low:.0f} % rise."
    near, far = sorted((abs(low), abs(high)))
    return f"That {'fell' if low > 0 else 'rose'} by between {near:.0f} % and {far:.0f} %."


def _number(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None


CHANGE = Design(
    "published_change",
    ChangeKeys,
    change,
    "A change from before to after, from printed `rates`, `counts` or both: descriptive.",
    """\
design: published_change
title: Complaints before and during seven tests
question: By how much did recorded complaints fall?
keys: {rates: [1.20, 0.08], counts: [1539, 113]}
""",
)
