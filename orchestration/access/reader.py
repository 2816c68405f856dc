"""A reader: their identity, their roles, and what these open in each programme."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

EVERY = "*"
"""Stands for every programme of the home."""


class Level(IntEnum):
    """How much of a programme is open to a reader; each level holds those below it."""

    NOTHING = 0
    PUBLIC = 1
    """The public record, and the figures of the public extract: small counts are hidden."""
    FIGURES = 2
    """Every released figure, small counts among them."""
    INTERNAL = 3
    """Also information about files, rejected rows and staff lists."""


@dataclass(frozen=True)
class Role:
    """What one role gives. `of` says whether it names a programme: never, maybe or always."""

    level: Level
    may_download: bool = False
    of: str = "maybe"
    reads_log: bool = False
    approves: bool = False


ROLES = {
    "public": Role(Level.PUBLIC, may_download=True, of="never"),
    "panel": Role(Level.FIGURES),
    "pcc": Role(Level.FIGURES, may_download=True),
    "analyst": Role(Level.INTERNAL, may_download=True, of="always"),
    "assurer": Role(Level.INTERNAL, approves=True),
    "auditor": Role(Level.NOTHING, of="never", reads_log=True),
    "admin": Role(Level.NOTHING, of="never"),
}
"""The roles of `access.yml`. An admin looks after the machine and sees no data; an auditor sees who
saw what, and no data."""


@dataclass(frozen=True)
class Grant:
    """What is open of one programme: how much, of which areas (None: all), and downloads."""

    level: Level = Level.NOTHING
    areas: frozenset[str] | None = None
    may_download: bool = False


NOTHING = Grant()


@dataclass(frozen=True)
class Reader:
    """A person at the pages. `grants` name each programme once, EVERY for those not named."""

    actor: str
    roles: tuple[str, ...] = ()
    grants: tuple[tuple[str, Grant], ...] = ()
    reads_log: bool = False
    is_single_user: bool = False

    def grant(self, programme: str) -> Grant:
        """What is open of a programme: grants for it by name and for every programme, combined."""
        named = dict(self.grants)
        return _together([named[name] for name in (programme, EVERY) if name in named])

    @property
    def sees_data(self) -> bool:
        """Whether anything of a release is open."""
        return any(grant.level for _, grant in self.grants)

    @property
    def sees_everything(self) -> bool:
        """Whether a release is open whole: every table, programme and area."""
        grant = dict(self.grants).get(EVERY, NOTHING)
        return grant.level == Level.INTERNAL and grant.areas is None


def single_user(actor: str) -> Reader:
    """The person at this machine, where no login is set up: the home is theirs."""
    everything = Grant(Level.INTERNAL, may_download=True)
    grants = ((EVERY, everything),)
    return Reader(actor, ("single_user",), grants, reads_log=True, is_single_user=True)


def reader_with(actor: str, roles: Sequence[str], areas: Iterable[str] = ()) -> Reader:
    """A reader with roles as `access.yml` writes them; raises KeyError for an unknown one.

    `areas` limit every role but `public`: what is public is so of every area.
    """
    within = frozenset(areas) or None
    every = [(*split(role), within) for role in roles]
    names = dict.fromkeys(programme for _, programme, _ in every)
    grants = [
        (name, _together([_of(ROLES[role], each) for role, of, each in every if of == name]))
        for name in names
    ]
    return Reader(
        actor,
        tuple(roles),
        tuple((name, grant) for name, grant in grants if grant.level),
        reads_log=any(ROLES[role].reads_log for role, _, _ in every),
    )


def split(role: str) -> tuple[str, str]:
    """The name of a role and its programme, EVERY where it has no colon."""
    name, colon, programme = role.partition(":")
    return name, programme if colon else EVERY


def _of(role: Role, areas: frozenset[str] | None) -> Grant:
    is_public = role.level == Level.PUBLIC
    return Grant(role.level, None if is_public else areas, role.may_download)


def _together(grants: Sequence[Grant]) -> Grant:
    """Several grants combined: the most open one; of equally open ones, all areas and downloads."""
    most = max((grant.level for grant in grants), default=Level.NOTHING)
    open_ones = [grant for grant in grants if grant.level == most]
    if not most:
        return NOTHING
    named = [grant.areas for grant in open_ones if grant.areas is not None]
    everywhere = len(named) < len(open_ones)
    return Grant(
        most,
        None if everywhere else frozenset().union(*named),
        any(grant.may_download for grant in open_ones),
    )
