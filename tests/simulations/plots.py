"""Small multiples: a point and its 99 % interval per scenario, a panel per method."""

from pathlib import Path

import altair as alt
import polars as pl

from tests.simulations.labels import METHODS

BLUE, ORANGE, GREY = "#1d70b8", "#b25a00", "#767676"
WIDTH, ROW, ACROSS = 230, 16, 3
#: Title, and where lines of reference stand.
PLOTS = {
    "bias": ("Mean of estimate less truth, log points", (0.0,)),
    "coverage": ("Share of 95 % intervals that hold the truth", (0.93, 0.97)),
    "rejection": ("Share of tables in which no change is rejected", (0.05,)),
}
TRUTHS = ["no change", "a change"]


def small_multiples(summary: pl.DataFrame, figure: str) -> alt.FacetChart:
    """One figure of all methods of `summary` (the columns of `figures.summarised`)."""
    title, lines = PLOTS[figure]
    rows = summary.filter(pl.col("figure") == figure).with_columns(
        panel=pl.col("method").replace_strict(_short()),
        truth=pl.when("is_null").then(pl.lit(TRUTHS[0])).otherwise(pl.lit(TRUTHS[1])),
        **{f"line{place}": pl.lit(at) for place, at in enumerate(lines)},
    )
    chart = alt.Chart().encode(
        y=alt.Y("scenario:N", title=None, sort=None),
        color=alt.Color(
            "truth:N", title="In truth", scale=alt.Scale(domain=TRUTHS, range=[BLUE, ORANGE])
        ),
    )
    wide = alt.layer(
        *(_line(f"line{place}") for place in range(len(lines))),
        chart.mark_rule(strokeWidth=2).encode(alt.X("low:Q", title=None), x2="high:Q"),
        chart.mark_point(filled=True, size=40).encode(
            alt.X("value:Q", title=None),
            shape=alt.Shape("truth:N", title="In truth", scale=alt.Scale(domain=TRUTHS)),
        ),
        data={"values": rows.to_dicts()},
    ).properties(width=WIDTH, height=alt.Step(ROW))
    facets = wide.facet(
        facet=alt.Facet("panel:N", title=None, sort=[*_short().values()]), columns=ACROSS
    )
    placed: alt.FacetChart = facets.resolve_scale(y="independent").properties(title=title)
    return placed


def draw(summary: pl.DataFrame, folder: Path) -> dict[str, list[str]]:
    """Write the plots of every family as SVG; the names of the files by family."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, list[str]] = {}
    families = summary.partition_by("family", as_dict=True, maintain_order=True)
    for (family,), part in families.items():
        for figure in PLOTS:
            name = f"{family}_{figure}.svg"
            small_multiples(part, figure).save(str(folder / name))
            written.setdefault(str(family), []).append(name)
    return written


def _line(column: str) -> alt.Chart:
    line: alt.Chart = alt.Chart().mark_rule(color=GREY, strokeDash=[3, 3])
    return line.encode(x=f"mean({column}):Q")


def _short() -> dict[str, str]:
    """Names of methods without what stands in brackets."""
    return {name: words.split(" (")[0] for name, words in METHODS.items()}
