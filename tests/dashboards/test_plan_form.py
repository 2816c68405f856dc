"""The form of the page Research: numbers make the study that the command takes, and it is run."""

import json

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from dashboards.text import research as research_text
from dashboards.views import research, research_result
from dashboards.views.research_run import Given, run
from orchestration.evaluation.catalogue import DESIGNS as CATALOGUE
from orchestration.evaluation.planning import DESIGNS
from orchestration.studies.study import estimate, study_from
from tests.dashboards import chart_titles
from tests.dashboards.conftest import Open, said

pytestmark = pytest.mark.usefixtures("release")


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return open_page("research", show="Plan a trial")


def plan(page: AppTest, name: str, **labels: float) -> AppTest:
    """Choose a plan, write numbers into fields by their key and label, and run it."""
    page.selectbox(key="planned").set_value(name).run()
    for label, value in labels.items():
        page.number_input(key=f"{name}_{label}").set_value(value).run()
    return page.button(key="run_plan").click().run()


def words(design: str, **keys: object) -> str:
    """What the engine says of the same plan."""
    study = {"design": design, "title": "T", "question": "Q", "keys": keys}
    return estimate(study_from(yaml.safe_dump(study), "plan.yml")).summary


@pytest.mark.parametrize("name", research_text.PLANS)
def test_every_plan_by_its_numbers_gives_what_its_example_gives(name: str, page: AppTest) -> None:
    plan(page, name)
    assert [each.value for each in (*page.exception, *page.error)] == []
    summary = estimate(study_from(research.PLANNED[name].example, "example")).summary
    assert summary in said(page).replace("\\", "")


def test_only_roll_outs_are_left_to_a_written_study() -> None:
    left = {design.name for design in DESIGNS} - set(research_text.PLANS)
    assert left - set(research.SCHEDULES) == {"plan_rollout"}


@pytest.mark.parametrize("name", research.SCHEDULES)
def test_a_schedule_comes_from_the_form(name: str, page: AppTest) -> None:
    plan(page, name)
    assert [each.value for each in (*page.exception, *page.error)] == []
    assert "The schedule" in said(page)


def test_a_plan_answers_for_the_effect_that_was_typed_in_and_draws_its_power(
    page: AppTest,
) -> None:
    plan(page, "plan_counts")
    shown = said(page)
    assert "A fall of 25% would be found 31 times in a hundred." in shown
    assert "340 events without cameras are needed" in shown
    specs = [json.loads(each.proto.spec) for each in page.get("vega_lite_chart")]
    titles = [chart_titles.title(spec) for spec in specs]
    assert titles == ["How often a fall of each size would be found"]


def test_simulated_power_has_its_monte_carlo_error() -> None:
    text = research.PLANNED["plan_teams"].example.replace("runs: 1000", "runs: 40")
    found = run(Given("plan.yml", text))
    points = research_result.power_points(found)
    [asked] = [row for row in points if row["is_asked"]]
    assert asked["low"] < asked["power"] < asked["high"]
    assert len(points) == 1 + len(research_result.FALLS)


def test_every_design_has_a_purpose_in_words() -> None:
    for name in (*CATALOGUE, *(design.name for design in DESIGNS)):
        assert " " in research_text.purpose(name), name


def test_other_numbers_make_another_plan_which_the_engine_gives_too(page: AppTest) -> None:
    plan(page, "plan_counts", **{"Events expected without cameras": 25.0})
    shown = said(page).replace("\\", "")
    given = yaml.safe_load(research.PLANNED["plan_counts"].example)["keys"]
    assert words("plan_counts", **given | {"expected_control": 25.0}) in shown


def test_a_number_outside_its_limits_is_refused_in_words(page: AppTest) -> None:
    plan(page, "plan_counts", **{"Events expected without cameras": -1.0})
    assert not page.exception
    [error] = [each.value.replace("\\", "") for each in page.error]
    assert "keys.expected_control: Input should be greater than 0" in error


def test_a_plan_that_was_changed_since_is_run_again_first(page: AppTest) -> None:
    plan(page, "plan_counts")
    page.number_input(key="plan_counts_Power that is wanted").set_value(0.9).run()
    assert "Run it again" in said(page)
