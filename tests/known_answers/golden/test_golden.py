"""Known answers of published examples, through the function behind `bodyworn estimate`.

A study in `studies/` asks; the file of that name in `answers/` says what was published, by whom,
and how closely it has to be met. Tables are typed in where they are small and printed (`tables/`),
come with statsmodels, or lie among the real data.
"""

from functools import cache
from pathlib import Path

import polars as pl
import pytest
import yaml
from pydantic import BaseModel, ConfigDict, PositiveFloat
from statsmodels.datasets import grunfeld

from orchestration.evaluation.core import Result
from orchestration.evaluation.interval_wording import BANNED
from orchestration.studies.run import estimate, table_for
from orchestration.studies.study import Study, read_study
from tests.real_data import real_path

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in (HERE / "studies").glob("*.yml"))


class Published(BaseModel):
    """Answers of one source: by name of the figure, met to `within` of the larger of 1 and each."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    method: str
    source: str
    confirmed: str
    within: PositiveFloat
    answers: dict[str, float]


def published(case: str) -> list[Published]:
    """What is known of a case, one entry for each source."""
    text = (HERE / "answers" / f"{case}.yml").read_text("utf-8")
    return [Published.model_validate(each) for each in yaml.safe_load(text)]


def ten_firms() -> pl.DataFrame:
    """Grunfeld's firms and years as statsmodels ships them, without the eleventh firm.

    Most published answers, and those asked for here, leave American Steel out.
    """
    firms = pl.from_pandas(grunfeld.load_pandas().data)
    return firms.filter(pl.col("firm") != "American Steel")


def table(study: Study) -> pl.DataFrame | None:
    """The table that a study names; skips the test where it is real data that are not here."""
    if study.data is None:
        return None
    if study.data == "grunfeld":
        return ten_firms()
    typed_in = HERE / study.data
    return table_for(
        study, typed_in if typed_in.is_file() else real_path(f"golden/data/{study.data}"), HERE
    )


@cache
def result(case: str) -> Result:
    """What the study of a case finds."""
    study = read_study(HERE / "studies" / f"{case}.yml")
    return estimate(study, table(study))


def test_every_study_has_its_answers_and_every_answer_its_study() -> None:
    assert sorted(path.stem for path in (HERE / "answers").glob("*.yml")) == CASES


@pytest.mark.parametrize("case", CASES)
def test_a_study_finds_the_known_answers_of_its_case(case: str) -> None:
    found = result(case).values
    for known in published(case):
        for name, expected in known.answers.items():
            assert name in found, f"{case} gives no {name}; it gives {sorted(found)}"
            allowed = known.within * max(1.0, abs(expected))
            assert found[name] == pytest.approx(expected, abs=allowed, rel=0), f"{case} {name}"


@pytest.mark.parametrize("case", CASES)
def test_the_words_of_a_known_answer_say_no_more_than_its_interval(case: str) -> None:
    assert BANNED.findall(result(case).words) == []
