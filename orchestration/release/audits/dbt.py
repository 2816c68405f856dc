"""dbt's own verdict: contracts enforced, every model built, every test passed."""

from collections.abc import Iterator

from orchestration.release import about
from orchestration.release.artifacts import is_released
from orchestration.release.audits.evidence import Evidence, Finding


def contracts_are_kept(evidence: Evidence) -> Iterator[Finding]:
    """A released mart enforces its contract and was built."""
    for key, node in evidence.artifacts.nodes.items():
        if not is_released(node):
            continue
        if not node["config"].get("contract", {}).get("enforced"):
            yield Finding("contract", "error", f"{node['name']} does not enforce its contract.")
        status = evidence.artifacts.results.get(key, {}).get("status", "not run")
        if status != "success":
            yield Finding("contract", "error", f"{node['name']} was not built: {status}.")


def tests_passed(evidence: Evidence) -> Iterator[Finding]:
    """A test that fails, errs, is skipped or did not run stops the release; `warn` is noted."""
    for row in about.checks(evidence.artifacts).iter_rows(named=True):
        failures = f" with {row['failures']} rows" if row["failures"] else ""
        words = f"Test {row['check_name']}: {row['status']}{failures}."
        if row["status"] == "warn":
            yield Finding("test", "warning", words)
        elif row["status"] != "pass":
            yield Finding("test", "error", words)
