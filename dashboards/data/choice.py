"""Which figures a reader looks at: a programme, one of its areas and a period of one release."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards.data.release import Release

ALL_YEARS = "All years"


@dataclass(frozen=True)
class Choice:
    """One programme, one of its areas and one period of one release."""

    release: Release
    programme: dict[str, Any]
    area: dict[str, Any]
    period: str
    grain: str
    areas: pl.DataFrame

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

    def link(self) -> dict[str, str]:
        """The query parameters that lead back to these figures, whatever is published later."""
        return {
            "programme": str(self.programme["programme_id"]),
            "area": str(self.area["label"]),
            "period": self.period,
            "by": self.grain,
            "release": self.release.name,
        }
