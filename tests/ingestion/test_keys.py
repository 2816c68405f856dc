"""Keys and pseudonyms: refused when weak, the same person the same, and nowhere else."""

import os
import stat

import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration.commands.keys import app
from orchestration.ingestion.pseudonyms.keys import (
    Key,
    KeyProblem,
    key_file,
    new_key,
    read_key,
    variable,
)
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from tests.ingestion.landing_builder import CLIPS, Place, invented_programme

REAL = invented_programme("chicago", is_synthetic=False)


def test_a_new_key_is_for_its_owner_alone_and_is_never_printed(place: Place) -> None:
    done = CliRunner().invoke(app, ["new", "--programme", "chicago"])
    path = key_file("chicago")
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() not in done.output
    assert read_key(REAL).fingerprint in done.output


def test_a_key_is_never_overwritten(place: Place) -> None:
    path, _ = new_key("chicago")
    before = path.read_text()
    done = CliRunner().invoke(app, ["new", "--programme", "chicago"])
    assert done.exit_code != 0
    assert path.read_text() == before


def test_a_programme_with_identifiers_does_not_start_without_a_key(place: Place) -> None:
    place.programmes = [invented_programme(is_synthetic=False)]
    place.deliver("clips.csv", CLIPS)
    with pytest.raises(KeyProblem, match="bodyworn keys new --programme nowhere"):
        place.scan()


@pytest.mark.parametrize(
    "weak", ["00" * 32, "abcd", "0123456789abcdef" * 4, "70617373776f7264" * 4, "not hex at all"]
)
def test_a_weak_key_is_refused_and_not_repeated(weak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("chicago"), weak)
    with pytest.raises(KeyProblem) as refused:
        read_key(REAL)
    assert weak not in str(refused.value)
    assert "keys new" in str(refused.value)


def test_a_key_that_others_can_read_is_refused(place: Place) -> None:
    path, _ = new_key("chicago")
    path.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        read_key(REAL)


def test_only_a_synthetic_programme_has_a_key_without_making_one(place: Place) -> None:
    assert read_key(invented_programme()).secret
    with pytest.raises(KeyProblem):
        read_key(REAL)


def _pseudonym(programme: str, kind: str, person: str, secret: bytes) -> str:
    return str(Pseudonyms(Key(programme, secret)).of(pl.Series([person]), kind)[0])


def test_a_person_is_the_same_within_a_programme_and_kind_and_nowhere_else() -> None:
    secret = os.urandom(32)
    same = {_pseudonym("a", "officer", person, secret) for person in ("pc1", " PC1 ", "PC1")}
    others = {
        _pseudonym("b", "officer", "PC1", secret),
        _pseudonym("a", "defendant", "PC1", secret),
        _pseudonym("a", "officer", "PC1", os.urandom(32)),
        _pseudonym("a", "officer", "PC2", secret),
    }
    assert len(same) == 1
    assert len(others) == 4
    assert not same & others


def test_a_blank_identifier_stays_nobody() -> None:
    made = Pseudonyms(Key("a", os.urandom(32))).of(pl.Series(["", None, "  "]), "officer")
    assert made.to_list() == [None, None, None]
