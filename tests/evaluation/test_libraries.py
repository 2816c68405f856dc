"""What libraries warn of is a note on the result; what they refuse is our refusal."""

import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import Refusal, Result, library_refusals
from orchestration.evaluation.rates.exact_rates import RATE, RateKeys, one_rate
from orchestration.studies.study import estimate, study_from


def warned(*given: Warning) -> Result:
    """The example of a rate, with a design that warns while it estimates."""

    def run(keys: RateKeys, table: pl.DataFrame | None) -> Result:
        with library_refusals():
            for each in given:
                warnings.warn(each, stacklevel=1)
        return one_rate(keys, table)

    study = study_from(RATE.example, "rate")
    return estimate(replace(study, design=replace(RATE, run=run)))


def test_a_warning_of_a_library_is_a_note_once() -> None:
    said = RuntimeWarning("the Hessian\nis singular")
    assert warned(said, said).notes == ("A library warned: the Hessian is singular",)


def test_a_warning_about_code_says_nothing_of_the_data() -> None:
    assert warned(DeprecationWarning("use another name")).notes == ()


@pytest.mark.parametrize("error", [ValueError, RuntimeError, np.linalg.LinAlgError])
def test_an_error_of_a_library_is_a_refusal_with_its_words(error: type[Exception]) -> None:
    said = "the library refuses these data: no such group"
    with pytest.raises(Refusal, match=said), library_refusals():
        raise error("no such group")


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_no_library_warns_of_an_example(name: str) -> None:
    found = estimate(study_from(DESIGNS[name].example, name))
    assert [note for note in found.notes if "warned" in note] == []
