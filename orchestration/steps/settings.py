"""Settings checked before a run starts: unknown names, missing folders, days."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import cache

from orchestration import paths
from orchestration.ingestion.contracts.table import ContractProblem, TableContract
from orchestration.ingestion.covered_months import broken_off
from orchestration.ingestion.ledger import LedgerRow, has_rows, read_ledger
from orchestration.ingestion.pseudonyms.keys import KeyProblem
from orchestration.programmes.programme import Programme, ProgrammeProblem, read_programmes
from orchestration.release.current import current, read_manifest
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage.yaml_positions import (
    Path,
    YamlProblem,
    listed,
    most_like,
    nearest,
    parse,
    place_of,
    said,
)

UNITED = re.compile(r"unite\(\s*\[?((?:'[a-z0-9_]+'[,\s]*)+)")
# A folder this similar to a name that no folder has is that folder, mistyped.
ALIKE = 0.8
CAMERAS = "recordings"
QUIET_DAYS = 14
"""Cameras record every day: two weeks without a recording mean that the data have ended."""


@cache
def known_metrics() -> frozenset[str]:
    """Every metric that a model makes."""
    found = (paths.MODELS / "metrics").glob("*/met_*.sql")
    return frozenset(path.stem.removeprefix("met_") for path in found)


@cache
def known_feeds() -> frozenset[str]:
    """Every feed that a model unites: rows of any other would be loaded and never counted."""
    texts = (path.read_text("utf-8") for path in (paths.MODELS / "intermediate").rglob("*.sql"))
    lists = (named for text in texts for named in UNITED.findall(text))
    return frozenset(name for named in lists for name in re.findall("[a-z0-9_]+", named))


def refuse_faulty(inputs: RunInputs) -> None:
    """Raise ProgrammeProblem or ContractProblem, which list every fault, before anything starts."""
    contracts = [fault for one in inputs.used() for fault in _feed(one)]
    if contracts:
        raise ContractProblem(listed(contracts))
    sources = {contract.source for contract in inputs.contracts}
    faults = [fault for one in inputs.programmes for fault in _names(one, sources)]
    if inputs.replay is None:
        faults += _folders(inputs)
    if faults:
        raise ProgrammeProblem(listed(faults))


def refuse_two_keys(inputs: RunInputs) -> None:
    """Raise KeyProblem where files of two keys would stand in one release.

    A person would be two people in it, and who holds both releases could match old pseudonyms to
    new ones.
    """
    files = inputs.scan.under_another_key
    if files and inputs.replay is None:
        named = ", ".join(files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")  # noqa: PLR2004
        raise KeyProblem(
            f"The key was changed, and {len(files)} files that count were loaded with the one"
            f" before and are no longer in landing: {named}. Two keys never stand in one release:"
            " deliver them again, take them out with `bodyworn withdraw`, or put the old key back."
        )


def _feed(contract: TableContract) -> Iterator[str]:
    if contract.feed not in known_feeds():
        near = nearest(contract.feed, known_feeds())
        yield (
            f"{contract.source}/_{contract.source}.yml: the feed {contract.feed} of"
            f" {contract.label} is one that no model unites{near}"
        )


def _names(programme: Programme, sources: set[str]) -> Iterator[str]:
    """Sources without a contract and metrics without a model, each with the nearest there is."""
    for at, name in enumerate(programme.sources):
        if name not in sources:
            message = f"sources: there is no layout {name}{nearest(name, sources)}"
            yield _at(programme, ("sources", at), message)
    for path, name in _metrics(programme):
        if name not in known_metrics():
            message = f"{path[0]}: there is no metric {name}{nearest(name, known_metrics())}"
            yield _at(programme, path, message)


def _metrics(programme: Programme) -> Iterator[tuple[Path, str]]:
    for at, baseline in enumerate(programme.baselines):
        yield ("baselines", at, "metric"), baseline.metric
    for at, gap in enumerate(programme.not_supplied):
        yield ("not_supplied", at, "metric"), gap.metric
    for at, event in enumerate(programme.breaks):
        yield from ((("breaks", at, "metrics", n), name) for n, name in enumerate(event.metrics))
    for promise in programme.promises:
        if promise.metric_id is not None:
            yield ("promises", promise.promise_id), promise.metric_id
    for beside in programme.context:
        yield ("promises", beside.promise_id), beside.shown_metric


def _at(programme: Programme, path: Path, message: str) -> str:
    """The message with file, line and column, if the file can still be read."""
    name = f"{programme.programme}/programme.yml"
    try:
        text = (paths.PROGRAMMES / name).read_text("utf-8")
        return said(name, place_of(parse(text, name, "a programme")[1], path), message)
    except (OSError, YamlProblem):
        return f"{name}: {message}"


def _folders(inputs: RunInputs) -> Iterator[str]:
    """Declared landing folders that are missing, unless that may be intended.

    A run over some of the programmes is intended. A missing folder is not where other folders of
    the programme are there, where the release being served has the programme, or where an unclaimed
    folder has nearly the same name. A folder that not everybody has (`optional_landing`) may be
    missing.
    """
    landing, known = inputs.landing, read_programmes()
    there = {path.name for path in landing.iterdir() if path.is_dir()} if landing.is_dir() else ()
    stray = set(there) - {name for programme in known for name in programme.landing}
    serving = current(paths.releases())
    served = read_manifest(serving)["programmes"] if serving else []
    for programme in known:
        for at, name in enumerate(programme.landing):
            if (landing / name).is_dir():
                continue
            why = None
            if near := most_like(name, stray, ALIKE):
                why = f"there is {near}, which no programme names"
            elif name not in programme.optional_landing:
                why = _missed(programme, inputs, served)
            elif programme.programme not in inputs.scope and has_rows(programme.programme):
                why = "files of the programme were delivered before"
            if why:
                message = (
                    f"landing: there is no folder {name} in {landing}, and {why}. Put it back or"
                    " mend its name; where nothing is delivered any more, leave it there empty"
                )
                yield _at(programme, ("landing", at), message)


def _missed(programme: Programme, inputs: RunInputs, served: Collection[str]) -> str | None:
    """Why a missing folder of the programme cannot be intended; None where it may be."""
    if programme.programme in inputs.scope:
        return "other folders of the programme are there"
    if programme.programme in served:
        return "the release being served holds this programme"
    return None


def warnings(inputs: RunInputs) -> list[str]:
    """What a run says and does not stop for.

    `data_to` weeks after the last record, and files that break off before their name ends.
    """
    cameras = {one.label for one in inputs.contracts if one.feed == CAMERAS}
    rows = [row for row in read_ledger() if row.load_status == "accepted" and row.last_event_date]
    found = (_quiet(programme, rows, cameras) for programme in inputs.programmes)
    counted = [row for row in rows if row.is_counted]
    return [*filter(None, found), *_breaking_off(inputs, counted)]


def _breaking_off(inputs: RunInputs, counted: list[LedgerRow]) -> Iterator[str]:
    """Said of a file whose name promises months of which it holds nothing."""
    loads = defaultdict(list)
    for row in counted:
        loads[row.identity[:3]].append(row)
    for programme in inputs.programmes:
        for table in inputs.used():
            own = loads[programme.programme, table.source, table.name]
            for row, named, days in broken_off(own, table, programme):
                yield (
                    f"{row.file_name}: its name speaks of {named.first} to {named.last}, and its"
                    f" records are of {days.first} to {days.last}. Months without any do not count"
                    " as months in which nothing happened. If nothing did, deliver a file named for"
                    " them that holds the header alone; if the export broke off, deliver it again"
                )


def _quiet(programme: Programme, rows: list[LedgerRow], cameras: set[str]) -> str | None:
    """The warning for a programme whose records, of any kind, end long before `data_to`."""
    own = [row for row in rows if row.programme_id == programme.programme]
    if not any(f"{row.source_name}.{row.table_name}" in cameras for row in own):
        return None
    last = max(row.last_event_date for row in own if row.last_event_date)
    if programme.data_to - last <= timedelta(days=QUIET_DAYS):
        return None
    message = (
        f"data_to is {programme.data_to}, and the last record is of {last}: the days between would"
        " count as days on which nothing happened. Set data_to to the last day of the data"
    )
    return _at(programme, ("data_to",), message)
