"""The public extract: what it holds, what it hides, and that its audit cannot be passed by."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.release import build, summary
from orchestration.release.audit import candidate_audit
from orchestration.release.current import read_manifest, summarise
from orchestration.release.damage import verify
from orchestration.release.public.cube import SYNTHETIC
from orchestration.storage.hashes import of_file
from tests.release import fixture_public_extract, fixtures

MORE = (
    "update fct_metrics set numerator = {n}, value = {n} where metric_id = 'complaints' and area_id"
)


def _row(folder: Path, metric: str, area: str) -> dict[str, object]:
    rows = fixture_public_extract.rows(folder)
    mine = rows.filter(metric_id=metric, area_id=area, period_grain="year")
    return mine.row(0, named=True)


def _audited(made: build.Candidate) -> str:
    return "\n".join(
        finding.sentence for finding in candidate_audit.errors(candidate_audit.audit(made))
    )


def test_the_extract_holds_the_cube_and_nothing_else(tmp_path: Path) -> None:
    rows = fixture_public_extract.rows(fixture_public_extract.candidate(tmp_path).folder)
    assert set(rows["metric_id"]) == {"complaints", "early_guilty_plea"}
    assert set(rows["period_grain"]) == {"year", "window"}
    assert set(rows["area_id"]) == {"force", "north", "south", "east"}
    assert set(rows["breakdown"]) == {"all"}


def test_a_small_count_and_the_one_that_would_reveal_it_are_hidden_with_the_same_words(
    tmp_path: Path,
) -> None:
    folder = fixture_public_extract.candidate(tmp_path).folder
    north, south, east = (_row(folder, "complaints", area) for area in ("north", "south", "east"))
    for row in (north, south):
        assert (row["numerator"], row["value"], row["interval_low"]) == (None, None, None)
        assert row["marker"] == "[c]"
        assert str(row["note"]).startswith("Hidden to protect people (fewer than 5")
    assert north["note"] == south["note"]
    assert (east["numerator"], east["value"], east["marker"]) == (60, 60, None)


def test_people_are_rounded_and_their_rates_computed_from_what_is_shown(tmp_path: Path) -> None:
    folder = fixture_public_extract.candidate(tmp_path).folder
    force = _row(folder, "early_guilty_plea", "force")
    assert (force["numerator"], force["denominator"]) == (120, 205)
    assert force["value"] == pytest.approx(120 / 205)
    assert (force["interval_low"], force["interval_high"]) == (None, None)
    north = _row(folder, "early_guilty_plea", "north")
    assert north["numerator"] is None
    assert north["value"] is None
    assert str(north["note"]).startswith("Hidden to protect people (fewer than 10")


def test_hidden_missing_not_applicable_few_and_provisional_have_marks_of_their_own(
    tmp_path: Path,
) -> None:
    change = """
        update fct_metrics set status = 'not_supplied', numerator = null, denominator = null,
            value = null, interval_low = null, interval_high = null
            where metric_id = 'early_guilty_plea' and area_id = 'south';
        update fct_metrics set status = 'not_applicable', numerator = null, denominator = null,
            value = null, interval_low = null, interval_high = null
            where metric_id = 'early_guilty_plea' and area_id = 'north';
        update fct_metrics set status = 'low' where metric_id = 'early_guilty_plea'
            and area_id = 'force';
        alter table fct_metrics add column p boolean;
    """
    wanted = fixture_public_extract.order(tmp_path, change)
    with duckdb.connect(wanted.warehouse) as con:
        con.execute("alter table fct_metrics drop column p")
        con.execute("update fct_metrics set is_provisional = true, is_break = true"
                    " where metric_id = 'complaints' and area_id = 'east'")  # fmt: skip
    folder = build.build(wanted, root=fixtures.code(tmp_path)).folder
    pleas = {a: _row(folder, "early_guilty_plea", a)["marker"] for a in ("south", "north", "force")}
    assert pleas == {"south": "[x]", "north": "[z]", "force": "[u]"}
    assert _row(folder, "early_guilty_plea", "force")["value"] is None
    assert _row(folder, "complaints", "east")["marker"] == "[p][b]"


def test_open_data_are_printed_as_published(tmp_path: Path) -> None:
    wanted = fixture_public_extract.order(tmp_path)
    with duckdb.connect(wanted.warehouse) as con:
        con.execute("update dim_programme set is_open_data = true")
    made = build.build(wanted, root=fixtures.code(tmp_path))
    assert _row(made.folder, "complaints", "north")["numerator"] == 3
    assert _row(made.folder, "early_guilty_plea", "force")["numerator"] == 121
    assert _audited(made) == ""


def test_every_synthetic_row_says_that_it_is_invented(tmp_path: Path) -> None:
    made = fixture_public_extract.candidate(tmp_path, fixture_public_extract.LABELLED)
    assert set(fixture_public_extract.rows(made.folder)["origin"]) == {SYNTHETIC}
    assert _audited(made) == ""
    real = fixture_public_extract.candidate(tmp_path / "real")
    assert SYNTHETIC not in set(fixture_public_extract.rows(real.folder)["origin"])


def test_the_package_describes_the_file_that_lies_beside_it(tmp_path: Path) -> None:
    folder = fixture_public_extract.candidate(tmp_path).folder / "public"
    package = json.loads((folder / "datapackage.json").read_text())
    (resource,) = package["resources"]
    table = folder / resource["path"]
    rows = pl.read_csv(table)
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert list(fields) == rows.columns
    assert {field["type"] for field in fields.values()} == {"string", "number", "date"}
    assert resource["bytes"] == table.stat().st_size
    assert resource["hash"] == f"sha256:{of_file(table)}"
    assert resource["schema"]["missingValues"] == [""]
    key = resource["schema"]["primaryKey"]
    assert rows.select(key).is_duplicated().sum() == 0
    required = [name for name, field in fields.items() if "constraints" in field]
    assert rows.select(required).null_count().sum_horizontal().item() == 0
    assert package["licenses"][0]["name"] == "OGL-UK-3.0"
    assert package["sources"] == [{"title": "forms.complaints"}]
    assert all(field["description"] for field in fields.values())
    assert package["disclosure"]["P"]["threshold"] == 10


def test_the_manifest_holds_the_hash_of_the_extract_and_verify_and_show_know_it(
    tmp_path: Path,
) -> None:
    release = fixture_public_extract.release(tmp_path).release
    made = read_manifest(release)
    assert set(made["public"]) == {
        "public/README.md", "public/figures.csv", "public/datapackage.json",
    }  # fmt: skip
    assert verify(release) == []
    assert "public      public/README.md, public/datapackage.json" in summary.description(
        made, summarise(release, None)
    )
    table = release / "public" / "figures.csv"
    table.write_text(table.read_text().replace("60.0", "61.0"))
    assert verify(release) == ["public/figures.csv has other bytes than when it was released"]
    table.unlink()
    (release / "public" / "more.csv").write_text("")
    assert verify(release) == [
        "public/figures.csv is missing",
        "public/more.csv is not in the manifest",
    ]


def test_the_same_figures_again_are_no_new_release_and_a_revised_one_is_marked(
    tmp_path: Path,
) -> None:
    first = fixture_public_extract.release(tmp_path)
    assert not fixture_public_extract.release(tmp_path, again=first.release).is_new
    change = f"{MORE.format(n=61)} = 'east'; {MORE.format(n=84)} = 'force';"
    second = fixture_public_extract.release(tmp_path, change)
    assert second.is_new
    assert _row(first.release, "complaints", "east")["marker"] is None
    assert _row(second.release, "complaints", "east")["marker"] == "[r]"
    assert not fixture_public_extract.release(tmp_path, change, again=second.release).is_new


def test_what_was_hidden_for_another_stays_hidden_in_the_next_release(tmp_path: Path) -> None:
    fixture_public_extract.release(tmp_path)
    change = f"{MORE.format(n=9)} = 'north'; {MORE.format(n=89)} = 'force';"
    second = fixture_public_extract.release(tmp_path, change)
    assert _row(second.release, "complaints", "south")["marker"] == "[c]"
    alone = fixture_public_extract.release(tmp_path / "alone", change)
    assert _row(alone.release, "complaints", "south")["numerator"] == 20
    # Made again elsewhere from what it went on from, it has the same content.
    elsewhere = replace(
        fixture_public_extract.order(tmp_path / "else", change), again=second.release
    )
    again = build.build(elsewhere, root=fixtures.code(tmp_path / "else"))
    assert again.manifest["public"] == read_manifest(second.release)["public"]


def test_a_figure_hidden_now_is_not_held_against_what_was_first_published(tmp_path: Path) -> None:
    more = f"{MORE.format(n=20)} = 'north'; {MORE.format(n=100)} = 'force';"
    first = fixture_public_extract.release(tmp_path, more)
    assert _row(first.release, "complaints", "north")["numerator"] == 20
    second = fixture_public_extract.release(tmp_path)
    assert _row(second.release, "complaints", "north")["marker"] == "[c]"
    assert not [name for name in _row(second.release, "complaints", "north") if "first" in name]
