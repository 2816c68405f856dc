"""Candidates that wait for a person: what they lose of what is published, and what was decided.

Only rows and settled figures that are already published are compared, not new months or single
areas. Losses that the code decides do not count: a metric that is no longer defined, or defined
differently, and a table that is no longer made. A candidate that loses much is kept whole in
`releases/.held-<run>`, with `held.json` beside its tables. Who proposes, accepts or rejects it is
recorded; a decision applies to exactly the files it was about.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import tiers
from orchestration.release.current import read_manifest
from orchestration.release.database import parquet_of
from orchestration.release.decisions import (
    Approval,
    CannotDecide,
    Decision,
    Verdict,
    about,
    put_on_record,
    refuse_alone,
)
from orchestration.storage import durable
from orchestration.storage.hashes import canonical, of_text
from orchestration.storage.sql import literal

AT_LEAST = 20
"""Fewer lost rows than this never count as many, whatever their share."""
REMEMBERED = ("fct_first_releases", "fct_promise_history")
"""Tables that are the record of earlier releases: they only ever grow."""
REVISED = ("fct_revisions", "fct_revision_triangle", "fct_vintages")
"""Tables of differences from the first publication: they shrink when a figure returns to it."""
# Tables about a run and not about a programme, or compared in another way below.
APART = ("fct_load_ledger", "fct_metrics", "fct_rejects", *REMEMBERED, *REVISED)
Losses = dict[str, list[str]]


@dataclass(frozen=True)
class _Pair:
    """The release being served and a candidate, open for one connection."""

    con: duckdb.DuckDBPyConnection
    old: Path
    new: Path
    share: float
    shares: Mapping[str, float]

    @property
    def tolerated(self) -> str:
        """The share that a programme may lose, as an expression in SQL over `programme_id`."""
        own = " ".join(f"when {literal(name)} then {share}" for name, share in self.shares.items())
        return f"(case programme_id {own} else {self.share} end)" if own else str(self.share)

    def rows(self, query: str) -> list[tuple[str, str, float, float]]:
        return self.con.sql(query).fetchall()

    def tables(self) -> list[str]:
        """Tables of both that speak of programmes, by name."""
        both = read_manifest(self.old)["outputs"].keys() & {
            path.stem for path in (tiers.internal(self.new) / "parquet").glob("*.parquet")
        }
        return [name for name in sorted(both) if self._has_programme(name)]

    def _has_programme(self, table: str) -> bool:
        columns = self.con.sql(f"describe select * from {parquet_of(self.old, table)}").fetchall()
        return any(name == "programme_id" for name, *_ in columns)


def find_losses(
    serving: Path, candidate: Path, share: float, shares: Mapping[str, float] | None = None
) -> Losses:
    """Sentences on what each programme would lose when `candidate` replaced `serving`.

    Both are folders of releases. `share` is the part of what is published, from 0 to 1, above which
    something missing counts as a loss; `shares` are those of programmes that have their own.
    Programmes without a loss, new ones among them, are left out.
    """
    found: Losses = defaultdict(list)
    gone = _missing(serving, candidate)
    for programme in gone:
        found[programme].append("It is missing: no file of it is in landing, or it failed.")
    with duckdb.connect() as con:
        pair = _Pair(con, serving, candidate, share, shares or {})
        for programme, sentence in _all(pair):
            if programme not in gone:
                found[programme].append(sentence)
    return dict(found)


def _missing(serving: Path, candidate: Path) -> set[str]:
    old, new = (set(read_manifest(one)["programmes"]) for one in (serving, candidate))
    return old - new


def _all(pair: _Pair) -> Iterator[tuple[str, str]]:
    tables = pair.tables()
    if "fct_load_ledger" in tables:
        yield from _sources(pair)
    for table in tables:
        if table in REMEMBERED:
            yield from _cut_records(pair, table)
        elif table not in APART:
            yield from _rows_lost(pair, table)
    if "fct_metrics" in tables:
        yield from _periods_lost(pair)
        yield from _counts_lost(pair)


def _counted(pair: _Pair, table: str) -> str:
    return f"""
        select programme_id, count(*) as old_rows,
            coalesce((
                select count(*) from {parquet_of(pair.new, table)} as new
                where new.programme_id = old.programme_id
            ), 0) as new_rows
        from {parquet_of(pair.old, table)} as old
        where programme_id is not null
        group by programme_id
    """


def _rows_lost(pair: _Pair, table: str) -> Iterator[tuple[str, str]]:
    query = f"""
        select programme_id, {literal(table)}, old_rows, new_rows from ({_counted(pair, table)})
        where old_rows - new_rows > greatest({pair.tolerated} * old_rows, {AT_LEAST - 1})
        order by all
    """
    for programme, name, old, new in pair.rows(query):
        yield programme, f"{name} has {new:,} rows, where {old:,} are published."


def _cut_records(pair: _Pair, table: str) -> Iterator[tuple[str, str]]:
    query = f"""
        select programme_id, {literal(table)}, old_rows, new_rows from ({_counted(pair, table)})
        where new_rows < old_rows order by all
    """
    for programme, name, old, new in pair.rows(query):
        yield programme, f"{name}, a record that only grows, would be cut from {old:,} to {new:,}."


def _sources(pair: _Pair) -> Iterator[tuple[str, str]]:
    """Tables of sources that had files that counted, and now have none."""
    old, new = (_files_counted(pair, release) for release in (pair.old, pair.new))
    query = f"""
        select old.programme_id, source, old.files, 0 from ({old}) as old
        anti join ({new}) as new using (programme_id, source) order by all
    """
    for programme, source, files, _ in pair.rows(query):
        yield programme, f"No file of {source} counts any more; {_some(files, 'file')} did."


def _files_counted(pair: _Pair, release: Path) -> str:
    """A query of the files that count, by programme and source."""
    ledger = parquet_of(release, "fct_load_ledger")
    columns = [name for name, *_ in pair.con.sql(f"describe select * from {ledger}").fetchall()]
    # In releases from before loads had a status, every accepted file counted.
    counts = "counting_status in ('counts', 'stale')" if "counting_status" in columns else "true"
    return f"""
        select programme_id, source_name || '.' || table_name as source, count(*) as files
        from {ledger} where load_status = 'accepted' and accepted > 0 and {counts} group by all
    """


def _some(count: float, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,.0f} {noun}s"


def _settled(pair: _Pair) -> str:
    """Published settled figures of metrics that are still defined as they were."""
    same = f"""
        select metric_id, new.label from {parquet_of(pair.old, "dim_metric")} as old
        inner join {parquet_of(pair.new, "dim_metric")} as new using (metric_id, version)
    """
    return f"""
        (select old.*, label, new.value as new_value, new.numerator as new_numerator,
            new.denominator as new_denominator
        from {parquet_of(pair.old, "fct_metrics")} as old
        left join {parquet_of(pair.new, "fct_metrics")} as new using (
            programme_id, metric_id, area_id, period_grain, period_start, breakdown,
            breakdown_value
        )
        inner join ({same}) as metrics using (metric_id)
        where old.status = 'final' and old.value is not null and old.period_grain = 'month'
            and old.breakdown = 'all')
    """


def _periods_lost(pair: _Pair) -> Iterator[tuple[str, str]]:
    """Months in which a metric had a figure in some area, and now has none in any."""
    query = f"""
        with months as (
            select programme_id, label, period_start, bool_or(new_value is not null) as is_there
            from {_settled(pair)} group by all
        )
        select programme_id, label, count(*) as old_months,
            count(*) filter (where not is_there) as gone
        from months group by all
        having gone > {pair.tolerated} * old_months order by all
    """
    for programme, metric, old, gone in pair.rows(query):
        settled = f"{gone:,} of {_some(old, 'month')} with a settled figure"
        yield programme, f"{metric}: {settled} would have none."


def _counts_lost(pair: _Pair) -> Iterator[tuple[str, str]]:
    """What a metric counts in settled months: the whole of a rate or share, or else its cases."""
    query = f"""
        with counted as (
            select programme_id, label, coalesce(denominator, numerator) as was,
                case when denominator is null then new_numerator else new_denominator end as now
            from {_settled(pair)} as figure
            semi join {parquet_of(pair.old, "dim_area")} as area
                on figure.programme_id = area.programme_id and figure.area_id = area.area_id
                and area.parent_area_id is null
            where new_value is not null
        )
        select programme_id, label, sum(was) as old_count, sum(now) as new_count
        from counted group by all
        having old_count - new_count > greatest({pair.tolerated} * old_count, {AT_LEAST - 1})
        order by all
    """
    for programme, metric, old, new in pair.rows(query):
        counted = f"{new:,.0f} counted in settled months, where {old:,.0f} are published"
        yield programme, f"{metric}: {counted}."


PREFIX = ".held-"
RECORD = "held.json"


@dataclass(frozen=True)
class Held:
    """What is waiting for one programme: why, and how it is recognised when it comes again.

    `run_id` is the run that built it; `landing` and `as_of` are what that run loaded and its date.
    """

    programme: str
    why: tuple[str, ...]
    fingerprint: str
    run_id: str
    as_of: str
    landing: str

    def as_dict(self) -> dict[str, Any]:
        """For reports and files."""
        return asdict(self) | {"why": list(self.why)}


def fingerprint(programme: str, manifest: Mapping[str, Any]) -> str:
    """What identifies a held programme: the files that its new figures are made from."""
    files = sorted(
        [one["source_name"], one["table_name"], one["file_hash"], one["load_status"]]
        for one in manifest["inputs"]
        if one["programme_id"] == programme
    )
    return of_text(canonical([programme, files]))


def keep(candidate: Path, held: Sequence[Held]) -> Path:
    """Put a candidate aside with what is held of it; one that was held before is removed."""
    releases = candidate.parent
    clear(releases)
    durable.write_json(candidate / RECORD, [one.as_dict() for one in held])
    aside = releases / f"{PREFIX}{held[0].run_id}"
    candidate.rename(aside)
    durable.sync(releases)
    return aside


def clear(releases: Path) -> None:
    """Remove what is held: it was published, rejected, or another candidate took its place."""
    for folder in releases.glob(f"{PREFIX}*"):
        durable.remove_tree(folder)


def waiting(releases: Path) -> list[Held]:
    """What is waiting for a person now, by programme."""
    found = [
        Held(**(one | {"why": tuple(one["why"])}))
        for record in sorted(releases.glob(f"{PREFIX}*/{RECORD}"))
        for one in json.loads(record.read_text("utf-8"))
    ]
    return sorted(found, key=lambda one: one.programme)


def decide(
    releases: Path,
    programme: str,
    verdict: Verdict,
    by: str,
    why: str,
    approval: Approval = "two_people",
) -> Decision:
    """Put a decision about a held programme on record.

    Raises CannotDecide when it is not waiting, without a name or a reason, and where nobody else
    proposed what is accepted.
    """
    held = {one.programme: one for one in waiting(releases)}
    if programme not in held:
        names = ", ".join(held) or "nothing"
        raise CannotDecide(f"{programme} does not wait for a decision. What waits: {names}.")
    mark = held[programme].fingerprint
    if verdict == "accept":
        how = f"bodyworn release propose {programme}"
        refuse_alone(about(releases, mark), by, approval, how)
    made = put_on_record(releases, programme, mark, verdict, by, why)
    if verdict == "reject":
        _drop(releases, programme)
    return made


def _drop(releases: Path, programme: str) -> None:
    """Remove a programme from what is held; with the last one the candidate is removed."""
    rest = [one for one in waiting(releases) if one.programme != programme]
    if not rest:
        clear(releases)
    for record in releases.glob(f"{PREFIX}*/{RECORD}"):
        durable.write_json(record, [one.as_dict() for one in rest])
