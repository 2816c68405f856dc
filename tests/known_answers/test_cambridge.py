"""Cambridge: the shift trials as they were printed, both contrasts and what does not agree."""

import pytest

from orchestration import paths
from orchestration.evaluation.core import Result
from orchestration.studies.study import estimate, read_study

#: Inputs as printed that do not agree with each other; a d and a per cent of rates need not.
DO_NOT_AGREE = [
    "officers, before",
    "officers, during",
    "tests behind the average",
    "tests in subgroups",
]


@pytest.fixture(scope="module")
def found() -> Result:
    """What the shipped study finds in the printed figures."""
    return estimate(read_study(paths.STUDIES / "cambridge_as_published.yml"))


@pytest.mark.parametrize(
    ("name", "value", "within"),
    [
        ("percent_drop_counts", 92.66, 0.005),
        ("percent_drop", 93.33, 0.005),
        ("d", 0.053, 1e-9),
        ("ci_lo", -0.163, 0.001),
        ("ci_hi", 0.269, 0.001),
        ("pooled_d", 0.0208, 5e-5),
        ("pooled_se", 0.056, 5e-4),
        ("Q_between", 15.35, 0.005),
    ],
)
def test_a_printed_figure_comes_out_as_printed(
    found: Result, name: str, value: float, within: float
) -> None:
    assert found.values[name] == pytest.approx(value, abs=within)


def test_the_printed_figures_that_do_not_agree_are_listed(found: Result) -> None:
    listed = [each["what"] for each in found.diagnostics["do_not_reconcile"]]
    assert listed == DO_NOT_AGREE
    assert found.values["n_do_not_reconcile"] == len(listed)
    assert "1,282 officers" in found.notes[0]


def test_the_fall_over_time_never_stands_without_the_arms(found: Result) -> None:
    assert "we could not tell" in found.summary
    assert found.summary.index("we could not tell") < found.summary.index("93% fewer")
    assert "This is what happened, not what cameras did" in found.summary
