"""Random requests by people with random roles, each answer compared with the slow oracle."""

import random
from dataclasses import dataclass, field
from functools import partial

from dashboards.components import tables
from dashboards.data import release as release_data
from dashboards.data.release import NotOpen, Release
from orchestration.access.reader import reader_with
from orchestration.storage.spreadsheet_safety import escape
from tests.dashboards.fixture_access import AREAS, PROGRAMMES, TABLES, may_see, may_take

KINDS = ("public", "panel", "pcc", "analyst", "assurer", "auditor", "admin")
VIEWS_IN_CI, DOWNLOADS_IN_CI = 10_000, 300
Asked = tuple[list[str], list[str], str, str]


@dataclass
class Requests:
    """How many were answered with rows or a file, and those that were answered wrongly.

    A leak is named by roles, areas, table and programme.
    """

    answered: int = 0
    leaks: list[Asked] = field(default_factory=list)


def someone(chance: random.Random) -> tuple[list[str], list[str]]:
    """Roles and areas of a person: one role or several, of one force or of all."""
    roles = []
    for kind in chance.sample(KINDS, chance.choice((1, 1, 1, 2, 3))):
        named = kind == "analyst" or (kind in {"panel", "pcc", "assurer"} and chance.random() < 0.6)
        roles.append(f"{kind}:{chance.choice(PROGRAMMES)}" if named else kind)
    areas = chance.sample(sorted(AREAS), chance.choice((0, 0, 1, 2)))
    return roles, areas


def marks(frame: object) -> set[str]:
    """Every mark in the text of rows or of a file."""
    return {f"<{part.split('>')[0]}>" for part in str(frame).split("<")[1:]}


def views(count: int) -> Requests:
    """A number of requests to the function that opens a release."""
    chance, done = random.Random(20), Requests()
    roles: list[str] = []
    areas: list[str] = []
    opened: Release | None = None
    for number in range(count):
        if number % 20 == 0:
            roles, areas = someone(chance)
            opened = release_data.open_release(reader_with("someone", roles, areas))
        table, programme = chance.choice(sorted(TABLES)), chance.choice(PROGRAMMES)
        wanted = may_see(roles, areas, table, programme)
        done.answered += bool(wanted)
        if _seen(opened, table, programme) != wanted:
            done.leaks.append((roles, areas, table, programme))
    return done


def downloads_of(count: int) -> Requests:
    """A number of people asking for downloads; who opens no release has none to ask for."""
    chance, done = random.Random(21), Requests()
    for _ in range(count):
        roles, areas = someone(chance)
        opened = release_data.open_release(reader_with("someone", roles, areas))
        if opened is None:
            continue
        table, programme = chance.choice(sorted(TABLES)), chance.choice(PROGRAMMES)
        make = partial(_saved, opened, table, _whose(table, programme))
        try:
            file = tables.take(opened, make, table, programme)
        except NotOpen:
            is_right = not may_take(roles, programme)
        else:
            done.answered += 1
            mine = {mark for mark in marks(file.decode()) if f"/{programme}/" in mark}
            is_right = may_take(roles, programme)
            is_right = is_right and mine == may_see(roles, areas, table, programme)
        if not is_right:
            done.leaks.append((roles, areas, table, programme))
    return done


def _whose(table: str, programme: str) -> dict[str, str]:
    # Values of a study have no programme: their mark says whose they are.
    return {} if table == "fct_study_values" else {"programme_id": programme}


def _seen(opened: Release | None, table: str, programme: str) -> set[str]:
    if opened is None:
        return set()
    whose = _whose(table, programme)
    found = marks(opened.rows(table, **whose).rows())
    return {mark for mark in found if f"/{programme}/" in mark} if not whose else found


def _saved(opened: Release, table: str, whose: dict[str, str]) -> bytes:
    return escape(opened.rows(table, **whose)).write_csv().encode()
