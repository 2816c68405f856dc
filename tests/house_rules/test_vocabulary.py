"""The project uses the field's words: private ones, which no newcomer can search for, are found."""

import re
from pathlib import Path

import pytest

from tests.house_rules.project import shown, text_files

INSTEAD = {
    "nought": "zero",
    "by lot": "randomised, at random",
    "drawn lot": "allocation",
    "lots drawn": "allocation",
    "lot_times": "allocation_timing",
    "fate": "load status",
    "fates": "load status",
    "readied": "prepared",
    "came to rest": "converged",
    "tells nothing": "not identified",
    "told apart": "identified, distinguished",
    "contagion": "spillover",
    "expected_anyway": "empirical_bayes_expected",
    "numbers drawn anew": "resampled",
    "four times in five": "80 % power",
    "knob": "parameter",
    "knobs": "parameters",
    "Wish": "RunRequest",
    "Circumstances": "ReleaseInputs",
    "Executed": "RunResult",
}
"""Words that have no other meaning here, each with what to write instead."""

# History stays as it was written, and this list has to name the words.
HISTORY = (
    *("CHANGELOG.md", "DECISIONS.md", "tests/house_rules/test_vocabulary.py"),
    "tests/ingestion/test_older_ledgers.py",
)
# Files of earlier releases hold their own names, and whatever reads them has to name those once.
AS_WRITTEN_BEFORE = {"orchestration/ingestion/ledger.py": 'RENAMED = {"fate": "load_status"'}
# Within an identifier a word stands between underscores.
WORDS = re.compile(rf"(?<![A-Za-z])({'|'.join(map(re.escape, INSTEAD))})(?![A-Za-z])")


def found(text: str) -> list[tuple[int, str]]:
    """Line and word of each that stands in a text."""
    return [
        (number, word)
        for number, line in enumerate(text.splitlines(), start=1)
        for word in WORDS.findall(line)
    ]


def test_no_word_stands_where_the_field_has_its_own() -> None:
    faults = [
        f"{shown(path)}:{line}: {word} (write: {INSTEAD[word]})"
        for path in text_files()
        if shown(path) not in HISTORY
        for line, word in found(
            path.read_text(encoding="utf-8", errors="replace").replace(
                AS_WRITTEN_BEFORE.get(shown(path), "\0"), ""
            )
        )
    ]
    assert faults == []


def test_no_file_is_named_by_one() -> None:
    assert [shown(path) for path in text_files() if found(Path(shown(path)).as_posix())] == []


@pytest.mark.parametrize(
    "line",
    [
        "def is_nought(count): ...",
        '"""Drawn by lot, a fate for each."""',
        "class Wish:",
        "| knobs | 3 |",
        "a difference shown four times in five",
    ],
)
def test_one_would_be_found(line: str) -> None:
    assert found(line)


def test_words_that_only_look_alike_are_not_taken_for_one() -> None:
    assert found("fateful wishes of a parking lot; a thought") == []
