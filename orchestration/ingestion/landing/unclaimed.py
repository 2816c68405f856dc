"""Why a file in landing fits no contract: which folder or which pattern came nearest."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.landing.files import HIDDEN
from orchestration.programmes.programme import Programme
from orchestration.storage.yaml_positions import nearest

# A hidden file comes with its reason.
HIDDEN_TOO = f"({HIDDEN})"


def explained(
    names: Iterable[str], programmes: Sequence[Programme], contracts: Sequence[TableContract]
) -> list[str]:
    """Each file below landing that no contract claims, with the reason in brackets."""
    return [
        name if name.endswith(HIDDEN_TOO) else f"{name} ({reason_of(name, programmes, contracts)})"
        for name in names
    ]


def reason_of(
    name: str, programmes: Sequence[Programme], contracts: Sequence[TableContract]
) -> str:
    """Why a file, by its path below landing, belongs to no table of these programmes."""
    owners = [
        (programme, name.removeprefix(f"{folder}/"))
        for programme in programmes
        for folder in programme.landing
        if name.startswith(f"{folder}/")
    ]
    if not owners:
        folder = name.split("/", 1)[0]
        known = [each for programme in programmes for each in programme.landing]
        return f"no programme of this run has the folder {folder}{nearest(folder, known)}"
    programme, own = owners[0]
    found = max(_patterns(programme, own, contracts), default=None)
    if found is None:
        return f"the sources of {programme.programme} name no files"
    _, pattern, label = found
    if fnmatchcase(own.casefold(), pattern.casefold()):
        return f"only upper and lower case differ from `{pattern}` of {label}"
    return f"the nearest pattern is `{pattern}` of {label}"


def _patterns(
    programme: Programme, name: str, contracts: Sequence[TableContract]
) -> Iterator[tuple[float, str, str]]:
    """Every pattern that might have claimed the file: how similar it is, the pattern, its table."""
    last = name.rsplit("/", 1)[-1]
    for contract in contracts:
        if contract.source not in programme.sources:
            continue
        for pattern in contract.meta.files:
            text = name if "/" in pattern else last
            yield _likeness(text.casefold(), pattern.casefold()), pattern, contract.label


def _likeness(name: str, pattern: str) -> float:
    """The share of the pattern's letters that a name has, in order, from 0 to 1."""
    letters = pattern.replace("*", "")
    if not letters:
        return 0.0
    blocks = SequenceMatcher(None, name, letters, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(letters)
