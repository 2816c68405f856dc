"""Released figures of one programme, read as a reader would: by metric, breakdown and period."""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

Counts = dict[str, float]


class Released:
    """The figures of a synthetic programme in a release; sums are of months, at the root area."""

    def __init__(self, release: Path, programme: str) -> None:
        self.release, self.programme = release, programme
        figures = self.table("fct_metrics")
        areas = self.table("dim_area")
        whole = areas.filter(pl.col("parent_area_id").is_null())["area_id"].to_list()
        self.root = whole[0]
        self.monthly = figures.filter(pl.col("period_grain") == "month")
        self.windows = figures.filter(pl.col("period_grain") == "window")

    def table(self, name: str) -> pl.DataFrame:
        """The rows of a released table that are about the programme."""
        rows = pl.scan_parquet(self.release / "internal/parquet" / f"{name}.parquet")
        return rows.filter(pl.col("programme_id") == self.programme).collect()

    def months(self, metric: str, breakdown: str = "all") -> pl.DataFrame:
        """Monthly figures of a metric at the root area."""
        return self.monthly.filter(
            pl.col("metric_id") == metric,
            pl.col("breakdown") == breakdown,
            pl.col("area_id") == self.root,
        )

    def total(self, metric: str, side: str = "numerator", value: str | None = None) -> float:
        """One side of a metric summed over all months; of one part where `value` names it."""
        rows = self.monthly.filter(pl.col("metric_id") == metric, pl.col("area_id") == self.root)
        return float(rows.filter(_part(value))[side].sum())

    def around(self, metric: str, day: date) -> tuple[float, float]:
        """Numerators summed over the months before a first of a month, and from it on."""
        rows = self.months(metric)
        late = pl.col("period_start") >= day
        return float(rows.filter(~late)["numerator"].sum()), float(
            rows.filter(late)["numerator"].sum()
        )

    def first_month(self, metric: str, value: str, at_least: float, side: str = "numerator") -> str:
        """The first month in which a part of a stock is as large as that."""
        rows = self.monthly.filter(pl.col("metric_id") == metric, pl.col("area_id") == self.root)
        reached = rows.filter(_part(value), pl.col(side) >= at_least)
        return str(reached["period_start"].min())

    def parts(self, metric: str, breakdown: str, side: str = "numerator") -> Counts:
        """The same by part; parts of nothing are left out."""
        rows = self.months(metric, breakdown)
        return _named(rows, "breakdown_value", side)

    def areas(self, metric: str, side: str = "numerator", value: str | None = None) -> Counts:
        """The same by area without parts, the unknown included."""
        return _named(self.leaves(metric, value), "area_id", side)

    def areas_and_months(self, metric: str) -> dict[tuple[str, str], float]:
        """Numerators by such an area and month, zeros left out."""
        rows = self.leaves(metric).filter(pl.col("numerator") != 0)
        return {
            (row["area_id"], str(row["period_start"])): row["numerator"]
            for row in rows.iter_rows(named=True)
        }

    def leaves(self, metric: str, value: str | None = None) -> pl.DataFrame:
        """Monthly figures of the areas without parts."""
        areas = self.table("dim_area")
        leaves = areas.join(areas, left_on="area_id", right_on="parent_area_id", how="anti")
        rows = self.monthly.filter(pl.col("metric_id") == metric, _part(value))
        return rows.join(leaves, on="area_id", how="semi")

    def at_end(self, metric: str, breakdown: str = "all", side: str = "numerator") -> Counts:
        """One side of a stock in its last month, by part."""
        rows = self.months(metric, breakdown)
        last = rows.filter(pl.col("period_start") == pl.col("period_start").max())
        return _named(last, "breakdown_value", side)

    def areas_at_end(self, metric: str) -> Counts:
        """A stock in its last month, by area without parts."""
        rows = self.leaves(metric)
        last = rows.filter(pl.col("period_start") == pl.col("period_start").max())
        return _named(last, "area_id", "numerator")

    def window(self, metric: str) -> float:
        """The figure of the whole window, which a median has and a sum of months has not."""
        rows = self.windows.filter(
            pl.col("metric_id") == metric,
            pl.col("breakdown") == "all",
            pl.col("area_id") == self.root,
        )
        return float(rows["value"].item())

    def loaded(self, table: str, side: str = "accepted") -> int:
        """Records of a table by the ledger: accepted, rejected, duplicates."""
        return int(self.table("fct_load_ledger").filter(table_name=table)[side].fill_null(0).sum())


def _part(value: str | None) -> pl.Expr:
    return pl.col("breakdown") == "all" if value is None else pl.col("breakdown_value") == value


def _named(rows: pl.DataFrame, name: str, side: str) -> Counts:
    found: Counter[str] = Counter()
    for key, value in rows.select(name, side).iter_rows():
        found[key] += value
    return {key: float(value) for key, value in found.items() if value}
