"""A programme.yml is read strictly and says what is wrong with it."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from orchestration.programmes.programme import ProgrammeProblem, read_programme, read_programmes
from orchestration.programmes.programme_tables import TABLES, write_programmes

TOY: dict[str, Any] = {
    "programme": "toy",
    "name": "Toy force",
    "country": "Nowhere",
    "summary": "A force\n  of toys.",
    "limits": ["It is a toy."],
    "time_zone": "Europe/London",
    "landing": ["toy"],
    "sources": ["toys"],
    "data_from": "2017-01-01",
    "data_to": "2017-12-31",
    "areas": [
        {"id": "force", "name": "Toy force", "kind": "force", "parent": None},
        {"id": "unit", "name": "Unit", "kind": "unit", "parent": "force", "from": "2017-06-01"},
        {"id": "north", "name": "North", "kind": "borough", "parent": "unit", "aliases": ["N"]},
    ],
}


class WrittenOut(yaml.SafeDumper):
    """A part that comes twice is written twice, as a person would."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def written(folder: Path, **changes: object) -> Path:
    """A toy's programme.yml with some keys changed; None takes a key away."""
    path = folder / "toy" / "programme.yml"
    path.parent.mkdir(exist_ok=True)
    kept = {key: value for key, value in (TOY | changes).items() if value is not None}
    path.write_text(yaml.dump(kept, Dumper=WrittenOut))
    return path


def test_a_programme_becomes_tables_with_its_tree_spelled_out(tmp_path: Path) -> None:
    programme = read_programme(written(tmp_path))
    write_programmes([programme], tmp_path / "tables")
    paths = pl.read_parquet(tmp_path / "tables" / "area_paths.parquet")
    north = paths.filter(pl.col("area_id") == "north")
    assert north["ancestor_area_id"].to_list() == ["north", "unit", "force"]
    assert north["steps"].to_list() == [0, 1, 2]
    names = pl.read_parquet(tmp_path / "tables" / "area_names.parquet")
    spelled = names.filter(pl.col("area_id") == "north")["published_name"].to_list()
    assert spelled == ["N", "North", "north"]
    about = pl.read_parquet(tmp_path / "tables" / "programmes.parquet").row(0, named=True)
    assert about["summary"] == "A force of toys."
    assert about["extracted_on"] == about["data_to"]


def test_the_same_programmes_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_programmes(read_programmes(), tmp_path / folder)
    for table in TABLES:
        one, two = ((tmp_path / side / f"{table}.parquet").read_bytes() for side in ("one", "two"))
        assert one == two


def test_a_baseline_with_several_comparisons_gives_a_row_for_each(tmp_path: Path) -> None:
    periods = [
        {"from": "2017-07-01", "to": "2017-09-30", "label": "summer"},
        {"from": "2017-10-01", "to": "2017-12-31", "label": "autumn"},
    ]
    baseline = {"metric": "rate", "from": "2017-01-01", "to": "2017-06-30", "compare": periods}
    path = written(tmp_path, baselines=[baseline | {"why": "Before the cameras."}])
    write_programmes([read_programme(path)], tmp_path / "tables")
    found = pl.read_parquet(tmp_path / "tables" / "baselines.parquet")
    assert found["comparison"].to_list() == ["2017-07-01_2017-09-30", "2017-10-01_2017-12-31"]
    assert found["comparison_label"].to_list() == ["summer", "autumn"]


def test_rules_of_footage_and_days_of_panels_become_columns_and_rows(tmp_path: Path) -> None:
    rules = {"retention_days": 31, "pre_event_buffer_seconds": 30, "match_tolerance_seconds": 120}
    panels = ["2017-03-15", "2018-03-14"]
    path = written(tmp_path, **rules, scrutiny_panels=panels)
    write_programmes([read_programme(path)], tmp_path / "tables")
    about = pl.read_parquet(tmp_path / "tables" / "programmes.parquet").row(0, named=True)
    assert {name: about[name] for name in rules} == rules
    found = pl.read_parquet(tmp_path / "tables" / "scrutiny_panels.parquet")
    assert [str(day) for day in found["panel_date"]] == panels


def test_a_retention_rule_nobody_states_stays_unknown_and_clocks_are_taken_at_their_word(
    tmp_path: Path,
) -> None:
    write_programmes([read_programme(written(tmp_path))], tmp_path / "tables")
    about = pl.read_parquet(tmp_path / "tables" / "programmes.parquet").row(0, named=True)
    assert about["retention_days"] is None
    assert (about["pre_event_buffer_seconds"], about["match_tolerance_seconds"]) == (0, 0)
    assert pl.read_parquet(tmp_path / "tables" / "scrutiny_panels.parquet").is_empty()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nmae": "slip"}, "nmae: Extra inputs are not permitted"),
        ({"name": None}, "name: Field required"),
        ({"programme": "other"}, "it must be the folder's name"),
        ({"data_to": "2016-01-01"}, "data_to: 2016-01-01 is before data_from, 2017-01-01"),
        ({"is_synthetic": True}, "a synthetic programme has a seed"),
        ({"seed": 7}, "no other programme has one"),
        ({"retention_days": 0}, "retention_days: Input should be greater than or equal to 1"),
        ({"pre_event_buffer_seconds": -1}, "pre_event_buffer_seconds: Input should be greater"),
        ({"match_tolerance_seconds": 3601}, "match_tolerance_seconds: Input should be less"),
        (
            {"scrutiny_panels": ["2017-06-14", "2017-03-15"]},
            "scrutiny_panels: 2017-03-15 comes after 2017-06-14",
        ),
        ({"scrutiny_panels": ["2017-06-14", "2017-06-14"]}, "list each day once, in order"),
        (
            {"areas": [*TOY["areas"], {"id": "x", "name": "X", "kind": "k", "parent": "y"}]},
            "area x has an unknown parent: y",
        ),
        (
            {"areas": [{"id": "x", "name": "X", "kind": "k", "parent": "x"}]},
            "area x is its own ancestor",
        ),
        ({"areas": [TOY["areas"][0]] * 2}, "area force is listed 2 times"),
        (
            {"areas": [*TOY["areas"], {"id": "n2", "name": "N", "kind": "k", "parent": "unit"}]},
            "one spelling stands for two areas: N",
        ),
        (
            {"camera_policy": {"roles": ["r"], "areas": ["west"], "joined_by": "2017-01-01",
                               "employed_on": "2017-01-01", "why": "w"}},
            "camera_policy.areas.0: west is no area of this programme",
        ),
        (
            {"baselines": [{"metric": "m", "from": "2017-02-01", "to": "2017-01-01", "why": "w",
                            "compare": [{"from": "2017-01-01", "to": "2017-01-31",
                                         "label": "l"}]}]},
            "ends on 2017-01-01, before it starts on 2017-02-01",
        ),
        (
            {"baselines": [{"metric": "m", "from": "2017-01-01", "to": "2017-06-30", "why": "w",
                            "compare": [{"from": "2017-06-01", "to": "2017-07-31",
                                         "label": "l"}]}]},
            "l: it must start after the baseline, 2017-06-30",
        ),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_file_and_key(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    where = r"^toy/programme.yml(, line \d+, column \d+)?: "
    with pytest.raises(ProgrammeProblem, match=where) as problem:
        read_programme(written(tmp_path, **changes))
    assert message in str(problem.value)


def test_where_people_are_counted_figures_are_published_by_the_month_unless_it_says_otherwise(
    tmp_path: Path,
) -> None:
    def rhythm(**says: object) -> str:
        return read_programme(written(tmp_path, **says)).rhythm

    assert rhythm() == "month"
    assert rhythm(is_open_data=True) == "release"
    assert rhythm(is_synthetic=True, seed=7) == "release"
    assert rhythm(publishing="release") == "release"
    assert rhythm(is_open_data=True, publishing="month") == "month"


def test_a_file_that_is_not_yaml_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text("programme: [toy")
    with pytest.raises(ProgrammeProblem, match=r"^toy/programme.yml, line 2, column 1: not YAML"):
        read_programme(path)


def test_every_programme_of_the_project_can_be_read() -> None:
    assert {"texas_youth", "washington_dc", "london_synthetic"} <= {
        programme.programme for programme in read_programmes()
    }
