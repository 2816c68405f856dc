"""One measure across areas: bars with intervals, and the funnel of the areas' declared peers."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.area_charts import bars, funnel
from dashboards.components import tables
from dashboards.data import metric_rows, peers, sources
from dashboards.data.choice import Choice
from dashboards.text import captions, figures
from dashboards.text.figures import sentence
from dashboards.text.formats import escape, period

Metric = Mapping[str, Any]


def show(choice: Choice, metric: Metric, row: metric_rows.Row) -> None:
    """The figure of every area among the chosen peers, and what chance alone would leave."""
    name = str(metric["metric_id"])
    rows = tables.named(metric_rows.by_area(choice, name, row))
    source = "; ".join(sources.producers(choice, name))
    when = figures.when(row)
    what = f"{metric['label']} in {choice.where} and {choice.peers.label}, {when}"
    title = captions.title(what, choice, source=source)
    with_text = rows.with_columns(text=_texts(rows, metric), value=_plotted("value", metric))
    drawn = with_text.with_columns(
        _plotted(end, metric) for end in ("interval_low", "interval_high")
    )
    unit = "per cent" if metric["unit"] == "%" else str(metric["unit"])
    words = captions.alt(str(metric["label"]), choice.where, "Compare areas", [])
    st.altair_chart(bars(drawn, title, unit, str(choice.area["label"])), width="stretch", alt=words)
    st.caption(captions.BARS)
    _funnel(choice, metric, unit, source)
    tables.show(choice, rows, metric, f"{name}_areas")


def _funnel(choice: Choice, metric: Metric, unit: str, source: str) -> None:
    rows = peers.compared(choice, str(metric["metric_id"]))
    if rows.is_empty():
        st.markdown(captions.NOT_COMPARED)
        return
    one = rows.row(0, named=True)
    st.markdown(f"**{escape(one['peer_set_name'])}.** {sentence(one['peer_reason'])}")
    if not peers.has_funnel(rows):
        st.markdown(sentence(one["comparison_words"]))
        return
    said = captions.beyond(rows.filter("is_beyond_luck")["label"].to_list())
    st.markdown(sentence(one["comparison_words"]))
    when = period("year", one["period_start"], one["period_end"])
    title = captions.title(f"{said} {metric['label']}, {when}", choice, source=source)
    ready = rows.with_columns(base=pl.col("denominator"), text=_texts(rows, metric))
    chart = funnel(
        ready, title, unit, figures.first_part(metric["denominator_words"]),
        str(choice.area["label"]),
    )  # fmt: skip
    alt = f"Funnel of {metric['label']}, {when}. {said} All values are in the table below."
    st.altair_chart(chart, width="stretch", alt=alt)
    st.caption(captions.FUNNEL)
    with st.expander("The table behind the funnel, to read or to download"):
        order = ("label", "value", "peer_median", "limit_998_low", "limit_998_high")
        plain = rows.drop("sort_order", "status", "is_provisional")
        tables.released_table(
            choice, plain, "fct_area_comparisons", f"funnel_{metric['metric_id']}", order
        )


def _texts(rows: pl.DataFrame, metric: Metric) -> pl.Series:
    said = [
        figures.short(row, metric) if row["status"] else "no figure"
        for row in rows.iter_rows(named=True)
    ]
    return pl.Series(said, dtype=pl.String)


def _plotted(name: str, metric: Metric) -> pl.Expr:
    """A column where it may be drawn: a rate only where it is final."""
    shown = ["final", "low"] if metric["kind"] in {"count", "distinct"} else ["final"]
    return pl.when(pl.col("status").is_in(shown)).then(pl.col(name)).alias(name)
