"""Nothing is lost: every record of a dirty file is accepted, rejected, blank or a duplicate."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingestion.contract_builder import HEADER, contract, look

NAMES = st.sampled_from(["R1", "R2", "R3", '"R4"', "", '"R\n5"', '"R6', 'R"7', "é"])
TIMES = st.sampled_from(["2024-05-01 10:00:00", "2024-05-01", "", "yesterday", "1900-01-01", "x,y"])
COUNTS = st.sampled_from(["0", "60", "-1", "1.5", "90000", "", "sixty", '"7"'])
NOTES = st.sampled_from(["", "=1+1", '"two\nlines"', '"a ""b"""', "a\rb", '"torn', "\udcff", "a,b"])
ENDS = st.sampled_from(["\n", "\r\n"])
ROWS = st.lists(st.tuples(NAMES, TIMES, COUNTS, NOTES, ENDS), max_size=15)
KEYS = st.sampled_from(["none", ["recording_id"]])
BLANKS = st.lists(st.integers(0, 14), max_size=3)


def text_of(rows: list[tuple[str, str, str, str, str]], blanks: list[int]) -> bytes:
    lines = [",".join(row[:4]) + row[4] for row in rows]
    for place in blanks:
        lines.insert(min(place, len(lines)), "\n")
    return (HEADER + "\n" + "".join(lines)).encode(errors="surrogateescape")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, blanks=BLANKS, key=KEYS)
def test_the_counts_of_a_dirty_file_add_up(
    rows: list[tuple[str, str, str, str, str]], blanks: list[int], key: list[str] | str
) -> None:
    of = contract(key=key)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "raw.parquet"
        found = look(text_of(rows, blanks), of, folder=Path(folder), output=output)
        assert (found.refused is None) == output.exists()
        if found.refused is None:
            raw = pl.read_parquet(output)
            assert raw.height == found.accepted
            kept, lost = set(raw["record_number"]), set(found.rejects["record"])
            assert len(kept) == raw.height
            assert not kept & lost
            assert kept | lost <= set(range(1, found.records + 1))
            gone = found.records - len(kept | lost)
            assert gone == found.blank + found.duplicates
