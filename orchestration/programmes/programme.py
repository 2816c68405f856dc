"""A programme: one evaluated camera programme, as its `programme.yml` describes it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from orchestration import paths
from orchestration.programmes.areas import STRICT, Area, Slug, check_tree, folded
from orchestration.programmes.record import (
    Budget,
    CameraDate,
    Milestone,
    PlannedPhase,
    Promise,
    PromiseContext,
    RecordProblem,
    Report,
    RolloutTotal,
    Search,
    check_camera_dates,
    check_owners,
    read_record,
)
from orchestration.storage.table_columns import Column, Lines, NoColumn
from orchestration.storage.yaml_positions import Path as Place
from orchestration.storage.yaml_positions import YamlFaults, YamlProblem, check, nearest, parse


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


OneLine = Annotated[str, AfterValidator(_on_one_line)]
A_ROW_EACH = NoColumn("a row for each in its own table")
HOLD_ABOVE = 0.2
"""The share of published figures whose loss waits for a person, unless programme.yml sets it."""
OF_NO_PLACE = (
    *("EST", "MST", "HST", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Factory", "localtime"),
)
"""Abbreviations and names for the machine's own zone, whose clocks know no summer time."""


class ProgrammeProblem(ValueError):
    """A programme.yml that cannot be used; each fault with its line and what to change."""


class ProgrammeSection(BaseModel):
    """A piece of programme.yml; unknown keys are refused, so that a typing error is noticed."""

    model_config = STRICT


class Period(ProgrammeSection):
    """Two days, both included."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """Refuse a period that ends before it starts."""
        if self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        return self


class Comparison(Period):
    """A period compared with the baseline."""

    start: Annotated[date, Column("comparison_start")] = Field(alias="from")
    end: Annotated[date, Column("comparison_end")] = Field(alias="to")
    label: Annotated[str, Column("comparison_label")]


class Baseline(Period):
    """The period a metric is compared with, declared with its reason before anyone looks."""

    metric: Annotated[Slug, Column("metric_id")]
    start: Annotated[date, Column("baseline_start")] = Field(alias="from")
    end: Annotated[date, Column("baseline_end")] = Field(alias="to")
    compare: Annotated[
        list[Comparison], NoColumn("a row for each, with the columns of the comparison")
    ] = Field(min_length=1)
    why: OneLine

    @model_validator(mode="after")
    def compared_with_later_periods(self) -> Self:
        """Refuse a comparison that overlaps the baseline or lies before it."""
        for other in self.compare:
            if other.start <= self.end:
                raise ValueError(f"{other.label}: it must start after the baseline, {self.end}")
        return self


class SeriesBreak(ProgrammeSection):
    """A day across which some metrics may not be compared, nor summed where it redefines them."""

    date: Annotated[date, Column("break_date")]
    metrics: Annotated[list[Slug], NoColumn("a row for each, as metric_id")]
    what: OneLine
    redefines: Annotated[bool, Column("is_redefined")] = False


class NotSupplied(ProgrammeSection):
    """A metric that readers will look for and that the programme's files cannot give."""

    metric: Annotated[Slug, Column("metric_id")]
    reason: OneLine


class CameraPolicy(ProgrammeSection):
    """Whose cameras should be on whenever they work: the staff in scope."""

    roles: Annotated[list[str], NoColumn("a row for each, as officer_role")] = Field(min_length=1)
    areas: Annotated[list[Slug], NoColumn("a row for each, as area_id")] = Field(min_length=1)
    joined_by: date
    employed_on: date
    why: Annotated[str, NoColumn("for whoever reads the file")]


class PeerSet(ProgrammeSection):
    """Areas that may be compared with each other, and why: declared before anyone looks."""

    id: Annotated[Slug, Column("peer_set")]
    name: Annotated[str, Column("peer_set_name")]
    reason: Annotated[OneLine, Column("peer_reason")]
    areas: Annotated[list[Slug], NoColumn("a row for each, as area_id")] = Field(min_length=3)

    @field_validator("areas")
    @classmethod
    def each_once(cls, areas: list[Slug]) -> list[Slug]:
        """Refuse an area that is listed twice in a set."""
        if twice := sorted(name for name, count in Counter(areas).items() if count > 1):
            raise ValueError(f"stands in the set twice: {', '.join(twice)}")
        return areas


class Programme(ProgrammeSection):
    """Everything the project knows about a programme that is not in its delivered files."""

    programme: Annotated[Slug, Column("programme_id")]
    name: Annotated[str, Column("programme_name")]
    country: str
    is_synthetic: bool = False
    is_open_data: bool = False
    summary: OneLine
    limits: Annotated[list[OneLine], Lines()] = []
    time_zone: str
    landing: Annotated[list[str], NoColumn("folders that the scan of landing reads")]
    optional_landing: Annotated[list[str], NoColumn("read before a run starts")] = []
    sources: Annotated[list[Slug], NoColumn("sources that the scan of landing reads")]
    data_from: date
    data_to: date
    extracted_on: date | None = None
    seed: Annotated[int | None, NoColumn("read by the generator of synthetic data")] = None
    retention_days: int | None = Field(default=None, ge=1, le=36_500)
    pre_event_buffer_seconds: int = Field(default=0, ge=0, le=600)
    match_tolerance_seconds: int = Field(default=0, ge=0, le=3_600)
    outcomes_from: Slug | None = None
    hold_above: Annotated[float, NoColumn("read before a release is served")] = Field(
        default=HOLD_ABOVE, gt=0, le=1
    )
    publishing: Annotated[
        Literal["month", "release"] | None, NoColumn("read when a release is made")
    ] = None
    scrutiny_panels: Annotated[list[date], A_ROW_EACH] = []
    areas: Annotated[list[Area], A_ROW_EACH] = Field(min_length=1)
    camera_policy: Annotated[CameraPolicy | None, A_ROW_EACH] = None
    peers: Annotated[list[PeerSet], A_ROW_EACH] = []
    baselines: Annotated[list[Baseline], A_ROW_EACH] = []
    breaks: Annotated[list[SeriesBreak], A_ROW_EACH] = []
    not_supplied: Annotated[list[NotSupplied], A_ROW_EACH] = []
    budgets: Annotated[list[Budget], A_ROW_EACH] = []
    promises: Annotated[list[Promise], A_ROW_EACH] = []
    milestones: Annotated[list[Milestone], A_ROW_EACH] = []
    reports: Annotated[list[Report], A_ROW_EACH] = []
    searches: Annotated[list[Search], A_ROW_EACH] = []
    context: Annotated[list[PromiseContext], A_ROW_EACH] = []
    rollout_plan: Annotated[list[PlannedPhase], A_ROW_EACH] = []
    camera_dates: Annotated[list[CameraDate], A_ROW_EACH] = []
    rollout_totals: Annotated[list[RolloutTotal], A_ROW_EACH] = []

    @property
    def is_on_record_alone(self) -> bool:
        """Whether nothing is delivered and all that is known was published."""
        return not self.landing and self.is_on_record

    @property
    def is_on_record(self) -> bool:
        """Whether its promises or the days of its cameras were published."""
        return bool(self.promises or self.camera_dates)

    @property
    def may_wait(self) -> bool:
        """Whether there is something to release of it before its first file was delivered.

        It is on record, and each of its folders is one that not everybody has.
        """
        return (
            self.is_on_record
            and bool(self.landing)
            and not (set(self.landing) - set(self.optional_landing))
        )

    @property
    def rhythm(self) -> Literal["month", "release"]:
        """When its figures are published: as declared, else by month where people are counted."""
        usual: Literal["month", "release"] = (
            "release" if self.is_open_data or self.is_synthetic else "month"
        )
        return self.publishing or usual

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way in which files may write one of the areas, in order."""
        return tuple(sorted({name for area in self.areas for name in area.spellings()}))

    @field_validator("areas")
    @classmethod
    def a_tree(cls, areas: list[Area]) -> list[Area]:
        """Refuse areas that repeat, have an unknown parent or contain themselves."""
        check_tree(areas)
        return areas

    @field_validator("scrutiny_panels")
    @classmethod
    def one_after_another(cls, panels: list[date]) -> list[date]:
        """Refuse days that repeat or are out of order, so that the next panel is easy to find."""
        for earlier, later in pairwise(panels):
            if later <= earlier:
                raise ValueError(f"{later} comes after {earlier}; list each day once, in order")
        return panels

    @field_validator("time_zone")
    @classmethod
    def a_known_zone(cls, name: str) -> str:
        """Refuse a name that the time zone database does not have, and suggest the nearest.

        Also refuse a zone without a place: the clocks of EST never change, and its meaning differs.
        """
        known = available_timezones()
        if name in OF_NO_PLACE or name.startswith("Etc/GMT"):
            raise ValueError(
                f"{name} names no place, and its clocks never change: name a place whose clocks the"
                " files show, such as America/New_York or Europe/London, or UTC"
            )
        if name not in known:
            places = sorted(zone for zone in known if "/" in zone)
            raise ValueError(f"there is no time zone {name}{nearest(name, places)}")
        return name

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Refuse days out of order, a seed of a real programme and areas nobody listed."""
        if faults := list(self._faults()):
            raise YamlFaults(faults)
        return self

    def _faults(self) -> Iterator[tuple[Place, str]]:
        for first, last in (("data_from", "data_to"), ("data_from", "extracted_on")):
            start, end = getattr(self, first), getattr(self, last)
            if end is not None and end < start:
                yield (last,), f"{end} is before {first}, {start}"
        if self.is_synthetic != (self.seed is not None):
            yield ("seed",), "a synthetic programme has a seed, and no other programme has one"
        yield from self._faults_of_folders()
        areas = [area.id for area in self.areas]
        yield from self._record_faults(areas)
        yield from self._faults_of_policy(areas)
        yield from self._faults_of_peers(areas)
        if twice := _shared_spellings(self.areas):
            yield ("areas",), f"one spelling stands for two areas: {', '.join(twice)}"

    def _faults_of_folders(self) -> Iterator[tuple[Place, str]]:
        """Folders outside landing, and folders and sources that would be read twice."""
        for at, folder in enumerate(self.landing):
            parts = PurePosixPath(folder).parts
            if not parts or folder.startswith("/") or ".." in parts or "\\" in folder:
                yield ("landing", at), f"{folder!r} is no folder within landing"
        for field in ("landing", "sources"):
            names = Counter(getattr(self, field))
            if twice := sorted(name for name, count in names.items() if count > 1):
                yield (field,), f"named twice: {', '.join(twice)}"
        for at, folder in enumerate(self.optional_landing):
            if folder not in self.landing:
                yield ("optional_landing", at), f"{folder} is not in landing"

    def _faults_of_policy(self, areas: list[str]) -> Iterator[tuple[Place, str]]:
        for at, name in enumerate(self.camera_policy.areas if self.camera_policy else ()):
            if name not in areas:
                near = nearest(name, areas)
                yield ("camera_policy", "areas", at), f"{name} is no area of this programme{near}"

    def _faults_of_peers(self, areas: list[str]) -> Iterator[tuple[Place, str]]:
        for order, peers in enumerate(self.peers):
            for at, name in enumerate(peers.areas):
                if name not in areas:
                    place = ("peers", order, "areas", at)
                    yield place, f"{name} is no area of this programme{nearest(name, areas)}"
        ids = Counter(one.id for one in self.peers)
        if twice := sorted(name for name, count in ids.items() if count > 1):
            yield ("peers",), f"two sets of peers have one id: {', '.join(twice)}"

    def _record_faults(self, areas: list[str]) -> Iterator[tuple[Place, str]]:
        try:
            check_owners(self.promises, self.milestones, is_synthetic=self.is_synthetic)
            check_camera_dates(self.camera_dates, areas)
        except ValueError as problem:
            yield (), str(problem)


def _shared_spellings(areas: Sequence[Area]) -> list[str]:
    """Spellings of two areas that are equal when folded."""
    owners: dict[str, dict[str, str]] = {}
    for area in areas:
        for name in area.spellings():
            owners.setdefault(folded(name), {})[area.id] = name
    return sorted(min(each.values()) for each in owners.values() if len(each) > 1)


def read_programme(path: Path) -> Programme:
    """The programme described in a file.

    Raises ProgrammeProblem with every fault: file, line, column, key and what is wrong with it.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        raw, node = parse(path.read_text(encoding="utf-8"), name, "a programme")
        programme = check(Programme, raw | read_record(path.parent), node, name)
    except (OSError, UnicodeDecodeError) as problem:
        raise ProgrammeProblem(f"{name} cannot be read: {problem}") from problem
    except (RecordProblem, YamlProblem) as problem:
        raise ProgrammeProblem(str(problem)) from problem
    if programme.programme != path.parent.name:
        raise ProgrammeProblem(
            f"{name}: the key `programme` says {programme.programme}; it must be the folder's name"
        )
    return programme


def read_programmes(folder: Path = paths.PROGRAMMES) -> list[Programme]:
    """Every programme of a folder, by name; each has a folder of its own with a programme.yml.

    Raises ProgrammeProblem with the faults of all of them.
    """
    found: list[Programme] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*/programme.yml")):
        try:
            found.append(read_programme(path))
        except ProgrammeProblem as problem:
            faults.append(str(problem))
    if faults:
        raise ProgrammeProblem("\n".join(faults))
    return found
