"""A release is laid out by who may have which part of it, and is closed to everybody else."""

import subprocess
import sys
from pathlib import Path

from orchestration.release import tiers
from orchestration.release.damage import verify
from tests.release import fixture_public_extract

FIRST_LINES = {
    "public": "For everyone: figures in which small counts are hidden",
    "internal": "For analysts of the force and those with an agreement: not for publication.",
    "restricted": "For those who make releases, and nobody else",
}


def test_each_tier_says_in_its_first_line_who_may_have_it(tmp_path: Path) -> None:
    release = fixture_public_extract.release(tmp_path).release
    for tier, says in FIRST_LINES.items():
        assert (release / tier / "README.md").read_text().splitlines()[0].startswith(says)
    public = {path.name for path in (release / "public").iterdir()}
    assert public == {"README.md", "figures.csv", "datapackage.json"}
    at_the_top = {path.name for path in release.iterdir()}
    assert at_the_top == {*FIRST_LINES, "manifest.json", "audit.json", "run.json"}


def test_a_release_is_closed_to_all_but_its_owner_and_group(tmp_path: Path) -> None:
    release = fixture_public_extract.release(tmp_path).release
    everything = [release, *release.rglob("*")]
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in everything}
    assert modes == {(True, 0o750), (False, 0o640)}


def test_what_a_command_writes_is_closed_to_others(tmp_path: Path) -> None:
    program = (
        "import os, sys; os.umask(0); from orchestration.cli import start; start();"
        "open(sys.argv[1], 'w').close()"
    )
    written = tmp_path / "written"
    subprocess.run([sys.executable, "-c", program, str(written)], check=True)
    assert written.stat().st_mode & 0o777 == 0o640


def test_a_release_from_before_there_were_tiers_is_laid_out_and_still_verifies(
    tmp_path: Path,
) -> None:
    release = fixture_public_extract.release(tmp_path).release
    for tier in ("internal", "restricted"):
        (release / tier / "README.md").unlink()
        for part in (release / tier).iterdir():
            part.rename(release / part.name)
        (release / tier).rmdir()
    assert tiers.is_earlier(release)
    tiers.lay_out(release)
    assert not tiers.is_earlier(release)
    assert verify(release) == []
    test_at_top = {path.name for path in release.iterdir()}
    assert test_at_top == {*FIRST_LINES, "manifest.json", "audit.json", "run.json"}
    assert (release / "restricted/disclosure/after/invented_force/cells.parquet").is_file()
