"""No person can be looked up: no identifying column, no pseudonym."""

import re
from collections.abc import Iterator

from orchestration.release.artifacts import meta
from orchestration.release.audits.evidence import Evidence, Finding
from orchestration.release.hashes import quoted

KINDS = "officer|staff|complainant|defendant|subject"
PERSONAL = re.compile(rf"(.*_)?({KINDS})_(id|key|name|number|pseudonym|ref)")
PSEUDONYM = "^k[0-9A-Za-z]+_[A-Za-z2-7]{16,}=*$"
PRIVATE = ("identifier", "published", "drop")


def _private_columns(evidence: Evidence) -> set[str]:
    return {
        name
        for source in evidence.artifacts.manifest["sources"].values()
        for name, column in source["columns"].items()
        if meta(column).get("privacy") in PRIVATE
    }


def no_identifying_columns(evidence: Evidence) -> Iterator[Finding]:
    """No column has the name of an identifying column of a source, or of a person's id."""
    private = _private_columns(evidence)
    for table, column in evidence.columns():
        if column in private or PERSONAL.fullmatch(column):
            words = (
                f"{table}.{column} identifies a person: remove the column, or say"
                " `released: false` in the mart's meta."
            )
            yield Finding("people", "error", words)


def no_pseudonyms(evidence: Evidence) -> Iterator[Finding]:
    """No text value has the form of a pseudonym, whatever its column is called."""
    for table, column in evidence.columns("VARCHAR"):
        name = quoted(column)
        found = f"select 1 from {table} where regexp_matches({name}, '{PSEUDONYM}') limit 1"
        if evidence.rows(found):
            yield Finding("people", "error", f"{table}.{column} holds pseudonyms of people.")
