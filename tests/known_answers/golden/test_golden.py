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

from orchestration.evaluation.core import Result, Value
from orchestration.evaluation.wording import BANNED
from orchestration.studies.study import Study, estimate, read_study, table_for
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


#: Where a name of a published answer stands in our result: a value, or a table, the row and column.
Place = str | tuple[str, dict[str, Value], str]
SHARES = {"81_263": (81, 263), "15_148": (15, 148)}
NAMES: dict[str, Place] = {
    **{f"p{place}": ("p_values", {"place": place}, "adjusted") for place in (4, 5, 8)},
    **{
        f"{count}_{end}{mark}": ("limits", {"count": count, "level": level}, end)
        for count in (65, 1045, 1, 10)
        for mark, level in (("", 0.95), ("_99.8", 0.998))
        for end in ("lo", "hi")
    },
    **{
        f"{name}_{end}": ("proportions", {"count": count, "among": among}, end)
        for name, (count, among) in SHARES.items()
        for end in ("lo", "hi")
    },
    **{
        f"ATT({group},{at})": (
            "cells",
            {"group": str(group), "period": str(at)},
            "estimate",
        )
        for group in (2004, 2006, 2007)
        for at in range(2004, 2008)
    },
    "Wpre_p": "pre_test_p",
    **{
        f"{way}_simple_overall{end}": (
            "aggregations",
            {"estimator": way, "aggregation": "simple"},
            column,
        )
        for way in ("dr", "reg", "ipw")
        for end, column in (("", "estimate"), ("_se", "se"))
    },
    **{
        f"{kind}_{column}": ("coefficients", {"column": column}, ours)
        for column in ("value", "capital")
        for kind, ours in {
            "coef": "coefficient",
            **{each: f"se_{each}" for each in ("CR0", "CR1", "CR1S", "CR2", "CR3")},
            "CR2_df": "CR2_df",
            "CR2_p": "CR2_p",
        }.items()
    },
    **{
        column: ("coefficients", {"column": column}, "coefficient")
        for column in ("EthN", "SexM", "AgeF1", "AgeF2", "AgeF3", "LrnSL")
    },
    "se_EthN_expected_information": ("coefficients", {"column": "EthN"}, "se"),
    "theta_Sex/(Age+Eth*Lrn)": "theta",
    "logLik": "log_likelihood",
    "b_efron": "log_hazard_ratio_efron",
    "b_breslow": "log_hazard_ratio_breslow",
    "chi2": "log_rank_chi2",
    "S(6)": ("curves", {"arm": "6-MP", "time": 6}, "share_waiting"),
    "S(22)": ("curves", {"arm": "6-MP", "time": 22}, "share_waiting"),
    "se_greenwood_S(6)": ("curves", {"arm": "6-MP", "time": 6}, "se_greenwood"),
    "median": ("arms", {"arm": "6-MP"}, "median"),
    "deff": "design_effect",
    "cell_2004_2007": ("cells", {"group": "2004", "period": "2007"}, "log_ratio"),
    "cell_2006_2006": ("cells", {"group": "2006", "period": "2006"}, "log_ratio"),
    "ATT_level": "level_difference",
    "ATT_level_se_HC1cluster": "se_level_difference",
    "log_ratio_observed_to_counterfactual": "log_ratio",
    "log_ratio_se_HC1cluster": "se",
    "sum_counterfactual": "expected",
    "logRR": "log_ratio",
    "phi": "dispersion",
    "att": "estimate",
    "se_ETWFE_HC1cluster_R": "se_etwfe",
    "se_BJS_diffdiff": "se_imputation_analytic",
    "se_2stage_diffdiff": "se_two_stage_analytic",
    "recordings_per_officer": ("ratios", {"name": "recordings_per_officer"}, "ratio"),
    "minutes_per_recording": ("ratios", {"name": "minutes_per_recording"}, "ratio"),
    "slope_latitude": ("moderators", {"moderator": "latitude"}, "slope"),
    "power_n50": "power",
    "n_power90": "size",
    "pi_lo_z": "pi_lo",
    "pi_hi_z": "pi_hi",
    "pooled_d": "estimate",
    "pooled_se": "se",
    "p_Q_df2": "p_Q",
    "ATT": "estimate",
    "ATT_se": "se",
    **{
        f"e{at}{end}": ("event_periods", {"event_period": at}, column)
        for at in (-2, 0, 1, 3)
        for end, column in (("", "estimate"), ("_se", "se"))
    },
    "rate_per_1000": "rate",
    "ols_post": "ols_estimate",
    "poisson_post": "poisson_estimate",
}
#: Names that mean another of our figures in one case alone.
IN_A_CASE = {
    ("interrupted_time_series", "se"): "se_quasi_poisson",
    ("shift_trials_complaints_between_arms", "p"): "p_Q",
}


def found_as(case: str, name: str) -> Value:
    """The figure of ours that a published answer is compared with."""
    found, place = result(case), IN_A_CASE.get((case, name)) or NAMES.get(name, name)
    if isinstance(place, str):
        assert place in found.values, f"{case} gives no {place}; it gives {sorted(found.values)}"
        return found.values[place]
    table, wanted, column = place
    rows = [row | {"place": at} for at, row in enumerate(found.tables[table], start=1)]
    [row] = [row for row in rows if wanted.items() <= row.items()]
    return row[column]


@pytest.mark.parametrize("case", CASES)
def test_a_study_finds_the_known_answers_of_its_case(case: str) -> None:
    for known in published(case):
        for name, expected in known.answers.items():
            allowed = known.within * max(1.0, abs(expected))
            found = found_as(case, name)
            assert found == pytest.approx(expected, abs=allowed, rel=0), f"{case} {name}"


@pytest.mark.parametrize("case", CASES)
def test_the_words_of_a_known_answer_say_no_more_than_its_interval(case: str) -> None:
    assert BANNED.findall(result(case).summary) == []
