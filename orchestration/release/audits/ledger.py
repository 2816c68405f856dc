"""Every record of every delivered file is accounted for."""

from collections.abc import Iterator

from orchestration.release.audits.evidence import Evidence, Finding


def loads_reconcile(evidence: Evidence) -> Iterator[Finding]:
    """Accepted files add up; refused files are noted with the reason they were refused."""
    query = """
        select file_name, fate, reason,
            reconciled and records = accepted + rejected + blank + duplicates as adds_up
        from fct_load_ledger order by arrival, source_name, table_name
    """
    for name, fate, reason, adds_up in evidence.rows(query):
        if fate == "refused":
            yield Finding("reconciliation", "warning", f"{name} was refused: {reason}")
        elif not adds_up:
            words = f"{name}: records are not accepted + rejected + blank + duplicates."
            yield Finding("reconciliation", "error", words)


def ledger_equals_inputs(evidence: Evidence) -> Iterator[Finding]:
    """The released ledger lists exactly the files the manifest names as inputs."""
    names = ("file_hash", "programme_id", "source_name", "table_name")
    released = set(evidence.rows(f"select {', '.join(names)} from fct_load_ledger"))
    inputs = {tuple(row[name] for name in names) for row in evidence.manifest["inputs"]}
    for file_hash, programme, source, table in sorted(released ^ inputs):
        where = (
            "only in fct_load_ledger"
            if (file_hash, programme, source, table) in released
            else "not in fct_load_ledger"
        )
        words = f"File {file_hash[:12]} of {programme} for {source}.{table} is {where}."
        yield Finding("inputs", "error", words)
