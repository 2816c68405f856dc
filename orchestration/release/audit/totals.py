"""Figures agree across areas and periods, and values with their numerators."""

from collections.abc import Iterator

from orchestration.release.audit.table_checks import Finding, OpenCandidate
from orchestration.release.dbt_artifacts import meta

SHOWN = 5
ADDITIVE = "('count', 'share', 'rate', 'ratio')"
KEY = """
    programme_id, metric_id, area_id, period_grain, period_start, breakdown, breakdown_value
"""
SLACK = "1e-9 * greatest(abs(total), 1)"

WHAT = """
    metric_id || ' of ' || area_id || ' in the ' || period_grain || ' of ' || period_start
    || case when breakdown = 'all' then '' else ', ' || breakdown || ' ' || breakdown_value end
"""
AREAS = f"""
    with below as (
        select
            programme_id, metric_id, parent_area_id as area_id, period_grain, period_start,
            breakdown, breakdown_value, sum(numerator) as total
        from fct_metrics
        inner join dim_area using (programme_id, area_id)
        where numerator is not null and parent_area_id is not null
        group by all
    )
    select {WHAT}, total, numerator
    from below
    inner join fct_metrics using ({KEY})
    inner join dim_metric using (metric_id)
    inner join dim_area using (programme_id, area_id)
    where
        kind in {ADDITIVE} and numerator < total - {SLACK}
        and coalesce(valid_from <= period_start, true) and coalesce(valid_to >= period_end, true)
    order by all
"""
PERIODS = f"""
    with months as (
        select
            programme_id, metric_id, area_id, long.period_grain, long.period_start,
            breakdown, breakdown_value, sum(short.numerator) as total
        from fct_metrics as short
        inner join fct_metrics as long
            using (programme_id, metric_id, area_id, breakdown, breakdown_value)
        where
            short.period_grain = 'month' and long.period_grain in ('quarter', 'year')
            and short.period_start between long.period_start and long.period_end
        group by all
    )
    select metric_id, {WHAT}, total, numerator
    from months
    inner join fct_metrics using ({KEY})
    inner join dim_metric using (metric_id)
    where kind in {ADDITIVE} and abs(numerator - total) > {SLACK}
    order by all
"""
STRANGERS = """
    select distinct metric_id || ' of ' || area_id
    from fct_metrics as figure
    where
        not exists (from dim_metric where metric_id = figure.metric_id)
        or not exists (
            from dim_area
            where programme_id = figure.programme_id and area_id = figure.area_id
        )
    order by all
"""


HOURS = f"""
    with matched as (
        select
            programme_id, area_id, period_grain, period_start, sum(numerator) as matched_hours
        from fct_metrics
        where metric_id = 'footage_hours_by_shift_match' and breakdown = 'shift_match'
        group by all
    )
    select {WHAT}, matched_hours, numerator
    from matched
    inner join fct_metrics using (programme_id, area_id, period_grain, period_start)
    where
        metric_id = 'footage_hours' and breakdown = 'staff_scope' and breakdown_value = 'in scope'
        and matched_hours > numerator + 1e-9 * greatest(numerator, 1)
    order by all
"""
SHARES_OF_TIME = f"""
    select {WHAT}, value
    from fct_metrics
    where
        metric_id in ('recorded_share_of_shift_hours', 'recorded_share_of_all_shift_hours')
        and value > 100 + 1e-9
    order by all
"""


def _some(check: str, sentences: list[str]) -> Iterator[Finding]:
    for sentence in sentences[:SHOWN]:
        yield Finding(check, "error", sentence)
    if len(sentences) > SHOWN:
        yield Finding(check, "error", f"... and {len(sentences) - SHOWN} more of this kind.")


def areas_add_up(candidate: OpenCandidate) -> Iterator[Finding]:
    """No area has less than the sum of its parts.

    It may have more: some records are counted for the whole only. A period in which the area did
    not exist throughout is left out: its parts may have existed before it.
    """
    rows = candidate.rows(AREAS)
    yield from _some(
        "totals", [f"{what}: parts {total}, whole {own}." for what, total, own in rows]
    )


def _stocks(candidate: OpenCandidate) -> set[str]:
    return {
        node["name"].removeprefix("met_")
        for node in candidate.artifacts.nodes.values()
        if meta(node).get("stock")
    }


def periods_add_up(candidate: OpenCandidate) -> Iterator[Finding]:
    """A quarter or year is the sum of its months, unless the metric is a stock (`stock: true`)."""
    stocks = _stocks(candidate)
    rows = [row[1:] for row in candidate.rows(PERIODS) if row[0] not in stocks]
    yield from _some(
        "totals", [f"{what}: months {total}, whole {own}." for what, total, own in rows]
    )


def hours_fit(candidate: OpenCandidate) -> Iterator[Finding]:
    """Matched and unmatched hours do not exceed the hours recorded; no share passes 100%."""
    hours = candidate.rows(HOURS)
    yield from _some(
        "hours", [f"{what}: {own} recorded, {total} matched." for what, total, own in hours]
    )
    shares = candidate.rows(SHARES_OF_TIME)
    yield from _some("hours", [f"{what}: {value} % of a time." for what, value in shares])


def figures_are_known(candidate: OpenCandidate) -> Iterator[Finding]:
    """Every figure belongs to a metric and an area that are described."""
    rows = candidate.rows(STRANGERS)
    yield from _some("totals", [f"{what} has no description." for (what,) in rows])
