"""What of each released table is open to a reader, as SQL over the release.

A table that is not listed here is open only at the level INTERNAL, and one without programmes only
to readers of everything: new tables are closed until somebody opens them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.access.reader import EVERY, Grant, Level, Reader
from orchestration.storage.sql import identifier, literal

#: Definitions and publications, the same for everyone; named columns count rows of every programme.
FOR_EVERYONE: Mapping[str, tuple[str, ...]] = {
    "dim_metric": (),
    "fct_published_activation": (),
    "fct_published_effects": (),
    "release_checks": ("failures",),
    "release_columns": (),
    "release_lineage": (),
    "release_tables": ("row_count",),
}
LEVELS: Mapping[str, Level] = {
    **dict.fromkeys(
        ("dim_area", "dim_break", "dim_programme", "dim_promise", "dim_release",
         "fct_camera_dates", "fct_milestones", "fct_promise_context", "fct_promise_reports",
         "fct_promise_searches", "fct_record_checks", "fct_rollout_totals"),
        Level.PUBLIC,
    ),
    **dict.fromkeys(
        ("fct_area_comparisons", "fct_changes", "fct_first_releases", "fct_headlines",
         "fct_metrics", "fct_promise_history", "fct_promise_status", "fct_provisional_periods",
         "fct_revision_triangle", "fct_revisions", "fct_studies", "fct_vintages"),
        Level.FIGURES,
    ),
}  # fmt: skip
#: Tables whose rows belong to rows of another: the key, and that table.
PART_OF = dict.fromkeys(
    ("fct_study_gates", "fct_study_points", "fct_study_values"), ("study_id", "fct_studies")
)
FIGURES = "fct_metrics"
MARKS = {"[x]": "not_supplied", "[z]": "not_applicable", "[u]": "low"}
PUBLIC_FILE = "public/figures.csv"


@dataclass(frozen=True)
class Scope:
    """A reader's grants for the programmes of one release, areas with all below them.

    `whole` is true for a reader of everything, who needs no filter.
    """

    grants: tuple[tuple[str, Grant], ...] = ()
    whole: bool = False

    def grant(self, programme: str) -> Grant:
        """What is open of a programme of the release."""
        return dict(self.grants).get(programme, Grant())

    @property
    def key(self) -> str:
        """One text per scope, by which caches keep their contents apart."""
        if self.whole:
            return EVERY
        parts = (
            (name, int(each.level), sorted(each.areas) if each.areas is not None else None)
            for name, each in sorted(self.grants)
        )
        return repr(list(parts))


def scope_of(reader: Reader, areas: Collection[tuple[str, str, str | None]]) -> Scope:
    """The scope of a reader in a release; `areas` are its programmes, areas and their parents."""
    if reader.sees_everything:
        return Scope(whole=True)
    programmes = sorted({programme for programme, _, _ in areas})
    grants = [(name, reader.grant(name)) for name in programmes]
    return Scope(tuple((name, _below(name, each, areas)) for name, each in grants if each.level))


def _below(programme: str, grant: Grant, areas: Collection[tuple[str, str, str | None]]) -> Grant:
    if grant.areas is None:
        return grant
    found = set(grant.areas)
    while more := {
        area
        for of, area, parent in areas
        if of == programme and parent in found and area not in found
    }:
        found |= more
    return Grant(grant.level, frozenset(found), grant.may_download)


def relation(table: str, columns: Collection[str], scope: Scope, release: Path) -> str:
    """What to select from instead of the table: the same columns, the rows that are open."""
    name = identifier(table)
    if scope.whole:
        return name
    if table in FOR_EVERYONE:
        return _without(name, [each for each in FOR_EVERYONE[table] if each in columns])
    return f"(from {name} where {_condition(table, columns, scope)} {_more(table, scope, release)})"


def _condition(table: str, columns: Collection[str], scope: Scope) -> str:
    """Which rows of a table are open."""
    if table in PART_OF:
        key, whole = PART_OF[table]
        mine = _condition(whole, ("programme_id",), scope)
        return f"{key} in (select {key} from {identifier(whole)} where {mine})"
    if table == "dim_source":
        # Sources of which an open programme delivered a file.
        names = ", ".join(literal(programme) for programme, _ in scope.grants) or "null"
        ours = f"from fct_load_ledger where programme_id in ({names})"
        return f"(source_name, table_name) in (select source_name, table_name {ours})"
    needed = LEVELS.get(table, Level.INTERNAL)
    parts = list(_of_programmes(scope, needed, columns)) if "programme_id" in columns else []
    if table == "fct_evidence_points":
        # Points without a programme were published; the others are from its studies.
        parts = ["not is_local", *_of_programmes(scope, Level.FIGURES, columns)]
    return " or ".join(parts) or "false"


def _more(table: str, scope: Scope, release: Path) -> str:
    """What is read from elsewhere and belongs with the rows that are open."""
    return f"union all by name {_printed(scope, release)}" if table == FIGURES else ""


def _of_programmes(scope: Scope, needed: Level, columns: Collection[str]) -> Iterator[str]:
    """A condition for each programme open at a level.

    Where only some areas are, rows that name no area are closed, but for the public record.
    """
    for programme, grant in scope.grants:
        of = f"programme_id = {literal(programme)}"
        if grant.level < needed:
            continue
        if grant.areas is None or (needed == Level.PUBLIC and "area_id" not in columns):
            yield f"({of})"
        elif "area_id" in columns:
            yield f"({of} and area_id in ({', '.join(map(literal, sorted(grant.areas)))}))"


def _without(name: str, counts: Collection[str]) -> str:
    if not counts:
        return name
    emptied = ", ".join(f"null as {identifier(each)}" for each in counts)
    return f"(select * replace ({emptied}) from {name})"


def _printed(scope: Scope, release: Path) -> str:
    """Figures as the public extract prints them, for programmes open only that far.

    Nothing is taken from the internal table, so what is hidden there cannot come through.
    """
    public = [name for name, grant in scope.grants if grant.level == Level.PUBLIC]
    file = release / PUBLIC_FILE
    if not public or not file.is_file():
        return f"(from {FIGURES} where false)"
    marked = " ".join(
        f"when contains(marker, {literal(mark)}) then {literal(status)}"
        for mark, status in MARKS.items()
    )
    names = ", ".join(map(literal, public))
    return f"""(
        select programme_id, metric_id, area_id, period_grain, period_start::date as period_start,
            breakdown, breakdown_value, period_end::date as period_end,
            numerator::double as numerator, denominator::double as denominator,
            value::double as value, interval_low::double as interval_low,
            interval_high::double as interval_high,
            case when contains(marker, '[c]') then 'suppressed' {marked} else 'final' end as status,
            note as status_reason, coalesce(contains(marker, '[p]'), false) as is_provisional,
            coalesce(contains(marker, '[b]'), false) as is_break
        from read_csv({literal(str(file))}, header = true, all_varchar = true)
        where programme_id in ({names})
    )"""
