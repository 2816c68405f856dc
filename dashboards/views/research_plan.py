"""A trial planned by its numbers: a field for each, and the study that they make."""

from typing import Any

import streamlit as st
import yaml
from streamlit.delta_generator import DeltaGenerator

from dashboards.text.research import FIELDS, PLANS
from orchestration.evaluation.core import Design
from orchestration.evaluation.planning import DESIGNS

TITLE = "A plan by its numbers"
EVERY = {design.name: design for design in DESIGNS}
#: Plans of which every key is a number, or two of them; the others are asked for as a study.
PLANNED = {name: EVERY[name] for name in PLANS}


def ask() -> tuple[str, str]:
    """Name and text of the study that the fields make; it begins with those of the example."""
    chosen = st.selectbox(
        "What is planned", list(PLANS), format_func=PLANS.__getitem__, key="planned"
    )
    numbers = {name: value for name, value in _answers(PLANNED[chosen]) if value is not None}
    study = {"design": chosen, "title": TITLE, "question": f"{PLANS[chosen]}?", "keys": numbers}
    return f"{chosen}.yml", yaml.safe_dump(study, sort_keys=False, allow_unicode=True)


def _answers(design: Design) -> list[tuple[str, Any]]:
    """Every key with what its fields hold; None where one that may be left empty is."""
    given = yaml.safe_load(design.example)["keys"]
    kinds = design.keys.model_json_schema()["properties"]
    fields = sum(len(FIELDS[name]) for name in kinds)
    # By rows: on a narrow window the fields keep their order.
    places = iter([each for _ in range(0, fields, 2) for each in st.columns(2)])
    answers: list[tuple[str, Any]] = []
    for name, kind in kinds.items():
        begin = given.get(name, kind.get("default"))
        pair = kind.get("prefixItems")
        held = [
            _field(next(places), f"{design.name}_{label}", label, each, value)
            for label, each, value in zip(
                FIELDS[name], pair or [kind], begin if pair else [begin], strict=True
            )
        ]
        answers.append((name, held if pair else held[0]))
    return answers


def _field(
    place: DeltaGenerator, key: str, label: str, kind: dict[str, Any], begin: float | None
) -> float | None:
    """One number, whole where the key is; what lies outside its limits is refused by the engine."""
    # A number that may be left empty is one kind or none.
    of = next((each for each in kind.get("anyOf", ()) if each["type"] != "null"), kind)
    if of["type"] == "integer":
        whole = None if begin is None else int(begin)
        return place.number_input(label, value=whole, step=1, placeholder="Not stated", key=key)
    value = None if begin is None else float(begin)
    return place.number_input(
        label, value=value, step=0.01, format="%g", placeholder="Not stated", key=key
    )
