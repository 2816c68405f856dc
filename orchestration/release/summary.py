"""Releases in words: what `bodyworn release` prints for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from orchestration.release.compare import ReleaseDifference
from orchestration.release.current import ReleaseSummary
from orchestration.release.decisions import Decision
from orchestration.release.held import Held
from orchestration.release.publish import Pruned
from orchestration.release.withdrawal import Withdrawal

SHOWN = 20
NOTHING = "There is no release yet: `bodyworn run` makes one."


def withdrawn(mark: Withdrawal) -> str:
    """That a release was withdrawn, when, why, and what to use in its place."""
    instead = f"Use {mark.replaced_by} instead." if mark.replaced_by else "Nothing replaces it yet."
    since = f" on {mark.withdrawn_at[:10]}" if mark.withdrawn_at else ""
    return f"{mark.release} was withdrawn{since}: {mark.why} {instead}"


def purged(on: str) -> str:
    """That everything but the public part of a release was removed."""
    return f"Only public/ is left of it: a person's records were erased on {on}."


def verified(
    release: str, differences: Sequence[str], mark: Withdrawal | None, purged_on: str | None = None
) -> str:
    """Whether a release is still what was published, and whether it still counts."""
    lines = [f"{release} is whole."]
    if purged_on:
        lines = [f"{release}: what was published is whole. {purged(purged_on)}"]
    if differences:
        lines = [f"{release} is not what was released:", *differences]
    return "\n".join([*lines, withdrawn(mark)] if mark else lines)


def listing(entries: Sequence[ReleaseSummary]) -> str:
    """One line per release, the one being served marked with `*`, and a line if withdrawn."""
    lines = [
        f"{'*' if entry.is_current else ' '} {entry.release}  finished {entry.finished[:19]}"
        f"  {entry.files} files, {entry.tables} tables: {', '.join(entry.programmes)}"
        + (f"\n  WITHDRAWN: {withdrawn(entry.withdrawn)}" if entry.withdrawn else "")
        + (f"\n  {purged(entry.purged_on)}" if entry.purged_on else "")
        for entry in entries
    ]
    return "\n".join(lines) or NOTHING


def description(made: dict[str, Any], entry: ReleaseSummary) -> str:
    """A release on one screen: what it was made from, by what, and what is in it."""
    tests = ", ".join(f"{count} {status}" for status, count in entry.tests.items())
    code, by = made["code"], made["made_by"]
    return "\n".join(
        [
            f"release     {entry.release}{' (current)' if entry.is_current else ''}",
            *([f"withdrawn   {withdrawn(entry.withdrawn)}"] if entry.withdrawn else []),
            f"as of       {entry.as_of}, finished {entry.finished}",
            f"parent      {entry.parent or 'none'}",
            f"programmes  {', '.join(entry.programmes)}",
            f"code        {code['version'][:12]}, commit {by['git_commit'] or 'none'}",
            f"versions    DuckDB {code['duckdb']}, dbt {by['dbt']}, Python {by['python']}",
            f"tests       {tests or 'none'}",
            f"inputs      {entry.files} files, in order of arrival:",
            *(
                f"  {i['position']:>4} {i['file_hash'][:12]} {i['file_name']}"
                for i in made["inputs"]
            ),
            f"tables      {', '.join(made['outputs'])}",
            f"public      {', '.join(made.get('public', {})) or 'no extract'}",
        ]
    )


def _some(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"  ... and {len(lines) - SHOWN} more (all of them with --json)"


def _figure(row: dict[str, Any]) -> str:
    part = "" if row["breakdown"] == "all" else f" {row['breakdown']} {row['breakdown_value']}"
    where = f"{row['programme_id']} {row['area_id']} {row['period_grain']} {row['period_start']}"
    old, new = (f"{row[f'{side}_value']} ({row[f'{side}_status']})" for side in ("old", "new"))
    return f"  {row['change']:<8}{row['metric_id']}{part} {where}: {old} -> {new}"


def difference(found: ReleaseDifference) -> str:
    """What changed, by subject; a sentence when nothing did."""
    title, marks = f"{found.old} -> {found.new}", [withdrawn(mark) for mark in found.withdrawn]
    if found.is_empty:
        return "\n".join([f"{title}: no figure, table or check changed.", *marks])
    tables = [f"  {t['table']}: {t['old_rows']} -> {t['new_rows']} rows" for t in found.tables]
    checks = [f"  {c['check_name']}: {c['old_status']} -> {c['new_status']}" for c in found.checks]
    return "\n".join(
        [
            title,
            *marks,
            f"{len(found.figures)} figures moved",
            *_some([_figure(row) for row in found.figures]),
            f"{len(found.new_missing)} figures have no value any more",
            *_some([_figure(row) for row in found.new_missing]),
            f"{len(tables)} tables changed",
            *_some(tables),
            f"{len(checks)} checks changed",
            *_some(checks),
        ]
    )


def pruned(done: Pruned, *, is_rehearsal: bool) -> str:
    """Which releases went and stay."""
    verb = "Would remove" if is_rehearsal else "Removed"
    gone = ", ".join(done.removed) or "nothing"
    return f"{verb} {gone}. Kept: {', '.join(done.kept) or 'nothing'}."


def waiting(held: Sequence[Held], decisions: Sequence[Decision]) -> str:
    """What waits for a person, and what people decided so far."""
    lines = [] if held else ["Nothing is held."]
    for one in held:
        lines += [f"{one.programme}, as of {one.as_of}:", *(f"  - {why}" for why in one.why)]
    if held:
        lines += [
            "Propose: bodyworn release propose PROGRAMME --by NAME --why REASON",
            "Decide, as another person: bodyworn release accept PROGRAMME, or reject.",
        ]
    if decisions:
        lines += ["Decided:", *(f"  {one.about}: {one.sentence}" for one in decisions)]
    return "\n".join(lines)


def rejected(made: Decision) -> str:
    """What a rejection means for readers."""
    return (
        f"{made.about}: {made.sentence} Its last good figures serve on until other files come,"
        " and every page of it says so after the next run."
    )
