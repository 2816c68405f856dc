"""What the simulated roll-outs are like: a scenario is a handful of numbers, and its truth."""

from dataclasses import dataclass

MONTHS = 48
#: Cameras come to one borough after another from the 23rd month to the 33rd, counted from zero.
FIRST_START, LAST_START = 22, 32
#: The recording of complaints widens in the middle of the roll-out.
STEP_MONTH = 27
#: Months before the roll-out by whose rate the worst boroughs are found.
RECORD_MONTHS = 6


@dataclass(frozen=True)
class Scenario:
    """One way in which a roll-out may go.

    `ratio` is what cameras do to complaints: at once, or over `months_to_grow`, with the first
    wave going beyond it and the last falling short by `by_wave` of its logarithm. `step` is the
    factor by which recording widens, `drift_sd` the spread of boroughs' own trends a month.
    """

    name: str
    about: str
    ratio: float = 1.0
    boroughs: int = 32
    never: int = 0
    mean: float = 17.0
    months_to_grow: int = 1
    by_wave: float = 0.0
    drift_sd: float = 0.0
    worst_first: bool = False
    step: float = 1.0

    @property
    def is_null(self) -> bool:
        """Whether cameras change nothing."""
        return self.ratio == 1.0


GROWING = {"ratio": 0.8, "months_to_grow": 6, "by_wave": 0.4}
SCENARIOS = {
    each.name: each
    for each in (
        Scenario("A", "cameras change nothing"),
        Scenario("B", "15 % fewer at once", ratio=0.85),
        Scenario("C", "a fall that grows to 20 % and differs by wave", **GROWING),  # type: ignore[arg-type]
        Scenario("D", "nothing, and boroughs have trends of their own", drift_sd=0.002),
        Scenario("E", "nothing, the worst boroughs first", worst_first=True),
        Scenario("F", "15 % fewer, two complaints a month", ratio=0.85, mean=2.0),
        Scenario("G", "15 % fewer, eight boroughs", ratio=0.85, boroughs=8),
        Scenario("H", "nothing, and recording widens by 25 % meanwhile", step=1.25),
        Scenario("I", "nothing, six boroughs never have cameras", never=6),
        Scenario("J", "15 % fewer, six never have cameras", ratio=0.85, never=6),
        Scenario("K", "as C, six never have cameras", never=6, **GROWING),  # type: ignore[arg-type]
    )
}
