"""The private part of diff-diff is where we look for it, and gives the errors that it prints."""

import numpy as np
import pytest
from diff_diff import CallawaySantAnna

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.staged_adoption.callaway_santanna import CALLAWAY_SANTANNA
from orchestration.evaluation.staged_adoption.diff_diff_influence import influence_of
from orchestration.evaluation.staged_adoption.panel import pandas_frame, value_panel
from orchestration.studies.study import study_from


def test_the_influence_functions_give_the_errors_that_the_library_prints() -> None:
    study = study_from(CALLAWAY_SANTANNA.example, "six areas")
    panel = value_panel(study.keys, study.inline)  # type: ignore[arg-type]
    found = CallawaySantAnna(control_group="not_yet_treated").fit(
        pandas_frame(panel, value=panel.counts), "value", "unit", "period", "first"
    )
    influence = influence_of(found)
    assert influence.groups.tolist() == [2, 2, 3, 3, 0, 0]
    assert influence.by_cell.keys() <= {(int(g), int(t)) for g, t in found.group_time_effects}
    for (group, period), (units, values) in influence.by_cell.items():
        assert set(units.tolist()) <= set(range(6))
        printed = found.group_time_effects[group, period]["se"]
        assert np.sqrt((values**2).sum()) == pytest.approx(printed)


def test_a_library_that_moved_them_is_refused() -> None:
    with pytest.raises(Refusal, match="diff-diff keeps no influence functions"):
        influence_of(object())
