"""Bias, coverage, rejection and the rest of them, each with its Monte-Carlo error and interval."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

#: A limit fails only when this interval of the simulation itself excludes it.
LEVEL = 0.99
REJECTED = 0.05


@dataclass(frozen=True)
class Figure:
    """A figure of so many tables, its Monte-Carlo standard error and its 99 % interval."""

    value: float
    error: float
    low: float
    high: float
    tables: int


def bias(rows: pl.DataFrame) -> Figure:
    """Mean distance of the estimate from the truth, on the log scale."""
    return _mean((rows["estimate"] - rows["truth"]).to_numpy())


def size_of_bias(rows: pl.DataFrame) -> Figure:
    """The same without its sign."""
    found = bias(rows)
    value, reach = abs(found.value), found.high - found.value
    return Figure(value, found.error, max(value - reach, 0.0), value + reach, found.tables)


def coverage(rows: pl.DataFrame) -> Figure | None:
    """How often the 95 % interval holds the truth; None for a method without intervals."""
    if rows["low"].null_count():
        return None
    return _share(((rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])).to_numpy())


def rejection(rows: pl.DataFrame) -> Figure:
    """How often no change is rejected: the error of the first kind of a null, power otherwise."""
    if rows["p_value"].null_count():
        return _share(((rows["low"] > 0) | (rows["high"] < 0)).to_numpy())
    return _share((rows["p_value"] <= REJECTED).to_numpy())


def error_ratio(rows: pl.DataFrame) -> Figure | None:
    """The mean standard error over the spread of the estimates about the truth."""
    if rows["error"].null_count():
        return None
    errors = rows["error"].to_numpy()
    spread = float((rows["estimate"] - rows["truth"]).to_numpy().std(ddof=1))
    value = float(errors.mean()) / spread
    of_mean = float(errors.std(ddof=1)) / sqrt(len(errors)) / float(errors.mean())
    return _about(value, value * sqrt(of_mean**2 + 1 / (2 * (len(errors) - 1))), len(errors))


def uniformity(rows: pl.DataFrame) -> Figure | None:
    """The p-value of Kolmogorov and Smirnov that p-values are uniform."""
    if rows["p_value"].null_count():
        return None
    found = float(stats.kstest(rows["p_value"].to_numpy(), "uniform").pvalue)
    return Figure(found, 0.0, found, found, len(rows))


def mean_ratio(rows: pl.DataFrame) -> Figure:
    """The mean of the ratios themselves."""
    return _mean(np.exp(rows["estimate"].to_numpy()))


def extra(rows: pl.DataFrame) -> Figure | None:
    """The mean of the further figure that a method gives."""
    return None if rows["extra"].null_count() else _mean(rows["extra"].to_numpy())


FIGURES: dict[str, Callable[[pl.DataFrame], Figure | None]] = {
    "bias": bias,
    "size_of_bias": size_of_bias,
    "coverage": coverage,
    "rejection": rejection,
    "error_ratio": error_ratio,
    "uniformity": uniformity,
    "mean_ratio": mean_ratio,
    "extra": extra,
}


def _mean(values: "np.typing.NDArray[np.float64]") -> Figure:
    error = float(values.std(ddof=1)) / sqrt(len(values))
    return _about(float(values.mean()), error, len(values))


def _about(value: float, error: float, tables: int) -> Figure:
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, tables - 1)) * error
    return Figure(value, error, value - reach, value + reach, tables)


def _share(hits: "np.typing.NDArray[np.bool_]") -> Figure:
    """A share with the exact interval of Clopper and Pearson."""
    found = stats.binomtest(int(hits.sum()), len(hits))
    interval = found.proportion_ci(LEVEL, method="exact")
    value = float(hits.mean())
    error = sqrt(value * (1 - value) / len(hits))
    return Figure(value, error, float(interval.low), float(interval.high), len(hits))


def summarised(rows: pl.DataFrame) -> pl.DataFrame:
    """Every figure of every method and scenario, one row each, in the order of the rows."""
    found: list[dict[str, Any]] = []
    groups = rows.partition_by("family", "scenario", "method", as_dict=True, maintain_order=True)
    for (family, scenario, method), part in groups.items():
        about = {"family": family, "scenario": scenario, "method": method}
        about |= {"is_null": bool((part["truth"] == 0).all())}
        for name, figure in FIGURES.items():
            if (one := figure(part)) is not None:
                found.append(about | {"figure": name} | asdict(one))
    return pl.DataFrame(found)
