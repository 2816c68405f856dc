"""Which studies are about the chosen area and subject."""

import polars as pl

from dashboards.data.choice import Choice
from dashboards.data.topics import Topic


def of_topic(choice: Choice, topic: Topic) -> pl.DataFrame:
    """Studies of the programme whose outcome belongs on the page.

    Those of the whole programme or of several areas come first, then that of the chosen area; one
    of another area alone is no study of this one.
    """
    rows = choice.release.rows("fct_studies", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        return rows
    on_topic = rows.filter(pl.col("outcome_group").is_in(topic.outcomes))
    return of_the_area(choice, on_topic)


def of_the_area(choice: Choice, rows: pl.DataFrame) -> pl.DataFrame:
    """Studies about the chosen area: those of several areas first, then those of it alone.

    The whole programme shows those of single areas too, after the others.
    """
    if "studied_area_id" not in rows.columns:
        return rows.sort("study_id")
    of_several = pl.col("studied_area_id").is_null()
    is_whole = choice.area.get("parent_area_id") is None
    here = pl.lit(is_whole) | (pl.col("studied_area_id") == choice.area["area_id"])
    return rows.filter(of_several | here).sort(~of_several, "study_id")


def not_met(choice: Choice, study_id: str) -> str:
    """The names of the checks that hold a study's estimate back; empty where none does."""
    gates = choice.release.rows("fct_study_gates", study_id=study_id)
    failed = gates.filter(~pl.col("is_passed")).sort("gate_order") if gates.width else gates
    names = failed["gate_name"].to_list() if failed.width else []
    return f"not met: {'; '.join(names)}" if names else ""
