"""Keys and pseudonyms: refused when weak, the same person the same, and nowhere else."""

import hashlib
import os
import stat

import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration import paths
from orchestration.commands.keys import app
from orchestration.ingestion.pseudonyms.keys import (
    Key,
    KeyProblem,
    demonstration_secret,
    key_file,
    new_key,
    read_key,
    retired_file,
    rotate_key,
    variable,
    weakness,
)
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.steps.run_inputs import RunInputs
from orchestration.steps.settings import refuse_two_keys
from tests.ingestion.landing_builder import AS_OF, CLIPS, Place, invented_programme

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


def _sequence(size: int) -> bytes:
    return b"".join((1000 + at).to_bytes(size, "big") for at in range(32 // size))


WEAK = {
    "of the demonstration": (demonstration_secret(7), "the key of the demonstration"),
    "a repeat": (bytes(range(200, 220)) * 2, "repeats itself"),
    "a repeat cut off": ((os.urandom(13) * 3)[:32], "repeats itself"),
    "a sequence of bytes": (bytes(range(90, 122)) + bytes(range(122, 154)), "a sequence"),
    "a sequence of words": (_sequence(4), "a sequence"),
    "MD5 of a password": (hashlib.md5(b"letmein").digest() * 2, "repeats itself"),  # noqa: S324
    "MD5 of a password and more": (
        hashlib.md5(b"Letmein1").digest() + os.urandom(16), "hash of a common password",  # noqa: S324
    ),
    "SHA-1 of a password": (
        hashlib.sha1(b"passw0rd").digest() + os.urandom(12), "hash of a common password",  # noqa: S324
    ),
    "SHA-256 of a password": (hashlib.sha256(b"Dragon123").digest(), "hash of a common password"),
    "SHA-256 of its name": (hashlib.sha256(b"chicago\n").digest(), "hash of a common password"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WEAK)
def test_a_key_that_can_be_guessed_is_refused_and_the_reason_said(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, why = WEAK[kind]
    monkeypatch.setenv(variable("chicago"), secret.hex())
    with pytest.raises(KeyProblem, match=why) as refused:
        read_key(REAL)
    assert secret.hex() not in str(refused.value)


def test_random_keys_are_not_taken_for_weak_ones() -> None:
    assert [weakness(os.urandom(32), "chicago") for _ in range(50)] == [None] * 50


def test_a_fingerprint_tells_nobody_outside_whether_a_key_was_guessed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = os.urandom(32)
    monkeypatch.setenv(variable("chicago"), secret.hex())
    mine = read_key(REAL)
    assert read_key(REAL).fingerprint == mine.fingerprint
    beside = key_file("chicago").with_name("fingerprints.secret")
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    # Who guesses the key but has not the home's own secret comes to another fingerprint.
    assert Key("chicago", secret).fingerprint != mine.fingerprint
    beside.unlink()
    assert read_key(REAL).fingerprint != mine.fingerprint


def test_a_key_that_others_can_read_is_refused(place: Place) -> None:
    path, _ = new_key("chicago")
    path.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        read_key(REAL)


def test_a_rotated_key_is_another_and_the_old_one_is_kept_until_it_is_destroyed(
    place: Place,
) -> None:
    _, old = new_key("chicago")
    done = CliRunner().invoke(app, ["rotate", "--programme", "chicago"])
    assert done.exit_code == 0, done.output
    assert read_key(REAL).secret != old.secret
    retired = retired_file("chicago")
    assert bytes.fromhex(retired.read_text()) == old.secret
    assert stat.S_IMODE(retired.stat().st_mode) == 0o600
    assert old.secret.hex() not in done.output
    again = CliRunner().invoke(app, ["rotate", "--programme", "chicago"])
    assert again.exit_code == 2
    assert "still holds the key before this one" in again.output


def test_a_lost_key_is_said_in_words_with_what_can_still_be_done(place: Place) -> None:
    place.programmes = [invented_programme(is_synthetic=False)]
    path, key = new_key("nowhere")
    place.deliver("clips.csv", CLIPS)
    place.load()
    path.unlink()
    with pytest.raises(KeyProblem) as said:
        place.scan()
    assert f"The key {key.fingerprint} that 1 of its files were loaded with is gone" in str(
        said.value
    )
    assert "If it is lost for good" in str(said.value)


def test_after_a_rotation_a_file_in_landing_is_loaded_again_and_no_old_pseudonym_is_left(
    place: Place,
) -> None:
    place.programmes = [invented_programme(is_synthetic=False)]
    new_key("nowhere")
    place.deliver("clips.csv", CLIPS)
    place.load()
    before = set(place.raw()["officer"])
    _, new = rotate_key(place.programmes[0])
    inputs = RunInputs(place.landing, AS_OF)
    inputs.__dict__["scan"] = place.scan()
    refuse_two_keys(inputs)
    [row] = place.load()
    assert row.key_fingerprint == new.fingerprint
    assert len(set(place.raw()["officer"])) == len(before)
    stored = [file.read_bytes() for file in paths.raw().rglob("*.parquet")]
    assert stored
    assert not any(pseudonym.encode() in content for pseudonym in before for content in stored)
    assert before.isdisjoint(place.raw()["officer"])
    assert place.scan().deliveries == []


def test_two_keys_never_stand_in_one_release(place: Place) -> None:
    place.programmes = [invented_programme(is_synthetic=False)]
    paths.home().mkdir(parents=True, exist_ok=True)
    (paths.home() / "home.yml").write_text("landing: emptied\n")
    new_key("nowhere")
    delivered = place.deliver("clips.csv", CLIPS)
    place.load()
    delivered.unlink()
    rotate_key(place.programmes[0])
    inputs = RunInputs(place.landing, AS_OF)
    inputs.__dict__["scan"] = place.scan()
    with pytest.raises(KeyProblem, match="1 files that count were loaded with the one before"):
        refuse_two_keys(inputs)


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
