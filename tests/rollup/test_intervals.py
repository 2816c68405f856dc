"""The intervals written in SQL agree with SciPy's."""

import csv

import duckdb
import jinja2
import numpy as np
import polars as pl
import pytest
from scipy import stats

from orchestration import paths

MACROS = (paths.ROOT / "models" / "macros" / "intervals.sql").read_text()
LIMITS = paths.ROOT / "data" / "seeds" / "poisson_limits.csv"


def worked_out(cases: pl.DataFrame, *calls: str) -> list[np.ndarray]:
    """What DuckDB makes of each macro call, for every case; columns are named in the calls."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - it writes SQL, not pages
    sql = [environment.from_string(MACROS + "{{ " + call + " }}").render() for call in calls]
    selected = ", ".join(f"cast({each} as double) as c{place}" for place, each in enumerate(sql))
    with duckdb.connect() as con:
        con.register("cases", cases)
        found = con.sql(f"select {selected} from cases order by place").pl()
    assert len(found) == len(cases)
    return [found[column].to_numpy() for column in found.columns]


def exact_limits(events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Garwood's limits of Poisson counts, from the chi-squared distribution."""
    low = np.where(events > 0, stats.chi2.ppf(0.025, 2 * np.maximum(events, 1)) / 2, 0.0)
    return low, stats.chi2.ppf(0.975, 2 * events + 2) / 2


def counted(events: np.ndarray) -> pl.DataFrame:
    """Cases of a count with its exact limits, as the roll-up joins them."""
    low, high = exact_limits(events)
    cases = {"place": range(len(events)), "x": events.astype(float), "low": low, "high": high}
    return pl.DataFrame(cases)


def test_the_seed_of_limits_is_the_exact_interval_of_counts_under_ten() -> None:
    with LIMITS.open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["events"]) for row in rows] == list(range(10))
    low, high = exact_limits(np.arange(10))
    assert [float(row["limit_low"]) for row in rows] == pytest.approx(low, abs=1e-12)
    assert [float(row["limit_high"]) for row in rows] == pytest.approx(high, abs=1e-12)


def test_counts_under_ten_take_the_exact_limits_and_larger_ones_come_close() -> None:
    events = np.arange(3000)
    low, high = worked_out(counted(events), "poisson_low('x', 'low')", "poisson_high('x', 'high')")
    exact_low, exact_high = exact_limits(events)
    assert (low[:10] == exact_low[:10]).all()
    assert (high[:10] == exact_high[:10]).all()
    assert low == pytest.approx(exact_low, abs=0.03)
    assert high == pytest.approx(exact_high, abs=0.03)


def test_the_interval_of_a_share_is_wilsons_and_never_leaves_zero_to_one() -> None:
    pairs = [(x, n) for n in (1, 2, 3, 20, 263, 4000) for x in {0, 1, n // 3, n // 2, n - 1, n}]
    columns = [[float(each) for each in column] for column in zip(*pairs, strict=True)]
    cases = pl.DataFrame({"place": range(len(pairs)), "x": columns[0], "n": columns[1]})
    low, high = worked_out(cases, "wilson_low('x', 'n')", "wilson_high('x', 'n')")
    expected = [stats.binomtest(x, n).proportion_ci(method="wilson") for x, n in pairs]
    assert low == pytest.approx([each.low for each in expected], abs=1e-12)
    assert high == pytest.approx([each.high for each in expected], abs=1e-12)
    share = cases["x"].to_numpy() / cases["n"].to_numpy()
    assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1)).all()


def test_the_interval_of_a_share_matches_a_published_worked_example() -> None:
    # Newcombe (1998), table I: 81 of 263.
    case = pl.DataFrame({"place": [0], "x": [81.0], "n": [263.0]})
    low, high = worked_out(case, "wilson_low('x', 'n')", "wilson_high('x', 'n')")
    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_widening_multiplies_the_distance_in_logarithms_by_the_root_of_the_dispersion() -> None:
    cases = counted(np.arange(1, 500)).with_columns(phi=pl.lit(4.0))
    low, high = worked_out(cases, "widened('x', 'low', 'phi')", "widened('x', 'high', 'phi')")
    x, plain_low, plain_high = (cases[name].to_numpy() for name in ("x", "low", "high"))
    assert np.log(x / low) == pytest.approx(2 * np.log(x / plain_low))
    assert np.log(high / x) == pytest.approx(2 * np.log(plain_high / x))


def test_without_events_the_upper_limit_is_that_of_fewer_effective_events() -> None:
    cases = counted(np.array([0])).with_columns(phi=pl.lit(2.0))
    (high,) = worked_out(cases, "widened('x', 'high', 'phi')")
    assert high[0] == pytest.approx(2 * 3.6888794541139354)


def test_the_interval_of_a_difference_of_shares_matches_a_published_worked_example() -> None:
    # Newcombe (1998), Statistics in Medicine 17:873, table II, method 10: 56/70 less 48/80.
    case = pl.DataFrame({"place": [0], "x": [56.0], "n": [70.0], "y": [48.0], "m": [80.0]})
    own, other = (
        [share, f"wilson_low({parts})", f"wilson_high({parts})"]
        for share, parts in (("'(x / n)'", "'x', 'n'"), ("'(y / m)'", "'y', 'm'"))
    )
    calls = [f"difference_end({', '.join([*own, *other])}, '{sign}')" for sign in "-+"]
    low, high = worked_out(case, *calls)
    assert (low[0], high[0]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
