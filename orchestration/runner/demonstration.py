"""Writes the demonstration into an empty landing folder, completely or not at all."""

import shutil
from pathlib import Path

from orchestration import paths
from orchestration.programmes.programme import read_programmes
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import has_files


class LandingInUse(ValueError):
    """The demonstration was asked for where other files are; the message says what to do."""


def _folders() -> set[str]:
    return {name for p in read_programmes() if p.is_synthetic for name in p.landing}


def _is_only_demonstration(landing: Path) -> bool:
    return all(entry.name in _folders() for entry in landing.iterdir() if entry.name[0] != ".")


def prepare(landing: Path, *, demo: bool, named: bool) -> bool:
    """Write the synthetic programmes into `landing` when it is empty; True when it did.

    An empty folder that was `named` on the command line is left empty unless the demonstration is
    asked for. Raises LandingInUse when it is asked for and other files are there.
    """
    if landing.is_dir() and has_files(landing):
        if demo and not _is_only_demonstration(landing):
            message = f"{landing} holds other files: name an empty folder with --landing for --demo"
            raise LandingInUse(message)
        return False
    if named and not demo:
        return False
    write(landing)
    return True


def write(landing: Path) -> None:
    """Write to a temporary folder and move the files in, so that a kill leaves no partial files."""
    from orchestration.synthetic_data.synthesise import write_demonstration

    say("Writing the demonstration (synthetic files)")
    temporary = paths.home() / ".demonstration"
    shutil.rmtree(temporary, ignore_errors=True)
    write_demonstration(temporary)
    landing.mkdir(parents=True, exist_ok=True)
    for folder in temporary.iterdir():
        shutil.rmtree(landing / folder.name, ignore_errors=True)
        shutil.move(folder, landing / folder.name)
    temporary.rmdir()
