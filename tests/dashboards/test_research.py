"""The page Research: a reader's own study runs as with the command, and nothing of it is kept."""

import json
import logging
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboards.text import research as research_text
from dashboards.views import research, research_run
from orchestration.cli import app as commands
from orchestration.studies.register import register
from orchestration.studies.study import study_from
from tests.dashboards.conftest import Open, said
from tests.evaluation.test_estimate_command import STUDY, TABLE

pytestmark = pytest.mark.usefixtures("release")


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return open_page("research")


def run(
    page: AppTest, study: str, table: str | bytes | None = None, name: str = "t.csv"
) -> AppTest:
    """Upload a study, and a table where there is one, and run them."""
    page.segmented_control(key="from_study").set_value(research.FILE).run()
    page.file_uploader(key="file_study").upload("mine.yml", study.encode()).run()
    if table is not None:
        content = table.encode() if isinstance(table, str) else table
        page.file_uploader(key="table_study").upload(name, content).run()
    return page.button(key="run_study").click().run()


def faults(page: AppTest, view: str, name: str) -> list[str]:
    """What goes wrong when the example of a design is run on the page."""
    page.selectbox(key=f"design_{view}").set_value(name).run()
    page.button(key=f"run_{view}").click().run()
    wrong = [f"{name}: {each.value}" for each in (*page.exception, *page.error)]
    wanted = [research_text.OWN_TABLE, "**Method**: ", "Every figure by its name"]
    if view == "study":
        wanted.append("**Exploratory**: the study says no outcome window.")
    return wrong + [f"{name}: unsaid: {each}" for each in wanted if each not in said(page)]


def test_the_example_of_every_design_runs_on_the_page(page: AppTest) -> None:
    assert [fault for name in research.ESTIMATED for fault in faults(page, "study", name)] == []


def test_the_example_of_every_plan_is_worked_out_on_the_page(page: AppTest) -> None:
    page.segmented_control(key="show").set_value("Plan a trial").run()
    page.segmented_control(key="from_plan").set_value(research.EXAMPLE).run()
    for name in research.PLANNED:
        assert faults(page, "plan", name) == []
        assert "Exploratory" not in said(page)
        saved = [button.label for button in page.download_button]
        assert ("Schedule (CSV)" in saved) == name.startswith("schedule")


def test_the_days_of_a_schedule_are_shown_without_a_time(page: AppTest) -> None:
    page.segmented_control(key="show").set_value("Plan a trial").run()
    page.segmented_control(key="from_plan").set_value(research.EXAMPLE).run()
    assert faults(page, "plan", "schedule_shifts") == []
    schedules = [each.value for each in page.dataframe if "shift_date" in each.value.columns]
    assert [each["shift_date"].iloc[0] for each in schedules] == ["2026-03-02"]


def test_an_uploaded_study_and_table_give_what_the_command_gives(
    page: AppTest, tmp_path: Path
) -> None:
    (tmp_path / "mine.yml").write_text(STUDY)
    (tmp_path / "t.csv").write_text(TABLE)
    words = ["estimate", str(tmp_path / "mine.yml"), "--data", str(tmp_path / "t.csv"), "--json"]
    expected = json.loads(CliRunner().invoke(commands, words).output)
    found = research_run.run(research_run.Given("mine.yml", STUDY, "t.csv", TABLE.encode()))
    assert json.loads(json.dumps(found.document())) == expected
    run(page, STUDY, TABLE)
    assert not page.exception
    assert expected["summary"] in said(page).replace("\\", "")
    shown = page.dataframe[0].value
    assert dict(zip(shown["name"], shown["value"], strict=True))["k"] == "2"
    assert any("Not met: enough studies to pool" in each.value for each in page.warning)


def test_a_parquet_table_is_read_too(page: AppTest, tmp_path: Path) -> None:
    pl.read_csv(TABLE.encode()).write_parquet(tmp_path / "t.parquet")
    run(page, STUDY, (tmp_path / "t.parquet").read_bytes(), "t.parquet")
    assert "**Method**: " in said(page)
    assert not page.error


@pytest.mark.parametrize(
    ("study", "table", "what"),
    [
        (STUDY.replace("outcome:", "outcom:"), TABLE, "mine.yml, line 6, column 3"),
        (STUDY.replace("common_effect", "oracle"), TABLE, "there is no design 'oracle'"),
        ("design: [", None, "mine.yml, line 2, column 1: not YAML"),
        ("a: &x [1]\nb: *x\n", None, "mine.yml, line 2, column 4: write it out"),
        ("a: " + "[" * 200, None, "line 1, column 23: nested more than 20 deep"),
        ("a: " + "[" * 200_000, None, "nested more than 20 deep"),
        (STUDY, None, "needs a table"),
        (STUDY, TABLE.replace("hours", "days"), "there is no column 'hours'"),
        (research.PLANNED["plan_counts"].example, None, "belongs to the view 'Plan a trial'"),
    ],
)
def test_a_fault_is_refused_where_it_stands(
    study: str, table: str | None, what: str, page: AppTest
) -> None:
    run(page, study, table)
    assert not page.exception
    [error] = [each.value.replace("\\", "") for each in page.error]
    assert error.startswith("Refused: ")
    assert what in error


def test_a_file_that_is_no_table_is_refused(page: AppTest) -> None:
    run(page, STUDY, b"\x00\x01", "t.parquet")
    assert not page.exception
    assert "cannot be read as a table" in page.error[0].value


def test_a_study_that_is_no_text_is_refused(page: AppTest) -> None:
    page.segmented_control(key="from_study").set_value(research.FILE).run()
    page.file_uploader(key="file_study").upload("mine.yml", b"title: \xff").run()
    assert "no text in UTF-8: byte 8" in page.error[0].value


def test_no_table_is_read_from_the_server(page: AppTest, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(TABLE)
    run(page, STUDY + f"data: {tmp_path / 'secret.csv'}\n")
    assert "give that table here too" in page.error[0].value


def test_an_unforeseen_fault_leaves_no_piece_of_the_table_in_the_log(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ValueError(TABLE)

    monkeypatch.setattr(research_run, "estimate", fails)
    with caplog.at_level(logging.DEBUG):
        run(page, STUDY, TABLE)
    assert not page.exception
    assert "ValueError" in page.error[0].value
    assert "other_events" not in caplog.text + page.error[0].value


def test_nothing_that_was_uploaded_is_written(page: AppTest, home: Path) -> None:
    before = sorted(path for path in home.rglob("*"))
    run(page, STUDY, TABLE)
    assert said(page).count("Two trials") == 1
    assert sorted(path for path in home.rglob("*")) == before


def test_figures_of_a_study_that_was_changed_since_are_not_shown(page: AppTest) -> None:
    page.button(key="run_study").click().run()
    assert "**Estimate**" in said(page)
    page.text_area[0].set_value(str(page.text_area[0].value).replace("draws: 999", "draws: 99"))
    page.run()
    assert "**Estimate**" not in said(page)
    assert "Run it again" in said(page)


def test_the_register_is_listed_after_its_chain_was_checked(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "registered, chain whole." in said(open_page("research", show="Register"))
    where = tmp_path / "register.csv"
    monkeypatch.setattr(research, "REGISTER", where)
    window = "outcome_window: {from: 2030-01-01, to: 2030-12-31}\n"
    register(study_from(STUDY + window, "mine.yml"), where)
    page = open_page("research", show="Register")
    assert "1 registered, chain whole." in said(page)
    assert page.dataframe[0].value["study"].to_list() == ["mine.yml"]
    where.write_text(where.read_text().replace("2030-12", "2031-12"))
    page = open_page("research", show="Register")
    assert "the chain is broken here" in page.error[0].value
