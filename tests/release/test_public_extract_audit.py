"""An extract that shows too much, or says too little, stops its release."""

from pathlib import Path

import pytest

from orchestration.release import build
from orchestration.release.audit import candidate_audit
from orchestration.release.dbt_artifacts import BuildProblem
from orchestration.release.public.cube import SYNTHETIC
from tests.release import fixture_public_extract, fixtures


def _audited(made: build.Candidate) -> str:
    return "\n".join(
        finding.sentence for finding in candidate_audit.errors(candidate_audit.audit(made))
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[c],", "[c],", ""),
        ("all,,,,,,[c],", "all,20.0,,,,,[c],", "can be worked out from the extract"),
        ("all,,,,,,[c],", "all,,,3.0,,,[c],", "a figure stands where one is hidden"),
        ("all,,,,,,[c],", "all,20.0,,20.0,,,,", "can be worked out from the extract"),
        (",60.0,,60.0,", ",61.0,,61.0,", "printed counts are not what their class prints"),
        ("Supplied by", "Found by", ""),
    ],
)
def test_an_extract_that_shows_too_much_stops_the_release(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    made = fixture_public_extract.candidate(tmp_path)
    table = made.folder / "public" / "figures.csv"
    text = table.read_text()
    assert old in text
    lines = text.splitlines(keepends=True)
    south = next(n for n, line in enumerate(lines) if ",south," in line and ",year," in line)
    place = south if "[c]" in old else next(n for n, line in enumerate(lines) if old in line)
    lines[place] = lines[place].replace(old, new)
    table.write_text("".join(lines))
    said = _audited(made)
    assert sentence in said
    assert ("not the one in the manifest" in said) == (old != new)


def test_an_unlabelled_synthetic_row_or_a_missing_extract_stops_the_release(tmp_path: Path) -> None:
    made = fixture_public_extract.candidate(tmp_path, fixture_public_extract.LABELLED)
    table = made.folder / "public" / "figures.csv"
    table.write_text(table.read_text().replace(SYNTHETIC, "Real", 1))
    assert "rows of the extract are labelled wrongly" in _audited(made)
    table.unlink()
    assert "The public extract was not written." in _audited(made)


def test_a_class_that_does_not_exist_is_a_problem_of_the_metric(tmp_path: Path) -> None:
    wanted = fixture_public_extract.declared(fixture_public_extract.order(tmp_path), "Q")
    with pytest.raises(BuildProblem, match="there is no disclosure class Q"):
        build.build(wanted, root=fixtures.code(tmp_path))
