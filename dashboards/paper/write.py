"""The committee paper of an area, from a choice of figures to the bytes of a PDF.

It says what the pages say about the area, in the order of a meeting.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from dashboards.charts.area_charts import spine
from dashboards.charts.metric import counts, dots, trend
from dashboards.components import tables
from dashboards.data import headlines, metric_rows, release, sources, topics
from dashboards.data import promises as promise_data
from dashboards.data.choice import Choice
from dashboards.data.headlines import HeadlineFigure
from dashboards.data.release import Release
from dashboards.paper.choose import PublicRelease, as_public, find
from dashboards.paper.typeset import Block, Grid, Paper, Picture, Points, Section, Words, pdf, svg
from dashboards.text import captions, evidence_table, figures, notices
from dashboards.text import evidence as evidence_text
from dashboards.text import home as home_text
from dashboards.text import promises as promise_text
from dashboards.text.formats import escape, number_of
from dashboards.views import home

Metric = Mapping[str, Any]
Found = tuple[Metric, HeadlineFigure]
FEW, SOME, ROW = 2, 5, 34
# A chart of counts that never reach this says less than a sentence.
TOO_SMALL = 10
# What fits on four sheets; what is left out is counted and mentioned.
MOST_PROMISES, MOST_MEASURES, MOST_PLACES, MOST_STUDIES, MOST_LIMITS = 6, 10, 6, 5, 6
MOST_PICTURES, TALL = 3, 130
PUBLIC_NOTE = (
    "Figures are those of the public extract: small counts are hidden to protect people, and so is "
    "all that would reveal them."
)
OPEN_NOTE = "Figures are made from open data, as their publishers gave them."
INTERNAL = "INTERNAL: not for publication. Small counts in this paper are not hidden."
SYNTHETIC = "SYNTHETIC DATA: every figure in this paper is invented."
SUBJECTS = (topics.USE, topics.CARE, topics.COMPLAINTS, topics.CASES, topics.SAFETY)


def paper_of_area(
    release: Release,
    area: str,
    *,
    programme: str = "",
    period: str = "",
    is_internal: bool = False,
) -> bytes:
    """The paper of an area by its name.

    Raises NoSuchPaper for an area or period that the release does not have, and NoPublicFigures
    where nothing of it may be made public.
    """
    return paper_of(find(release, area, programme, period), is_internal=is_internal)


def paper_of(choice: Choice, *, is_internal: bool = False, address: str = "") -> bytes:
    """The paper of what a reader chose; `address` leads back to the pages."""
    shown = choice if is_internal else as_public(choice)
    asked = "" if shown.where == choice.where else choice.where
    paper = paper_contents(shown, stands_for=asked, is_internal=is_internal, address=address)
    return pdf(paper, _made_at(choice.release))


def _made_at(release: Release) -> datetime:
    """The moment of the file: that of the release, so that the same paper has the same bytes."""
    try:
        return datetime.fromisoformat(release.published).replace(microsecond=0)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


def paper_contents(
    choice: Choice, *, stands_for: str = "", is_internal: bool = False, address: str = ""
) -> Paper:
    """The paper of a choice.

    `stands_for` names an area whose own figures are not public, so that those of the choice stand
    for them; `address` leads to the pages.
    """
    note = notices.stands_for(stands_for, choice.where) if stands_for else ""
    synthetic = bool(choice.programme["is_synthetic"])
    marks = [SYNTHETIC if synthetic else "", INTERNAL if is_internal else ""]
    found = _measures(choice)
    sections = [
        Section("In short", _in_short(choice)),
        Section("What was promised, and where it stands", _promised(choice)),
        Section("The figures", _figures(choice, found)),
        Section("Was it the cameras?", _studies(choice)),
        Section("What is missing, and what to know", _missing(choice)),
        Section("Sources, and how to cite this", _sources(choice, address)),
    ]
    as_public = OPEN_NOTE if choice.programme["is_open_data"] else PUBLIC_NOTE
    whose = INTERNAL if is_internal else as_public
    name = choice.programme["programme_name"]
    return Paper(
        title=f"Body-worn video: {choice.where}{f' (with {stands_for})' if stands_for else ''}",
        subtitle=f"Committee paper. {name}, {captions.chosen_period(choice)}",
        standing=notices.standing(
            choice.release.cited_as, choice.release.published, choice.programme["data_to"]
        ),
        mark=" ".join(filter(None, marks)),
        warnings=[*_warnings(choice), *filter(None, (escape(note), whose))],
        sections=[section for section in sections if section.blocks],
    )


def _warnings(choice: Choice) -> list[str]:
    """What the pages say above the first figure."""
    programme, shown = choice.programme, choice.release
    said = [
        notices.withdrawn(shown.withdrawn) if shown.withdrawn else "",
        "" if shown.is_current else notices.older(shown.name),
        notices.run_warning(_status(choice), datetime.now(UTC)),
        notices.carried(programme, shown.manifest),
        notices.SYNTHETIC if programme["is_synthetic"] else "",
    ]
    return [text for text in said if text]


def _status(choice: Choice) -> dict[str, Any]:
    """What the last run recorded; nothing if the release has been replaced since."""
    shown = choice.release
    return release.last_run(shown.reader) if shown.is_current else {}


def _in_short(choice: Choice) -> list[Block]:
    """The four answers of Home as a table: figure, verdict and what it is compared with."""
    promised = home.promised_figures(choice)
    rows = []
    for card in home.CARDS:
        found = home.first_with_figure(choice, card.metrics)
        if found is None:
            rows.append([card.heading, *_no_answer(choice, card.heading)])
            continue
        metric, one = found
        promise = promised.get(str(metric["metric_id"]))
        said = home_text.sentence(one, metric, promise)
        rows.append(
            [card.heading, _answer(metric, one, said), home_text.badge(one, metric, promise)]
        )
    rows.append(["A difference?", *_difference(choice)])
    heads = ("Question", "Answer", "Verdict")
    return [Grid("Four questions, answered from the records", heads, rows, (1.1, 4, 1.6))]


def _no_answer(choice: Choice, heading: str) -> tuple[str, str]:
    """Why a question has no figure: nothing was supplied, or nothing of it is public."""
    if isinstance(choice.release, PublicRelease):
        return "No figure in the public extract answers this.", "not published"
    return home_text.nothing(heading), home_text.NOT_SUPPLIED


def _answer(metric: Metric, one: HeadlineFigure, said: str) -> str:
    figure = escape(figures.short(one.row, metric))
    return f"**{escape(metric['label'])}: {figure}.** {said}"


def _difference(choice: Choice) -> tuple[str, str]:
    """What happened to an outcome, and what the studies say of it."""
    lines = [evidence_text.verdict(row) for row in _study_rows(choice)]
    found = home.first_with_figure(choice, home.OUTCOMES)
    said = notices.NO_STUDY
    if found:
        said = _answer(*found, home_text.sentence(found[1], found[0], None))
    return said, home_text.commonest(lines)


def _promised(choice: Choice) -> list[Block]:
    promises = promise_data.promises_of(choice)
    if promises.is_empty():
        return [Words(promise_text.NONE)]
    current = promise_data.current_of(promises)
    listed = home_text.by_gravity(current.to_dicts())
    blocks: list[Block] = [
        Words(promise_text.summary(current["promise_status"].to_list())),
        Points([promise_text.brief(each) for each in listed[:MOST_PROMISES]]),
    ]
    if listed[MOST_PROMISES:]:
        blocks.append(Words(f"And {len(listed) - MOST_PROMISES} more, on the page Promises."))
    return blocks


def _measures(choice: Choice) -> list[Found]:
    """Measures of every subject that have a figure, in the order of the pages, the first first."""
    by_subject = []
    for topic in SUBJECTS:
        metrics = metric_rows.on(choice, topic.topics, topic.first)
        found = [(metric, one) for metric in metrics if (one := headlines.of(choice, metric))]
        by_subject.append(found)
    longest = max((len(found) for found in by_subject), default=0)
    turns = [found[turn] for turn in range(longest) for found in by_subject if turn < len(found)]
    kept = {str(metric["metric_id"]) for metric, _ in turns[:MOST_MEASURES]}
    return [each for found in by_subject for each in found if str(each[0]["metric_id"]) in kept]


def _figures(choice: Choice, found: Sequence[Found]) -> list[Block]:
    if not found:
        return [Words(figures.nothing(str(choice.programme["programme_name"])))]
    rows = [
        [
            escape(metric["label"]),
            escape(figures.short(one.row, metric)) + _interval(one, metric),
            escape(figures.when(one.row)) + (" (provisional)" if one.row["is_provisional"] else ""),
            escape(figures.against(one.before, one.row, metric)) or "no year before to compare",
        ]
        for metric, one in found
    ]
    heads = ("Measure", "Figure", "Period", "Against a year before")
    table = Grid(f"{choice.where}: measures that have a figure", heads, rows, (2.4, 2.2, 1.8, 2.2))
    return [table, *_peers(choice, found), *_pictures(choice, found)]


def _interval(one: HeadlineFigure, metric: Metric) -> str:
    said = figures.interval(one.row, metric)
    return f", {said}" if said else ""


def _pictures(choice: Choice, found: Sequence[Found]) -> list[Block]:
    """Charts of the first measures that have figures over time, one per subject."""
    pictures: list[Block] = []
    seen: set[str] = set()
    # A rate says more than a handful of counts.
    for metric, one in sorted(found, key=lambda each: each[0]["kind"] in figures.COUNTED):
        if str(metric["topic"]) in seen or len(pictures) == MOST_PICTURES:
            continue
        if picture := _picture(choice, metric, one):
            pictures.append(picture)
            seen.add(str(metric["topic"]))
    return pictures


def _picture(choice: Choice, metric: Metric, one: HeadlineFigure) -> Picture | None:
    """The chart of a measure through time, as its page draws it; None for a single figure."""
    rows = tables.named(metric_rows.over_time(choice, str(metric["metric_id"])))
    rows = rows.with_columns(label=pl.lit(choice.where))
    is_small = max(rows["numerator"].drop_nulls().to_list(), default=0) < TOO_SMALL
    if rows["period_start"].n_unique() < FEW:
        return None
    if metric["kind"] in figures.COUNTED and is_small:
        return None
    beside = f"{choice.where}, and {choice.peers.label} in grey" if choice.peers.area_ids else ""
    title = captions.title(
        figures.finding(one.row, metric),
        choice,
        *filter(None, (metric["label"], beside)),
        source=_source(choice, metric),
    )
    drawn = svg(lambda: _drawn(choice, metric, rows, title), TALL)
    words = f"{metric['label']}, {choice.where}, by {rows['period_grain'][0]}."
    values = _values(rows.to_dicts(), metric)
    return Picture(drawn, f"Chart. {words} {values}", captions.marks(metric, rows.to_dicts()))


def _drawn(choice: Choice, metric: Metric, rows: pl.DataFrame, title: str) -> Any:
    if figures.is_counted(metric, rows["status"].to_list()):
        what = figures.first_part(metric["numerator_words"])
        counted = captions.title(
            f"Counts: {what}", choice, metric["label"], source=_source(choice, metric)
        )
        return counts(rows, metric, title if metric["kind"] in figures.COUNTED else counted)
    if rows["period_start"].n_unique() <= FEW:
        return dots(rows.with_columns(label=pl.col("period")), metric, title)
    peers = metric_rows.of_peers(choice, str(metric["metric_id"]), str(rows["period_grain"][0]))
    return trend(rows, metric, title, None if peers.is_empty() else peers)


def _source(choice: Choice, metric: Metric) -> str:
    return "; ".join(sources.producers(choice, str(metric["metric_id"])))


def _values(rows: Sequence[Mapping[str, Any]], metric: Metric) -> str:
    """A chart's values for those who do not see it: each where they are few, else its ends."""
    final = [row for row in rows if row["status"] == "final"]
    if not final:
        return "No period has enough events for a rate; the bars are counts."
    if len(final) <= 2 * SOME:
        shown = [(figures.when(row), row) for row in final]
    else:
        low, high = (pick(final, key=lambda row: row["value"]) for pick in (min, max))
        ends = (("first", final[0]), ("last", final[-1]), ("lowest", low), ("highest", high))
        shown = [(f"{name}, {figures.when(row)}", row) for name, row in ends]
    said = "; ".join(f"{when}: {figures.with_unit(row, metric)}" for when, row in shown)
    return f"{said[:1].upper()}{said[1:]}."


def _peers(choice: Choice, found: Sequence[Found]) -> list[Block]:
    """Where the area is among its peers, as on the pages; nothing where it has too few."""
    if choice.area["area_id"] not in choice.peers.area_ids:
        return []
    places = [
        place
        for metric, one in found
        if (place := headlines.among_peers(choice, metric, one)) is not None and place.count >= SOME
    ]
    if not places:
        return []
    # If there are many, those that differ most; they keep the order of the table.
    apart = sorted(places, key=lambda place: place.standing == "similar")[:MOST_PLACES]
    places = [place for place in places if place in apart]
    rows = pl.DataFrame([place.as_row() for place in places])
    title = captions.title(f"{choice.where} among {choice.peers.label}", choice, figures.SPINE)
    said = "; ".join(f"{place.label}: {place.said}" for place in places)
    drawn = svg(lambda: spine(rows, title), ROW * len(places))
    return [Picture(drawn, f"Chart of places among peers. {said}.", notices.CONTESTED_SHORT)]


def _study_rows(choice: Choice) -> list[dict[str, Any]]:
    rows = [
        row
        for topic in topics.ALL
        for row in topics.studies_of(choice, topic).to_dicts()
        if topic.outcomes
    ]
    return list({str(row["study_id"]): row for row in rows}.values())


def _studies(choice: Choice) -> list[Block]:
    rows = _study_rows(choice)
    if not rows:
        return [Words(notices.NO_STUDY)]
    lines = [
        evidence_text.in_a_line(row, not_met=topics.checks_not_met(choice, str(row["study_id"])))
        for row in rows[:MOST_STUDIES]
    ]
    blocks: list[Block] = [Points(lines)]
    if more := len(rows[MOST_STUDIES:]):
        blocks.append(Words(f"And {number_of(more, 'more studies')}, on the page Evidence."))
    return [*blocks, Words(evidence_table.TWO_QUESTIONS)]


def _missing(choice: Choice) -> list[Block]:
    """Files refused, replaced or shrunken, subjects and months without figures, and limits."""
    wrong = [notices.file_problem(each) for each in sources.file_problems(choice)[:MOST_LIMITS]]
    late = notices.late(_status(choice))
    empty = metric_rows.pages_without_figures(choice)
    absent = [each.title.lower() for each in topics.ALL if each.page in empty]
    is_public = isinstance(choice.release, PublicRelease)
    none = "The public extract has no figure on" if is_public else "Nothing was supplied on"
    nothing = [f"{none}: {', '.join(absent)}."] if absent else []
    limits = notices.missing(choice.programme["limits"])[:MOST_LIMITS]
    return [Points([*wrong, *late, *_missing_months(choice), *nothing, *limits])]


def _missing_months(choice: Choice) -> list[str]:
    """Why headline figures are of less than twelve months, each reason once."""
    rows = choice.release.rows("fct_headlines", **choice.place)
    if rows.is_empty():
        return []
    known = {str(row["metric_id"]): row for row in choice.release.rows("dim_metric").to_dicts()}
    names: dict[str, list[str]] = {}
    for row in rows.sort("metric_id").to_dicts():
        if (why := figures.why_this_period(row)) and row["status"] in metric_rows.SHOWN:
            names.setdefault(why, []).append(str(known[str(row["metric_id"])]["label"]))
    return [f"{why} That is so of: {escape('; '.join(labels))}." for why, labels in names.items()]


def _sources(choice: Choice, address: str) -> list[Block]:
    lines = notices.origins(list(sources.of_programme(choice).iter_rows(named=True)))
    said = captions.citation(choice, sources.producers(choice), "Committee paper", address)
    return [Points(lines or ["This release names no source for this programme."]),
            Words(f"**Cite as:** {escape(said)}"), Words(notices.FOOTAGE)]  # fmt: skip
