"""A reader's own study: what was given, run by the engine, and kept nowhere."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from orchestration import paths
from orchestration.evaluation.core import Refusal, Result
from orchestration.release import manifest
from orchestration.studies.bundle import bundle_files, zipped
from orchestration.studies.register import Status, status_of
from orchestration.studies.study import Study, estimate, study_from, table_from

REGISTER = paths.STUDIES / "register.csv"


@dataclass(frozen=True)
class Given:
    """A study as text and, if there is one, its table as a file of CSV or Parquet."""

    name: str
    text: str
    table_name: str = ""
    table: bytes | None = None

    @property
    def mark(self) -> str:
        """A hash of all that was given: a result belongs to one mark and to no other."""
        whole = hashlib.sha256()
        for part in (self.name, self.text, self.table_name):
            whole.update(f"{len(part)} {part}".encode())
        whole.update(self.table or b"")
        return whole.hexdigest()


@dataclass(frozen=True)
class Found:
    """A study that ran, with all that a bundle of it needs."""

    text: str
    study: Study
    table: pl.DataFrame | None
    result: Result
    status: Status

    def document(self) -> dict[str, object]:
        """The result as `bodyworn estimate --json` prints it."""
        said = {"status": self.status.word, "status_reason": self.status.reason}
        return self.result.document() | {"study_sha256": self.study.sha256} | said

    def bundle(self, *, is_public: bool) -> bytes:
        """The replication bundle as a zip; raises Refusal where rows may not leave."""
        code = manifest.code(paths.ROOT)
        found = self.result, self.status
        files, _ = bundle_files(self.text, self.study, self.table, found, code, is_public=is_public)
        return zipped(files)


def run(given: Given, *, among: Callable[[str], str] = lambda _: "") -> Found:
    """Run what was given; raises Refusal, with the line and column of a fault in the study.

    `among` says why a design, by its name, is not run here, or nothing. A table that the study
    names is never read from this machine: the reader must give it.
    """
    study = study_from(given.text, given.name)
    if why := among(study.design.name):
        raise Refusal(why)
    table = None
    if given.table is not None:
        table = table_from(BytesIO(given.table), given.table_name)
    elif study.data:
        raise Refusal(f"{given.name} names the table {study.data!r}: give that table here too")
    return Found(given.text, study, table, estimate(study, table), status_of(study, REGISTER))


def tried(given: Given, *, among: Callable[[str], str] = lambda _: "") -> Found | str:
    """What was found, or why nothing was, in words."""
    try:
        return run(given, among=among)
    except Refusal as refusal:
        return str(refusal)
    except Exception as error:
        # Left alone it would go into the server's log with pieces of the reader's table.
        return (
            "the engine stopped at something that it should have refused by name "
            f"({type(error).__name__}). `bodyworn estimate` on the same study shows where"
        )
