"""Studies on the page Evidence, areas among their peers, and what others have published.

Each study has both contrasts and its checks; the programme's own estimates stand beside published
ones.
"""

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl
import streamlit as st

from dashboards.charts import study_charts
from dashboards.charts.study_charts import findings, on_one_scale
from dashboards.components import tables
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.files.released_files import Packaged
from dashboards.text import captions, evidence_table, notices
from dashboards.text import evidence as evidence_text
from dashboards.text.evidence import MEASURES, OUTCOMES
from dashboards.text.figures import sentence
from dashboards.text.formats import escape

Row = Mapping[str, Any]
PEERS_FIRST = ("area_id", "metric_id", "value", "peer_median", "limit_998_low", "limit_998_high")
# The outcome group of a change of a metric, by the metric's subject.
OUTCOME_OF = {"complaints": "complaints", "case_outcomes": "pleas", "safety": "use_of_force"}
LIBRARY_FIRST = (
    "evidence_grade", "study_citation", "site", "outcome_name", "effect_measure",
    "published_effect", "effect_low", "effect_high", "design_class", "source_url",
)  # fmt: skip


def of_programme(choice: Choice) -> pl.DataFrame:
    """Studies of the chosen programme that this release ran."""
    return choice.release.rows("fct_studies", programme_id=choice.place["programme_id"])


def of_publications(choice: Choice) -> pl.DataFrame:
    """Studies of printed figures, which belong to no programme."""
    rows = choice.release.rows("fct_studies", programme_id=None)
    return rows.drop("programme_id") if rows.width else rows


def summary(choice: Choice, rows: pl.DataFrame) -> None:
    """Outcomes by what they were compared with, a verdict and an interval in each cell."""
    happened = _happened(choice)
    outcomes = [
        name
        for name in evidence_text.OUTCOMES
        if name in happened or (rows.width and name in rows["outcome_group"].to_list())
    ]
    if not outcomes:
        return
    studies = rows.sort("study_id").to_dicts() if rows.width else []
    found = {
        name: (happened.get(name, []), [row for row in studies if row["outcome_group"] == name])
        for name in outcomes
    }
    st.markdown(evidence_table.matrix(found))
    st.caption(evidence_table.TWO_QUESTIONS)
    for unit, bars in evidence_table.bars(found).items():
        _bars(choice, unit, bars)


def _bars(choice: Choice, unit: str, bars: list[Row]) -> None:
    """The content of the table, as interval bars on one scale."""
    title = captions.title(evidence_table.BARS, choice, choice.where, unit)
    st.altair_chart(
        on_one_scale(pl.DataFrame(bars), title, f"{unit} ({evidence_table.BELOW})"),
        width="stretch",
        alt=evidence_table.bars_alt(unit, bars),
    )


def summary_of(choice: Choice, rows: pl.DataFrame) -> None:
    """The verdict of each study, one line each."""
    lines = [
        evidence_text.in_a_line(row, not_met=topics.checks_not_met(choice, str(row["study_id"])))
        for row in rows.sort("study_id").to_dicts()
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _happened(choice: Choice) -> dict[str, list[Row]]:
    """Changes since before the cameras, by outcome: those of the chosen area that may be shown."""
    changes = choice.release.rows("fct_changes", status="final", **choice.place)
    names = choice.release.rows("dim_metric")
    if changes.is_empty() or names.is_empty():
        return {}
    about = names.select("metric_id", "label", "topic", "unit")
    found: dict[str, list[Row]] = {}
    for row in changes.join(about, on="metric_id").sort("metric_id").iter_rows(named=True):
        outcome = OUTCOME_OF.get(str(row["topic"]))
        if outcome:
            found.setdefault(outcome, []).append(row)
    return found


def show(choice: Choice, rows: pl.DataFrame, key: str) -> None:
    """How many studies there are, and the one that the reader opens, in full."""
    if said := evidence_text.many(rows.to_dicts()):
        st.markdown(said)
    ordered = rows.sort(pl.col("estimate").is_null(), "study_id")
    studies = {str(row["study_title"]): row for row in ordered.to_dicts()}
    title = st.selectbox(
        "Open a study",
        list(studies),
        index=None,
        placeholder=f"Choose one of {len(studies)}",
        key=key,
        bind="query-params",
    )
    if title in studies:
        _one(choice, studies[title], rows)


def _one(choice: Choice, row: Row, rows: pl.DataFrame) -> None:
    """Question, design, estimate, what was held back, the periods around the start, sensitivity."""
    st.markdown(f"## {escape(row['study_question'] or row['study_title'])}")
    asked = [("Design", row["study_design"]), ("Compared", row["compared_what"])]
    # A design's own account marks its keys as code.
    said = [f"**{name}:** {sentence(str(text).replace('`', ''))}" for name, text in asked if text]
    st.markdown("  \n".join(said))
    if row["refusal_reason"]:
        why = sentence(row["refusal_reason"])
        st.info(f"**Held back: there is no estimate.** {why}", icon=":material/block:")
    else:
        _found(choice, row)
    if row["would_change"]:
        st.markdown(f"**What would change our mind:** {sentence(row['would_change'])}")
    st.markdown(evidence_text.standing(row))
    st.caption(_made_by(choice, row))
    if not row["refusal_reason"]:
        _figures(choice, row, rows)


def _found(choice: Choice, row: Row) -> None:
    """The findings of a study that was not refused, and how far they may be trusted."""
    name = str(row["study_id"])
    gates = choice.release.rows("fct_study_gates", study_id=name).sort("gate_order").to_dicts()
    numbers = choice.release.rows("fct_study_values", study_id=name).drop_nulls("value_number")
    values = dict(numbers.select("value_name", "value_number").iter_rows())
    _contrasts(row)
    if held := evidence_text.held_back(row, gates):
        st.info(held, icon=":material/block:")
    _event_study(choice, name, values.get("pre_test_p"))
    if lines := evidence_text.sensitivity(row, values) if row["estimate"] is not None else []:
        st.markdown("\n".join(["**Sensitivity**", *(f"- {line}" for line in lines)]))
    st.markdown(evidence_text.smallest(row))
    with st.expander("The checks that decide what may be shown"):
        st.markdown(evidence_text.checks(gates))


def _event_study(choice: Choice, study_id: str, test_p: float | None) -> None:
    """The periods before and after, where the study's design gives them; otherwise nothing."""
    rows = choice.release.rows("fct_study_points", study_id=study_id)
    if rows.is_empty():
        return
    st.markdown(f"**{evidence_text.MOVED_ALIKE}** {evidence_text.parallel_trends(test_p)}")
    title = captions.title(
        "Observed against expected, by period", choice, "with 95% intervals and number of places"
    )
    points = rows.sort("event_period").to_dicts()
    st.altair_chart(
        study_charts.event_study(rows, title), width="stretch", alt=evidence_text.event_alt(points)
    )
    st.caption(evidence_text.POINTS)
    with st.expander("The table of these points, to read or to download"):
        tables.released_table(choice, rows, "fct_study_points", f"points_{study_id}")


def _contrasts(row: Row) -> None:
    """What was compared with others, always together with what happened over time."""
    left, right = st.columns(2, gap="large", border=True)
    kind = str(row["design_class"])
    over_time = kind == "before_after"
    heading = evidence_text.NO_OTHERS if over_time else evidence_text.HEADINGS[kind]
    left.markdown(f"**{heading}**")
    if over_time:
        left.markdown(evidence_text.ONE_SERIES)
    else:
        left.markdown(sentence(row["words"]))
        left.markdown(evidence_text.estimate(row))
    right.markdown(f"**{notices.OVER_TIME}**")
    right.warning(evidence_text.NOT_RANDOMISED, icon=":material/compare_arrows:")
    right.markdown(sentence(row["words"] if over_time else row["before_after_words"]))


def _made_by(choice: Choice, row: Row) -> str:
    code = str(choice.release.manifest.get("code", {}).get("version", ""))[:12] or "not known"
    study = str(row["study_sha256"] or "not known")[:12]
    return f"Study {study}, code {escape(code)}, release {escape(choice.release.name)}."


def _figures(choice: Choice, row: Row, rows: pl.DataFrame) -> None:
    name = str(row["study_id"])
    with st.expander("Every figure of this study, its method and notes"):
        st.markdown(f"Method: {sentence(row['method'])}")
        values = choice.release.rows("fct_study_values", study_id=name).sort("value_order")
        for note in values.filter(pl.col("value_name").str.starts_with("note_")).to_dicts():
            st.markdown(f"- {sentence(note['value_text'])}")
        tables.released_table(choice, values, "fct_study_values", f"values_{name}")
        mine = rows.filter(study_id=name)
        tables.download(choice, mine, Packaged("fct_studies", f"study_{name}", "a study"))


def show_peers(choice: Choice) -> None:
    """The last year of every metric by set of peers, areas beyond the outer limits first."""
    rows = choice.release.rows("fct_area_comparisons", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        st.markdown(evidence_text.NO_PEERS)
        return
    last = pl.col("period_start").max().over("peer_set", "metric_id", "period_grain")
    rows = rows.filter(pl.col("period_start") == last, pl.col("period_grain") == "year")
    for name, reason in rows.select("peer_set_name", "peer_reason").unique().sort("*").iter_rows():
        mine = rows.filter(peer_set_name=name)
        st.markdown(evidence_text.peers(name, reason))
        st.markdown(evidence_text.luck_among_peers(mine.to_dicts()))
        far = mine.filter(pl.col("place_in_funnel").str.ends_with("_998"), pl.col("is_beyond_luck"))
        if not far.is_empty():
            st.markdown(evidence_text.beyond_peers(far.to_dicts(), _names(choice)))
        with st.expander(f"Every figure of the last year: {name}"):
            tables.released_table(
                choice, mine, "fct_area_comparisons", f"peers_{mine['peer_set'][0]}", PEERS_FIRST
            )


def _names(choice: Choice) -> dict[str, str]:
    """Labels of metrics and names of areas by their ids."""
    metrics = choice.release.rows("dim_metric").select("metric_id", "label").rows()
    places = choice.release.rows("dim_area", programme_id=choice.place["programme_id"])
    return dict(metrics) | dict(places.select("area_id", "area_name").rows())


def evidence_points(choice: Choice) -> pl.DataFrame:
    """Published figures and those of the chosen programme."""
    rows = choice.release.rows("fct_evidence_points")
    if rows.is_empty():
        return rows
    ours = pl.col("programme_id") == choice.place["programme_id"]
    return rows.filter(~pl.col("is_local") | ours)


def among_published(choice: Choice) -> None:
    """One outcome in one measure: the chart, what is not averaged and why, and the table."""
    rows = evidence_points(choice)
    if rows.is_empty():
        st.markdown(evidence_text.NO_PUBLISHED)
        return
    left, right = st.columns(2)
    outcome = _pick(left, "outcome", OUTCOMES, rows)
    rows = rows.filter(outcome_group=outcome)
    measure = _pick(right, "measure", MEASURES, rows)
    plotted = rows.filter(effect_measure=measure)
    what = f"{OUTCOMES[outcome]}: {MEASURES[measure].lower()}"
    place = evidence_text.how_many(plotted.height, plotted.filter("is_local").height)
    alt = f"Findings with intervals. {what}. {place}. {notices.IN_TABLE}"
    title = captions.published(what, choice, place)
    st.altair_chart(findings(plotted, title), width="stretch", alt=alt)
    st.caption(evidence_text.FOREST)
    st.markdown(f"{evidence_text.LIKE_ONLY} {evidence_text.not_averaged(_trials(plotted))}")
    found = set(rows["effect_measure"]) - {measure}
    if others := [said for name, said in MEASURES.items() if name in found]:
        st.markdown(f"This outcome is also published in other measures: {'; '.join(others)}.")
    with st.expander("The table behind this chart, to read or to download"):
        columns = ("point_label", "point_value", "point_low", "point_high", "evidence_grade")
        tables.released_table(
            choice, plotted.drop("programme_id"), "fct_evidence_points", "findings", columns
        )


def _pick(
    place: st.delta_generator.DeltaGenerator,
    key: Literal["outcome", "measure"],
    names: dict[str, str],
    rows: pl.DataFrame,
) -> str:
    """A kind of those found, those with a figure of the programme first; kept in the address."""
    column = {"outcome": "outcome_group", "measure": "effect_measure"}[key]
    ours, found = set(rows.filter("is_local")[column]), set(rows[column])
    ordered = sorted((name for name in names if name in found), key=lambda name: name not in ours)
    known = {names[name]: name for name in ordered}
    asked = place.selectbox(key.capitalize(), list(known), key=key, bind="query-params")
    return known.get(str(asked), ordered[0])


def _trials(plotted: pl.DataFrame) -> int:
    """Randomised trials that have an interval; several figures of one publication count once."""
    tried = plotted.filter(
        (pl.col("design_class") == "randomised") & pl.col("point_low").is_not_null()
    )
    return tried.select(pl.coalesce("study_citation", "point_id")).n_unique() if len(tried) else 0


def library(choice: Choice) -> None:
    """Every published finding, with grade and source."""
    rows = choice.release.rows("fct_published_effects")
    if rows.is_empty():
        st.markdown(evidence_text.NO_PUBLISHED)
        return
    st.markdown(evidence_text.NOT_FOUND_TOO)
    st.markdown(evidence_text.GRADES)
    tables.released_table(
        choice,
        rows.sort("evidence_grade", "effect_id"),
        "fct_published_effects",
        "library",
        LIBRARY_FIRST,
    )
