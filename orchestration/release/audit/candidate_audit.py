"""The audit of a candidate: every check, and its findings written with the list of checks."""

from collections.abc import Sequence

from orchestration.release.audit import disclosure, table_checks, totals
from orchestration.release.audit.table_checks import Check, Finding, OpenCandidate
from orchestration.release.build import Candidate
from orchestration.release.current import connect
from orchestration.storage import durable

FIRST: tuple[Check, ...] = (
    table_checks.contracts_are_kept,
    table_checks.tests_passed,
    table_checks.tables_are_there,
    table_checks.database_equals_parquet,
    table_checks.keys_are_declared,
    table_checks.times_have_no_zone,
    table_checks.no_identifying_columns,
    table_checks.no_pseudonyms,
)
FIGURES: tuple[Check, ...] = (
    table_checks.loads_reconcile,
    table_checks.ledger_equals_inputs,
    table_checks.programmes_are_those_of_the_run,
    table_checks.synthetic_is_labelled,
    table_checks.synthetic_is_apart,
    table_checks.promises_are_apart,
    table_checks.context_decides_nothing,
    totals.figures_are_known,
    totals.areas_add_up,
    totals.periods_add_up,
    totals.hours_fit,
    disclosure.extract_is_whole,
    disclosure.hidden_rows_hold_nothing,
    disclosure.synthetic_rows_say_so,
    disclosure.hidden_figures_stay_hidden,
)


def _run(checks: Sequence[Check], opened: OpenCandidate) -> list[Finding]:
    return [finding for check in checks for finding in check(opened)]


def audit(candidate: Candidate) -> list[Finding]:
    """Every finding about a candidate, also written to its `audit.json`; none means a clean audit.

    The figures are checked only when their tables exist.
    """
    with connect(candidate.folder) as con:
        opened = OpenCandidate(con, candidate.folder, candidate.manifest, candidate.artifacts)
        found = _run(FIRST, opened)
        if not any(finding.check == "tables" for finding in found):
            found += _run(FIGURES, opened)
    durable.write_json(
        candidate.folder / "audit.json",
        {
            "passed": not errors(found),
            "checks": [check.__name__ for check in (*FIRST, *FIGURES)],
            "findings": [finding.as_dict() for finding in found],
        },
    )
    return found


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that stop a release."""
    return [finding for finding in findings if finding.severity == "error"]
