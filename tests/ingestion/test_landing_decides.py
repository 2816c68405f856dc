"""Landing decides which loads count: taken out, put right, refused, published twice, withdrawn."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import ContractProblem, TableContract, read_contracts
from orchestration.ingestion.landing.counting import (
    NothingToWithdraw,
    read_withdrawals,
    record_withdrawal,
    settle,
)
from orchestration.ingestion.landing.home_settings import HomeProblem, read_home_settings
from orchestration.ingestion.landing.scan import decisions
from orchestration.ingestion.ledger import LedgerProblem, export, read_ledger
from tests.ingestion.landing_builder import AS_OF, CLIPS, CONTRACT, Place

WRONG = CLIPS.replace("90", "95")
UNREADABLE = CLIPS.replace("seconds", "length")
COMPLAINTS = "officer,logged_on\nPC1001,2026-01-05\nPC1002,2026-01-06\n"
MORE = COMPLAINTS + "PC1003,2026-01-07\n"


def _run(place: Place) -> dict[str, str]:
    """Load, settle and export as a run does; the status of each file, by name and size."""
    view = place.scan().view
    place.load()
    rows = read_ledger()
    settle(rows, decisions(rows, view, place.contracts, None), AS_OF)
    export(paths.derived() / "ingestion")
    return {
        f"{row.file_name.split('/', 1)[1]} {row.records}": row.counting_status
        for row in read_ledger()
    }


def _counted(table: str = "clips") -> pl.DataFrame:
    """What dbt reads of a table."""
    found = sorted(paths.raw().glob(f"invented/{table}/nowhere/*.parquet"))
    return pl.concat([pl.read_parquet(path) for path in found]) if found else pl.DataFrame()


def _seconds() -> list[int]:
    return _counted()["seconds"].to_list() if _counted().width else []


def _emptied() -> None:
    paths.home().mkdir(parents=True, exist_ok=True)
    (paths.home() / "home.yml").write_text("landing: emptied\n")


def _with_rule(place: Place, rule: str) -> TableContract:
    """The place's complaints with a rule of versions in their contract."""
    staging = place.landing.parent / "staging"
    text = CONTRACT.replace("key: none", f"key: none\n            {rule}")
    (staging / "invented" / "_invented.yml").write_text(text)
    place.contracts = read_contracts(staging)
    return place.contracts[1]


def test_a_file_taken_out_is_withdrawn_and_no_longer_counts(place: Place) -> None:
    path = place.deliver("clips.csv", CLIPS)
    assert _run(place) == {"clips.csv 2": "counts"}
    path.unlink()
    assert [now.status for _, now in place.scan().changes] == ["withdrawn"]
    assert _run(place) == {"clips.csv 2": "withdrawn"}
    assert _seconds() == []
    assert place.scan().changes == []
    ledger = pl.read_parquet(paths.derived() / "ingestion" / "ledger" / "ledger.parquet")
    assert ledger.select("counting_status", "counting_since", "counting_reason").rows() == [
        ("withdrawn", AS_OF, "It is no longer in landing.")
    ]


def test_a_file_that_comes_back_counts_again_without_being_read_again(place: Place) -> None:
    path = place.deliver("clips.csv", CLIPS)
    _run(place)
    path.unlink()
    _run(place)
    place.deliver("clips.csv", CLIPS)
    assert not place.scan().deliveries
    assert _run(place) == {"clips.csv 2": "counts"}
    assert _seconds() == [60, 90]


def test_a_file_that_comes_back_is_read_again_where_its_rows_are_gone(place: Place) -> None:
    path = place.deliver("clips.csv", CLIPS)
    _run(place)
    path.unlink()
    _run(place)
    shutil.rmtree(paths.set_aside())
    place.deliver("clips.csv", CLIPS)
    assert len(place.scan().deliveries) == 1
    _run(place)
    assert _seconds() == [60, 90]


def test_right_wrong_and_right_again_ends_with_the_right_figures(place: Place) -> None:
    for text in (CLIPS, WRONG):
        place.deliver("clips.csv", text)
        _run(place)
    assert _seconds() == [60, 95]
    place.deliver("clips.csv", CLIPS)
    assert place.scan().changes
    _run(place)
    assert _seconds() == [60, 90]
    assert sorted(row.counting_status for row in read_ledger()) == ["counts", "superseded"]


def test_a_refused_version_does_not_displace_the_one_it_replaces(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    _run(place)
    path = place.deliver("clips.csv", UNREADABLE)
    _run(place)
    status = {row.load_status: row for row in read_ledger()}
    assert status["accepted"].counting_status == "stale"
    assert "could not be read" in str(status["accepted"].counting_reason)
    assert status["refused"].counting_status == "refused"
    assert _seconds() == [60, 90]
    place.deliver("clips.csv", WRONG)
    _run(place)
    assert _seconds() == [60, 95]
    path.unlink()
    _run(place)
    assert _seconds() == []
    assert {row.counting_status for row in read_ledger()} == {"withdrawn"}


def test_what_was_replaced_before_does_not_come_back_for_a_refused_version(place: Place) -> None:
    for text in (CLIPS, WRONG, UNREADABLE):
        place.deliver("clips.csv", text)
        _run(place)
    assert _seconds() == [60, 95]


def test_a_version_still_being_written_lets_the_one_before_count_on(place: Place) -> None:
    path = place.deliver("clips.csv", CLIPS)
    _run(place)
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert _run(place) == {"clips.csv 2": "stale"}
    assert _seconds() == [60, 90]


def test_a_file_under_another_name_is_the_same_delivery(place: Place) -> None:
    path = place.deliver("complaints_a.csv", COMPLAINTS)
    _run(place)
    path.rename(path.with_name("complaints_b.csv"))
    place.deliver("complaints_a.csv", MORE)
    _run(place)
    assert _counted("complaints").height == 5


def test_a_load_of_before_statuses_were_written_is_read(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    _run(place)
    [file] = paths.ledger().glob("rows/*/*/*/*.json")
    text = file.read_text()
    start = text.index('"counting_reason"')
    file.write_text(text[:start] + text[text.index('"duplicates"') :])
    assert read_ledger()[0].counting_status == "counts"


def test_where_landing_is_emptied_what_is_gone_counts_on(place: Place) -> None:
    _emptied()
    path = place.deliver("clips_1.csv", CLIPS)
    _run(place)
    path.unlink()
    assert place.scan().changes == []
    assert _run(place) == {"clips_1.csv 2": "counts"}


def test_where_landing_is_emptied_what_is_delivered_again_arrives_last(place: Place) -> None:
    _emptied()
    for text in (COMPLAINTS, MORE, COMPLAINTS):
        path = place.deliver("complaints.csv", text)
        _run(place)
        path.unlink()
        assert not place.scan().changes
    assert _counted("complaints").height == 2
    assert [(row.arrival, row.counting_status) for row in read_ledger()] == [
        (2, "superseded"),
        (3, "counts"),
    ]


def test_rows_that_are_lost_and_cannot_be_read_again_stop_the_run(place: Place) -> None:
    _emptied()
    place.deliver("clips.csv", CLIPS)
    _run(place)
    (place.landing / "nowhere" / "clips.csv").unlink()
    shutil.rmtree(paths.raw())
    with pytest.raises(LedgerProblem, match="Deliver it again"):
        _run(place)


def test_a_person_withdraws_a_file_and_takes_it_back_on_record(place: Place) -> None:
    _emptied()
    place.deliver("clips.csv", CLIPS)
    place.deliver("complaints.csv", COMPLAINTS)
    _run(place)
    record_withdrawal("clips.csv", "A month is missing.", "2026-01-31")
    assert [now for _, now in place.scan().changes] == [("withdrawn", "A month is missing.", None)]
    assert _run(place) == {"clips.csv 2": "withdrawn", "complaints.csv 2": "counts"}
    assert _seconds() == []
    with pytest.raises(NothingToWithdraw, match="not withdrawn already"):
        record_withdrawal("clips.csv", "Again.", "2026-01-31")
    record_withdrawal(read_ledger()[0].file_hash[:10], "It was whole.", "2026-02-01", undo=True)
    _run(place)
    assert _seconds() == [60, 90]
    assert [(each.action, each.why) for each in read_withdrawals()] == [
        ("withdrawn", "A month is missing."),
        ("counted again", "It was whole."),
    ]


def test_a_name_of_several_contents_is_asked_for_by_hash(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    place.deliver("more/clips.csv", WRONG)
    _run(place)
    with pytest.raises(NothingToWithdraw, match="name one by its hash"):
        record_withdrawal("clips.csv", "Wrong.", "2026-01-31")
    assert (
        record_withdrawal("nowhere/clips.csv", "Wrong.", "2026-01-31")[0].file_name
        == "nowhere/clips.csv"
    )


@pytest.mark.parametrize(
    ("text", "said"), [("landing: emptyed\n", "kept"), ("landin: kept\n", "landin")]
)
def test_a_setting_that_is_not_known_is_refused(place: Place, text: str, said: str) -> None:
    assert read_home_settings().landing == "kept"
    paths.home().mkdir(parents=True)
    (paths.home() / "home.yml").write_text(text)
    with pytest.raises(HomeProblem, match=said):
        place.scan()


def test_one_month_in_two_folders_counts_once_the_later_arrival(place: Place) -> None:
    _with_rule(place, 'same_delivery: {name_pattern: "complaints_20[0-9-]+"}')
    place.deliver("2026-03/complaints_2026-01.csv", COMPLAINTS)
    place.deliver("2026-04/complaints_2026-01.csv", MORE)
    place.deliver("2026-04/complaints_2026-02.csv", COMPLAINTS + "PC9,2026-02-01\nPC9,2026-02-02\n")
    assert _run(place) == {
        "2026-03/complaints_2026-01.csv 2": "superseded",
        "2026-04/complaints_2026-01.csv 3": "counts",
        "2026-04/complaints_2026-02.csv 4": "counts",
    }
    (place.landing / "nowhere" / "2026-04" / "complaints_2026-01.csv").unlink()
    assert _run(place)["2026-03/complaints_2026-01.csv 2"] == "counts"


def test_a_re_export_can_be_declared_to_replace_the_whole_table(place: Place) -> None:
    _with_rule(place, "replaces: table")
    place.deliver("complaints_a.csv", COMPLAINTS)
    place.deliver("complaints_b.csv", MORE)
    _run(place)
    assert _counted("complaints").height == 3


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("same_delivery: {}", "either a name_pattern or columns"),
        ("same_delivery: {columns: [month]}", "named but not declared: month"),
        ("replaces: period", "needs an event_date"),
        ("event_date: logged_on\n            replaces: period", "make logged_on required"),
        (
            "replaces: table\n            same_delivery: {columns: [officer]}",
            "give same_delivery or",
        ),
        ("repeated_rows: {count_once_by: number}", "named but not declared: number"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(place: Place, rule: str, said: str) -> None:
    with pytest.raises(ContractProblem, match=said):
        _with_rule(place, rule)


def _with_key_and(place: Place, rule: str) -> None:
    text = CONTRACT.replace("key: [clip_id]", f"key: [clip_id]\n            {rule}")
    staging: Path = place.landing.parent / "staging"
    (staging / "invented" / "_invented.yml").write_text(text)
    place.contracts = read_contracts(staging)


@pytest.mark.parametrize(
    "rule",
    [
        "same_delivery: {columns: [officer]}",
        "replaces: period",
        "repeated_rows: {count_once_by: clip_id}",
    ],
)
def test_a_table_with_a_key_takes_no_rule_about_single_rows(place: Place, rule: str) -> None:
    with pytest.raises(ContractProblem, match="key: none"):
        _with_key_and(place, rule)


@pytest.mark.parametrize("rule", ['same_delivery: {name_pattern: "^clips"}', "replaces: table"])
@pytest.mark.parametrize("landing", ["kept", "emptied"])
def test_a_correction_that_leaves_a_row_out_removes_it_where_a_delivery_is_complete(
    place: Place, rule: str, landing: str
) -> None:
    delivered = place.deliver("clips.csv", CLIPS)
    _run(place)
    if landing == "emptied":
        _emptied()
        delivered.unlink()
    place.deliver("clips_corrected.csv", "".join(CLIPS.splitlines(keepends=True)[:2]))
    _run(place)
    # By the key alone the row that was left out counts on: it may stand in the other file only.
    assert sorted(_counted("clips")["clip_id"]) == ["c1", "c1", "c2"]
    _with_key_and(place, rule)
    _run(place)
    assert _counted("clips")["clip_id"].to_list() == ["c1"]
