"""Every sentence that designs make, from random and extreme tables and keys."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np
import polars as pl

from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import Refusal, Result, Scale
from orchestration.evaluation.wording import CAUTION, describe_interval
from orchestration.studies.study import estimate, study_from
from tests.evaluation.mutated_tables import COUNTED, example_table, study_of, with_tables

#: Designs that simulate or shuffle for seconds: their sentences are made of few figures.
SLOW = {"plan_rollout", "plan_teams", "plan_shifts", "staged_rollout", "sign_flips"}
SIZES = (0.05, 0.3, 1.0, 30.0, 1e4, 1e6)
#: Keys of designs without a table: what the example gives, and what another study might.
KEYS = {
    "rate": [
        "events: 3569, exposure: 4305",
        "events: 0, exposure: 1",
        "events: 12345678, exposure: 3.5",
        "events: 3, exposure: 123456789.25",
        "events: 1, exposure: 0.00012",
    ],
    "rate_ratio": [
        "events: [8, 17], exposure: [489, 499]",
        "events: [0, 17], exposure: [489, 499]",
        "events: [123456, 98], exposure: [1, 1]",
        "events: [300, 301], exposure: [1.5, 1.25]",
        "events: [40000, 40100], exposure: [1000000, 1000000]",
    ],
    "relative_rate_ratio": [
        "treated: [240, 180], control: [300, 290]",
        "treated: [1, 90000], control: [300, 290]",
        "treated: [50000, 49000], control: [50000, 49100]",
    ],
    "published_change": [
        "rates: [1.20, 0.08], counts: [1539, 113]",
        "rates: [0.00012, 123456.5], counts: [25, 98765]",
        "rates: [1.2, 1.1], counts: [153900, 153800]",
        "rates: [3, 1]",
    ],
    "published_effect": ["estimate: 0.053", "estimate: 12.5", "estimate: -0.0001"],
    "plan_counts": [
        "expected_control: 100, ratio: 0.75",
        "expected_control: 3, ratio: 0.9",
        "expected_control: 1234567, ratio: 0.99",
    ],
    "plan_clusters": [
        "events_per_cluster: 20",
        "events_per_cluster: 0.4",
        "events_per_cluster: 150000",
    ],
    "plan_officers": ["deviation: 2000", "deviation: 0.01", "deviation: 12345678.5"],
    "plan_proportions": ["size: 50", "size: 5", "size: 1234567"],
    "plan_design_effect": ["icc: 0.05", "icc: 0.00001", "icc: 0.999"],
    "two_by_two": [
        "table: [[3, 1], [1, 3]]",
        "table: [[0, 9], [9, 0]]",
        "table: [[123456, 1], [2, 98765]]",
    ],
}


def sentences(result: Result) -> Iterator[str]:
    """What a reader is given of a result."""
    yield result.summary
    yield from result.notes
    yield result.measure.replace("_", " ")
    yield result.method
    for gate in result.gates:
        yield f"{gate.name}: {gate.reason.rstrip('.')}."


def said_by(name: str, table: pl.DataFrame | None, text: str | None = None) -> list[str]:
    """Every sentence of one run, or that of its refusal."""
    study = study_from(text or DESIGNS[name].example, name)
    try:
        return list(sentences(estimate(replace(study, inline=None), table)))
    except Refusal as refusal:
        return [str(refusal)]


def of_random_tables(rng: np.random.Generator, each: int) -> Iterator[tuple[str, str]]:
    """Name and sentence of every design, with other numbers than its example's, `each` times."""
    for name in with_tables():
        for _ in range(1 if name in SLOW else each):
            for said in said_by(name, drawn(name, rng)):
                yield name, said


def drawn(name: str, rng: np.random.Generator) -> pl.DataFrame:
    """The table of an example with counts and measures of another size."""
    table = example_table(name)
    factor = float(rng.choice(SIZES))
    spread = float(rng.choice((0.02, 0.3, 1.5)))
    for column in COUNTED.get(name, ()):
        mean = np.minimum(table[column].to_numpy().astype(float) * factor, 1e12)
        table = table.with_columns(pl.Series(column, rng.poisson(mean)))
    floats = [column for column, kind in table.schema.items() if kind == pl.Float64]
    for column in floats if name != "p_value_family" else []:
        moved = table[column].to_numpy() * factor * rng.lognormal(0, spread, len(table))
        table = table.with_columns(pl.Series(column, moved))
    return table


def of_other_keys() -> Iterator[tuple[str, str]]:
    """Name and sentence of designs whose keys say everything, with extreme keys."""
    for name, (given, *others) in KEYS.items():
        for other in others:
            text = DESIGNS[name].example.replace(given, other)
            assert other in text, name
            for said in said_by(name, study_of(name).inline, text):
                yield name, said


def of_examples() -> Iterator[tuple[str, str]]:
    """Name and sentence of every example as the documentation prints it."""
    for name in DESIGNS:
        if name not in {"plan_rollout"}:
            for said in said_by(name, study_of(name).inline):
                yield name, said


SCALES = (
    (Scale.LOG_RATIO, ""),
    (Scale.LOG_ODDS_RATIO, ""),
    (Scale.LOG_HAZARD_RATIO, ""),
    (Scale.RATE_DIFFERENCE, ""),
    (Scale.DIFFERENCE, "seconds"),
    (Scale.PROPORTION_DIFFERENCE, ""),
    (Scale.STANDARDISED_DIFFERENCE, ""),
)
EXTREMES = ((-inf, -0.1), (0.1, inf), (-inf, inf), (-800.0, 800.0), (0.0, 0.0), (1e-9, 2e-9))


def of_intervals(rng: np.random.Generator, count: int) -> Iterator[tuple[str, str]]:
    """Name of the scale and sentence of intervals of every width and place."""
    for place in range(count):
        scale, unit = SCALES[place % len(SCALES)]
        middle = rng.normal(0, 1) * 10.0 ** rng.integers(-4, 4)
        reach = abs(rng.normal(0, 1)) * 10.0 ** rng.integers(-4, 4)
        low, high = float(middle - reach), float(middle + reach)
        if scale is Scale.PROPORTION_DIFFERENCE:
            low, high = max(low, -1.0), min(high, 1.0)
            low, high = min(low, high), max(low, high)
        if place < len(EXTREMES) * len(SCALES) and scale.is_logarithm:
            low, high = EXTREMES[place // len(SCALES)]
        basis = ("randomised", "compared", "descriptive")[place % 3]
        smallest = None if place % 2 else abs(float(rng.normal(0, 1)))
        said = describe_interval(
            "Complaints",
            (low, high),
            scale,
            basis,  # type: ignore[arg-type]
            unit=unit,
            smallest=smallest,
            is_change=place % 5 == 0,
        )
        assert said.endswith(CAUTION[basis])  # type: ignore[index]
        yield str(scale), said
