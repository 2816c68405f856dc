"""Intervals of quantiles are order statistics: ranks as published, and as wide as they say."""

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy import stats

from tests.rollup.rendered_models import rendered

MACROS = ("intervals", "order_statistics")
SQL = """
with ordered as (select sample, {{ values_in_order('value') }} from given group by sample)
select sample, {{ quantile(SHARE) }}, {{ quantile_end(SHARE, '-') }}, {{ quantile_end(SHARE, '+') }}
from ordered order by sample
"""


def quantiles(samples: list[list[float]], share: float) -> list[list[float | None]]:
    """Quantile and both ends of every sample, as the macros make them."""
    given = pl.DataFrame(
        {
            "sample": [place for place, values in enumerate(samples) for _ in values],
            "value": [value for values in samples for value in values],
        }
    )
    with duckdb.connect() as con:
        con.register("given", given)
        rows = con.execute(rendered(SQL.replace("SHARE", str(share)), MACROS)).fetchall()
    return [[None if each is None else float(each) for each in row[1:]] for row in rows]


def test_ranks_of_a_median_are_those_of_campbell_and_gardner() -> None:
    ranks = {6: (1, 6), 18: (5, 14), 100: (40, 61)}
    samples = [[float(each) for each in range(1, count + 1)] for count in ranks]
    found = quantiles(samples, 0.5)
    assert [tuple(each[1:]) for each in found] == list(ranks.values())
    assert [each[0] for each in found] == [float(np.median(sample)) for sample in samples]


def test_too_few_values_have_no_end() -> None:
    assert quantiles([[1.0, 2.0, 3.0]], 0.5) == [[2.0, None, None]]
    # Of thirty values none is high enough to bound the 95th percentile from above.
    ((_, low, high),) = quantiles([[float(each) for each in range(30)]], 0.95)
    assert low is not None
    assert high is None


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_intervals_hold_the_truth_as_often_as_they_say(share: float) -> None:
    samples = np.random.default_rng(3).exponential(1, (1000, 200))
    found = quantiles(samples.tolist(), share)
    assert [each[0] for each in found] == pytest.approx(np.quantile(samples, share, 1), abs=1e-6)
    truth = -np.log(1 - share)
    held = sum(
        low is not None and high is not None and low <= truth <= high for _, low, high in found
    )
    assert stats.binomtest(held, 1000, 0.95).pvalue > 0.001
