"""What a study that ships with a programme says to the reader of the page Evidence."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

#: Kinds of outcomes, shared with the published findings; only like kinds are drawn together.
OutcomeGroup = Literal[
    "complaints",
    "use_of_force",
    "assaults",
    "arrests",
    "charges",
    "pleas",
    "convictions",
    "stops",
    "recorded_crime",
    "court_time",
    "recording",
    "benefit_cost",
]


class Evidence(BaseModel):
    """Where a run finds the study's table, and what an estimate alone does not say.

    `design` is the design in a sentence, for a reader who knows none by name. `mart` is a table of
    the warehouse, of which the study's programme and outcome window are taken, and the rows of
    `area` alone where the study is of one. `beside` names the
    study whose change over time belongs beside this one; `before_after` says why there is none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    outcome: OutcomeGroup
    design: str
    compared: str
    would_change: str
    mart: str | None = None
    area: str | None = None
    beside: str | None = None
    before_after: str | None = None
