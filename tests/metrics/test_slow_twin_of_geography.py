"""Figures restated to a fixed geography equal a slow sum over the boroughs of that day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.metrics.compare_counts import differs
from tests.metrics.conftest import Small
from tests.metrics.slow_rows import Figures, Programme

pytestmark = pytest.mark.pipeline


def lives(area: dict[str, Any], day: date) -> bool:
    """Whether an area exists on a day."""
    return bool(area.get("from", day) <= day <= area.get("to", day))


def held_on(programme: Programme, day: date) -> dict[str, list[str]]:
    """The areas that each area with a beginning or an end of its own holds on a day."""
    areas = {area["id"]: area for area in programme.said["areas"]}
    dated = {name for name, area in areas.items() if {"from", "to"} & area.keys()}
    return {
        name: [inner for inner in areas if name in programme.above(inner)]
        for name in dated
        if lives(areas[name], day) and any(name in programme.above(i) for i in areas if i != name)
    }


def restated(programme: Programme, figures: Figures) -> Figures:
    """Every figure of the whole, added up by the areas of the first and of the last day."""
    found: Figures = {}
    for day in (programme.said["data_from"], programme.said["data_to"]):
        for area, inner in held_on(programme, day).items():
            for key, (up, down) in figures.items():
                metric, place, grain, start, breakdown, _ = key
                if breakdown != "all" or place not in inner:
                    continue
                to = (metric, area, grain, start, "geography", f"as on {day}")
                so_far = found.get(to, (None, None))
                found[to] = (_sum(so_far[0], up), _sum(so_far[1], down))
    return found


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other


def test_every_additive_metric_restates_to_the_command_units_of_the_last_day(small: Small) -> None:
    differ, compared = {}, 0
    for metric in small.restatable & small.figures.keys():
        slow = restated(small.programme, small.figures[metric])
        fast = {
            key: counts for key, counts in small.restated.get(metric, {}).items() if any(counts)
        }
        slow = {key: counts for key, counts in slow.items() if any(counts)}
        compared += len(slow)
        unlike = [
            key
            for key in slow.keys() | fast.keys()
            if key not in slow or key not in fast or differs(slow[key], fast[key])
        ]
        if unlike:
            differ[metric] = unlike[:3]
    assert differ == {}
    assert compared > 1000


def test_medians_counts_of_distinct_things_and_surveys_are_never_added_up(small: Small) -> None:
    assert small.restated.keys() <= small.restatable
    assert {"late_start_seconds", "public_confidence"} & small.restatable == set()
