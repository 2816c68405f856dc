"""Which figures a reader looks at: a programme, an area, a period and peers of one release."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboards.data.release import Release

ALL_YEARS = "All years"
CURRENT = "current"


@dataclass(frozen=True)
class Peers:
    """Areas that a figure is compared with: what they are called together, and their ids.

    `why` says what makes them peers; the chosen area may be one of them.
    """

    label: str
    area_ids: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Choice:
    """One programme, one of its areas, one period and the area's peers, of one release.

    `follows` is true where the reader asked for the current release, whichever it is.
    """

    release: Release
    programme: dict[str, Any]
    area: dict[str, Any]
    period: str
    grain: str
    areas: pl.DataFrame
    peers: Peers
    follows: bool = False

    @property
    def place(self) -> dict[str, str]:
        """What selects rows of this programme and area."""
        return {
            "programme_id": str(self.programme["programme_id"]),
            "area_id": str(self.area["area_id"]),
        }

    @property
    def year(self) -> int | None:
        """The calendar year chosen, or None for the whole time."""
        return None if self.period == ALL_YEARS else int(self.period)

    @property
    def where(self) -> str:
        """The area by its name, or the programme where that is its only area."""
        name = str(self.programme["programme_name"])
        return str(self.area["label"]) if self.areas.height > 1 else name

    def link(self) -> dict[str, str]:
        """The query parameters that lead back to these figures, whatever is published later."""
        return {
            "programme": str(self.programme["programme_id"]),
            "area": str(self.area["label"]),
            "period": self.period,
            "peers": self.peers.label,
            "by": self.grain,
            "release": self.release.name,
        }


def labelled(areas: pl.DataFrame) -> pl.DataFrame:
    """Areas in the order of the tree, each with a name no other area of the programme has."""
    twice = pl.col("area_name").is_duplicated()
    unique = pl.format("{} ({})", "area_name", pl.col("area_kind").str.replace_all("_", " "))
    label = pl.when(twice).then(unique).otherwise(pl.col("area_name"))
    return areas.sort("sort_order").with_columns(label=label)


def years_of(programme: dict[str, Any]) -> list[str]:
    """Periods that a reader can choose: all years, then each calendar year, the newest first."""
    first, last = programme["data_from"], programme["data_to"]
    if not isinstance(first, date) or not isinstance(last, date):
        return [ALL_YEARS]
    return [ALL_YEARS, *(str(year) for year in range(last.year, first.year - 1, -1))]
