"""A small invented programme and its landing folder, for tests of the load."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.ingestion.landing.scan import LandingScan, scan
from orchestration.ingestion.ledger import LedgerRow, read_ledger
from orchestration.ingestion.load import load_table
from orchestration.programmes.programme import Programme

AS_OF = date(2026, 1, 31)
CONTRACT = """
sources:
  - name: invented
    description: Clips and complaints of a place that does not exist.
    config:
      meta:
        owner: analysts
        fresh_within_days: 35
        origin:
          {producer: us, title: t, url: u, licence: none, citation: c, accessed: 2026-01-01}
    tables:
      - name: clips
        description: One row per clip.
        config:
          meta:
            version: 1
            feed: recordings
            files: ["clips*.csv"]
            format: {type: csv, encoding: utf-8, separator: ",", quote: '"', escape: '"'}
            key: [clip_id]
            event_date: recorded_on
        columns:
          - name: clip_id
            data_type: string
            description: Clip.
            config: {meta: {required: true}}
          - name: officer
            data_type: string
            description: Who.
            config: {meta: {privacy: identifier, kind: officer}}
          - {name: recorded_on, data_type: date, description: When.}
          - name: seconds
            data_type: bigint
            description: Length.
            config: {meta: {min: 0, max: 86400}}
      - name: complaints
        description: One row per complaint.
        config:
          meta:
            version: 1
            feed: complaints
            files: ["complaints*.csv"]
            format: {type: csv, encoding: utf-8, separator: ",", quote: '"', escape: '"'}
            key: none
        columns:
          - name: officer
            data_type: string
            description: Who.
            config: {meta: {privacy: identifier, kind: officer}}
          - {name: logged_on, data_type: date, description: When.}
"""
CLIPS = "clip_id,officer,recorded_on,seconds\nc1,PC1001,2026-01-01,60\nc2,PC1002,2026-01-02,90\n"


def invented_programme(name: str = "nowhere", *, is_synthetic: bool = True) -> Programme:
    """A programme of one area whose files lie in a folder of its own name."""
    return Programme.model_validate(
        {
            "programme": name,
            "name": "Nowhere",
            "country": "None",
            "is_synthetic": is_synthetic,
            "seed": 7 if is_synthetic else None,
            "summary": "Invented.",
            "time_zone": "Europe/London",
            "landing": [name],
            "sources": ["invented"],
            "data_from": "2026-01-01",
            "data_to": "2026-01-31",
            "areas": [{"id": "all", "name": "All", "kind": "force", "parent": None}],
        }
    )


def with_version(contract: TableContract, version: int) -> TableContract:
    """The same contract under another version."""
    meta = contract.meta.model_copy(update={"version": version})
    config = contract.config.model_copy(update={"meta": meta})
    return contract.model_copy(update={"config": config})


@dataclass
class Place:
    """A home and a landing folder for one test."""

    landing: Path
    contracts: list[TableContract]
    programmes: list[Programme]

    def deliver(self, name: str, text: str, programme: str = "nowhere") -> Path:
        """Put a file into the programme's landing folder."""
        path = self.landing / programme / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def scan(self) -> LandingScan:
        """What lies there now."""
        return scan(self.landing, self.programmes, self.contracts)

    def load(self) -> list[LedgerRow]:
        """Load what is new, table by table."""
        found = self.scan().deliveries
        return [
            row
            for contract in self.contracts
            for row in load_table(
                [d for d in found if f"{d.source}.{d.table}" == contract.label],
                contract,
                as_of=AS_OF,
                programmes=self.programmes,
            )
        ]

    def raw(self) -> pl.DataFrame:
        """Every row of raw clips."""
        return pl.concat([pl.read_parquet(row.raw_file) for row in read_ledger()])


def invented_place(tmp_path: Path) -> Place:
    """A landing folder below `tmp_path`; the home is set by the fixture `place`."""
    staging = tmp_path / "staging" / "invented"
    staging.mkdir(parents=True, exist_ok=True)
    (staging / "_invented.yml").write_text(CONTRACT)
    (tmp_path / "landing" / "nowhere").mkdir(parents=True, exist_ok=True)
    contracts = read_contracts(tmp_path / "staging")
    assert paths.home() == tmp_path / "home"
    return Place(tmp_path / "landing", contracts, [invented_programme()])
