"""The invented force with a year of figures of every kind, for its public extract."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.release import build, publish
from orchestration.release.audit import candidate_audit
from tests.release import fixtures

AREAS = {"north": 3, "south": 20, "east": 60}


def _figure(
    metric: str, area: str, numerator: float, denominator: float | None = None,
    part: str = "all, all", status: str = "final",
) -> str:  # fmt: skip
    """SQL of one figure of 2024 and of the same as the whole window."""
    first, second = part.split(", ")
    below = "null" if denominator is None else str(denominator)
    value = numerator if denominator is None else numerator / denominator * 100
    return "".join(
        f"insert into fct_metrics values ('{fixtures.FORCE}', '{metric}', '{area}', '{grain}',"
        f" date '2024-01-01', '{first}', '{second}', date '2024-12-31', {numerator}, {below},"
        f" {value}, {value} - 0.1, {value} + 0.1, '{status}');\n"
        for grain in ("year", "window")
    )


def figures(by_area: dict[str, int] | None = None) -> str:
    """SQL: complaints (events) and early guilty pleas (people) of a force of three districts."""
    counts = by_area or AREAS
    total = sum(counts.values())
    rows = [_figure("complaints", "force", total), _figure("complaints", "force", total, None)]
    rows = rows[:1] + [_figure("complaints", area, n) for area, n in counts.items()]
    rows += [
        _figure("early_guilty_plea", "force", 121, 203),
        _figure("early_guilty_plea", "north", 4, 61, status="low"),
        _figure("early_guilty_plea", "south", 52, 71),
        _figure("early_guilty_plea", "east", 65, 71),
        _figure("unlisted", "force", 3),
    ]
    return f"""
        delete from fct_metrics;
        insert into dim_area values ('{fixtures.FORCE}', 'east', 'East', 'force', null, null),
            ('{fixtures.FORCE}', 'ward', 'Ward', 'east', null, null);
        insert into dim_metric values ('early_guilty_plea', 'Early guilty pleas', 'share', 1),
            ('unlisted', 'Not in the cube', 'count', 1);
        {"".join(rows)}
        {_figure("complaints", "ward", 60)}
    """


LABELLED = "update dim_programme set is_synthetic = true, programme_name = 'Synthetic force';"


def order(home: Path, change: str = "") -> build.BuildRequest:
    """What to release; early guilty pleas declare that they are about people."""
    wanted = fixtures.order(home, figures() + change)
    return declared(wanted)


def declared(wanted: build.BuildRequest, disclosure: str = "P") -> build.BuildRequest:
    """The order, its dbt manifest holding a metric that declares its class."""
    path = wanted.artifacts[0] / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["nodes"]["model.bodyworn.met_early_guilty_plea"] = {
        "resource_type": "model", "name": "met_early_guilty_plea", "depends_on": {"nodes": []},
        "fqn": ["bodyworn", "metrics", "met_early_guilty_plea"], "columns": {},
        "config": {"meta": {"disclosure": disclosure}},
    }  # fmt: skip
    path.write_text(json.dumps(manifest))
    return replace(wanted, artifacts=[path.parent])


def candidate(home: Path, change: str = "") -> build.Candidate:
    """A candidate of the invented force with a year of figures."""
    return build.build(order(home, change), root=fixtures.code(home))


def release(home: Path, change: str = "", **more: Any) -> publish.PublishResult:
    """The same, audited and published; `more` are fields of its order."""
    wanted = replace(order(home, change), **more)
    made = build.build(wanted, root=fixtures.code(home))
    return publish.publish(made, candidate_audit.audit(made))


def rows(folder: Path) -> pl.DataFrame:
    """The extract as a reader opens it, with nothing but Polars."""
    return pl.read_csv(folder / "public" / "figures.csv")
