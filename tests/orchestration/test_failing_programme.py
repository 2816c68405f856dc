"""A programme whose models fail stops no other: it is found, named and left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from orchestration.defs import transform
from orchestration.steps import dbt
from orchestration.steps.dbt import NodeResult
from orchestration.steps.run_inputs import RunInputs


@dataclass
class Inputs:
    """What the step reads of a run's inputs: three programmes."""

    names: tuple[str, ...] = ("east", "north", "west")
    left_out: dict[str, str] = field(default_factory=dict)
    engine: str = "duckdb"

    @property
    def scope(self) -> list[str]:
        """Names in order, without those that failed."""
        return [name for name in self.names if name not in self.left_out]


def _node(status: str) -> NodeResult:
    return NodeResult("model.bodyworn.fct_metrics", status, "no such value", 0, 0.1)


def _run(monkeypatch: pytest.MonkeyPatch, fails: set[str]) -> tuple[Inputs, list[NodeResult]]:
    """The step over a dbt that fails whenever it builds one of these programmes."""

    def build(_: object, *, variables: Mapping[str, Any], **others: object) -> list[NodeResult]:
        return [_node("error" if fails & set(variables["programmes"]) else "success")]

    monkeypatch.setattr(dbt, "build", build)
    monkeypatch.setattr(transform, "start_anew", lambda _engine: None)
    inputs = Inputs()
    first = [_node("error")]
    return inputs, transform._without_failing(cast("RunInputs", inputs), [], first)


def test_the_one_that_fails_is_left_out_and_the_others_are_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inputs, results = _run(monkeypatch, {"north"})
    assert inputs.scope == ["east", "west"]
    assert "fct_metrics: no such value" in inputs.left_out["north"]
    assert [done.status for done in results] == ["success"]


@pytest.mark.parametrize("fails", [{"east", "north", "west"}, set()])
def test_where_all_fail_or_none_does_alone_the_run_fails_as_it_did(
    monkeypatch: pytest.MonkeyPatch, fails: set[str]
) -> None:
    inputs, results = _run(monkeypatch, fails)
    assert inputs.left_out == {}
    assert [done.status for done in results] == ["error"]
