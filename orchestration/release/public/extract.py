"""The public extract of a candidate: `public/figures.csv` and `public/datapackage.json`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.disclosure.policy import Policy, read_policy
from orchestration.release.dbt_artifacts import Artifacts
from orchestration.release.manifest import Input
from orchestration.release.public import cube, figures, package, previous_release, suppression
from orchestration.storage import durable
from orchestration.storage.hashes import of_file
from orchestration.storage.spreadsheet_safety import escape

FOLDER = "public"


@dataclass(frozen=True)
class ExtractRequest:
    """What an extract is made for: as-of date, inputs, and the memory of the release before."""

    as_of: str
    inputs: Sequence[Input]
    before: Path | None


def hashes(release: Path) -> dict[str, str]:
    """SHA-256 of every file of the extract, by its path within the release."""
    files = sorted((release / FOLDER).glob("*"))
    return {f"{FOLDER}/{path.name}": of_file(path) for path in files}


def write(
    folder: Path, artifacts: Artifacts, request: ExtractRequest, policy: Policy | None = None
) -> dict[str, str]:
    """Write the extract of the candidate in `folder`; return the hash of each file.

    Nothing is written when a table it is cut from is missing, which the audit reports. Raises
    BuildProblem when a metric declares a disclosure class that does not exist.
    """
    released = cube.read_released(folder, artifacts)
    if released is None:
        return {}
    rules = policy or read_policy()
    remembered = previous_release.keep(request.before, folder)
    rows = cube.cut(released, rules)
    counts, cells, links = suppression.protected(rows, rules, remembered)
    printed, first = figures.printed(rows, counts, rules, remembered)
    previous_release.write(folder, previous_release.Memory(cells, links, first))
    target = folder / FOLDER
    target.mkdir()
    escape(printed).write_csv(target / package.TABLE)
    package_description = package.describe(target, request.as_of, request.inputs, artifacts, rules)
    durable.write_json(
        target / package.NAME, package_description | package.withdrawn_before(folder)
    )
    return hashes(folder)
