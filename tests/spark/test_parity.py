"""What counts as equal when releases of two engines are compared."""

import polars as pl
import pytest

from tests.proofs.spark_parity import is_same

RATES = pl.DataFrame({"area": ["a", "b", "c"], "rate": [0.1 + 0.2, 1 / 3, None]})


def with_rates(*rates: float | None) -> pl.DataFrame:
    return RATES.with_columns(rate=pl.Series(rates, dtype=pl.Float64))


def test_rows_in_another_order_and_last_digits_of_doubles_are_the_same() -> None:
    assert is_same(RATES, RATES.reverse())
    assert is_same(RATES, with_rates(0.3, 0.333333333333333, None))


@pytest.mark.parametrize(
    "other",
    [
        with_rates(0.3, 0.33333333333, None),
        with_rates(0.3, None, 1 / 3),
        with_rates(0.3, 1 / 3, 0.0),
        RATES.with_columns(area=pl.Series(["a", "b", "d"])),
        RATES.with_columns(pl.col("rate").cast(pl.Float32)),
        RATES.head(2),
    ],
)
def test_any_other_difference_is_one(other: pl.DataFrame) -> None:
    assert not is_same(RATES, other)
