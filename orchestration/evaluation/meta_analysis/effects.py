"""Effects of studies, with their variances, and the result that an average of them becomes.

An effect is as published, or computed from the counts of two arms.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from pydantic import model_validator
from scipy import stats

from orchestration.evaluation import wording
from orchestration.evaluation.columns import Numbers, counts, labels, numbers, row_as_given
from orchestration.evaluation.core import Gate, Keys, Refusal, Result, Rows, Scale, Value
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.wording import basis_of, describe_interval, plain

Measure = Literal[
    "log_rate_ratio", "log_risk_ratio", "log_odds_ratio", "standardised_difference", "difference"
]
SCALES: dict[str, Scale] = {
    "log_rate_ratio": Scale.LOG_RATIO,
    "log_risk_ratio": Scale.LOG_RATIO,
    "log_odds_ratio": Scale.LOG_ODDS_RATIO,
    "standardised_difference": Scale.STANDARDISED_DIFFERENCE,
    "difference": Scale.DIFFERENCE,
}
Z = float(stats.norm.ppf(0.975))
#: How far an effect may lie from the middle of its interval, in widths: figures are rounded.
UNEVEN = 0.1
#: Q from here on is rounded to hundredths, as publications print it.
TEN = 10
#: Below this p-value of Q studies do not agree, and one common effect is no summary of them.
DISAGREE = 0.05
FOUR_TRIALS = """\
  outcome: Complaints
  is_randomised: true
  label: site
  from_rates:
    treated_events: treated
    treated_exposure: treated_hours
    control_events: control
    control_exposure: control_hours
inline:
  site: [east, north, south, west]
  treated: [12, 30, 9, 0]
  treated_hours: [40000, 90000, 35000, 5000]
  control: [20, 33, 11, 0]
  control_hours: [41000, 88000, 36000, 5200]
"""


class FromEffects(Keys):
    """Columns of effects as printed, each with a standard error or a 95% interval.

    Where a ratio is measured and limits are given, `printed_as` says whether effect and limits are
    ratios or their natural logarithms: both are printed, and numbers do not tell them apart.
    """

    effect: str
    standard_error: str | None = None
    low: str | None = None
    high: str | None = None
    printed_as: Literal["ratio", "logarithm"] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "FromEffects":
        if (self.standard_error is None) == (self.low is None or self.high is None):
            raise ValueError("give either standard_error, or low and high")
        if self.standard_error and self.printed_as == "ratio":
            raise ValueError(
                "a ratio has no standard error to average by: give low and high, or the logarithm"
            )
        return self


class FromCounts(Keys):
    """Columns of a two-by-two table per study: those with and those without the event."""

    treated_events: str
    treated_others: str
    control_events: str
    control_others: str


class FromRates(Keys):
    """Columns of events and exposure (hours, shifts, officers) in two arms per study."""

    treated_events: str
    treated_exposure: str
    control_events: str
    control_exposure: str


class EffectKeys(Keys):
    """Where the effects come from, and what they measure."""

    measure: Measure
    outcome: str
    from_effects: FromEffects | None = None
    from_counts: FromCounts | None = None
    from_rates: FromRates | None = None
    label: str | None = None
    is_randomised: bool = False
    unit: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> "EffectKeys":
        given = [self.from_effects, self.from_counts, self.from_rates]
        if sum(each is not None for each in given) != 1:
            raise ValueError("give one of from_effects, from_counts and from_rates")
        if (
            self.from_effects
            and self.from_effects.low
            and SCALES[self.measure].is_logarithm
            and self.from_effects.printed_as is None
        ):
            raise ValueError(
                "limits of a ratio need `printed_as`: ratio, or logarithm where the natural "
                "logarithm was printed"
            )
        if self.from_counts and self.measure not in {"log_risk_ratio", "log_odds_ratio"}:
            raise ValueError("counts of two arms give log_risk_ratio or log_odds_ratio")
        if self.from_rates and self.measure != "log_rate_ratio":
            raise ValueError("events and exposure give log_rate_ratio")
        return self


@dataclass(frozen=True)
class Effects:
    """Effects of k studies in a fixed order; studies without any event are listed apart.

    `effect` (k,) and `variance` (k,).
    """

    labels: tuple[str, ...]
    effect: Numbers
    variance: Numbers
    without_events: tuple[str, ...] = ()
    #: Where in the table each effect came from, counted from 0.
    rows: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many studies have an effect."""
        return len(self.effect)

    def without(self, row: int) -> "Effects":
        """Leave one study out.

        Returns the Effects of the k - 1 others.
        """
        kept = [each for each in range(self.count) if each != row]
        names = tuple(self.labels[each] for each in kept)
        return Effects(names, self.effect[kept], self.variance[kept], self.without_events)


def effects_of(keys: EffectKeys, table: pl.DataFrame) -> Effects:
    """The effects of a table, sorted by label so that the order of rows does not matter.

    `table` (one row per study). Half an event is added to every cell of a study that has a zero in
    one. A study without events in either arm does not identify a ratio and is listed by name.
    Studies without a label are numbered by the size of their effect. Returns Effects. Raises
    Refusal for a study that comes twice, and for an effect outside its interval.
    """
    names = labels(table, keys.label) if keys.label else [""] * table.height
    if keys.label and len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise Refusal(f"study {double!r} stands in the table twice: one row per study")
    if keys.from_effects:
        effect, variance = _printed(keys.from_effects, table)
        kept = np.full(len(names), fill_value=True)
    else:
        effect, variance, kept = _counted(keys, table)
    order = sorted(range(len(names)), key=lambda row: (names[row], effect[row], variance[row]))
    rows = [row for row in order if kept[row]]
    return Effects(
        labels=tuple(names[row] or f"study {place}" for place, row in enumerate(rows, start=1)),
        effect=effect[rows],
        variance=variance[rows],
        without_events=tuple(names[row] or "a study" for row in order if not kept[row]),
        rows=tuple(rows),
    )


def _printed(keys: FromEffects, table: pl.DataFrame) -> tuple[Numbers, Numbers]:
    effect = numbers(table, keys.effect)
    if keys.standard_error:
        return effect, numbers(table, keys.standard_error, above=0) ** 2
    low, high = numbers(table, str(keys.low)), numbers(table, str(keys.high))
    is_inside = (low < effect) & (effect < high)
    if not is_inside.all():
        row = row_as_given(table, int(np.argmin(is_inside)))
        raise Refusal(f"row {row}: the effect does not lie within its interval")
    if keys.printed_as == "ratio":
        for name in (keys.effect, str(keys.low), str(keys.high)):
            numbers(table, name, above=0)
        effect, low, high = np.log(effect), np.log(low), np.log(high)
    _refuse_uneven(keys, table, effect - (low + high) / 2, high - low)
    return effect, ((high - low) / (2 * Z)) ** 2


def _refuse_uneven(keys: FromEffects, table: pl.DataFrame, away: Numbers, width: Numbers) -> None:
    """Raises Refusal where an effect lies far from the middle of its interval."""
    is_even = np.abs(away) <= UNEVEN * width
    if not is_even.all():
        row = row_as_given(table, int(np.argmin(is_even)))
        where = {"ratio": " of logarithms", "logarithm": " as given"}.get(keys.printed_as or "", "")
        raise Refusal(
            f"row {row}: the limits do not lie about the effect on the scale{where}. Look whether "
            "ratios or logarithms were printed (`printed_as`), and for slips of the pen."
        )


def _counted(
    keys: EffectKeys, table: pl.DataFrame
) -> tuple[Numbers, Numbers, "np.typing.NDArray[np.bool_]"]:
    given = keys.from_counts or keys.from_rates
    columns = [str(name) for name in vars(given).values()]
    a, c = counts(table, columns[0]), counts(table, columns[2])
    kept = (a + c) > 0
    if keys.from_rates:
        x, y = numbers(table, columns[1], above=0), numbers(table, columns[3], above=0)
        half = np.where((a == 0) | (c == 0), 0.5, 0.0)
        a, c = a + half, c + half
        return np.log(a / x) - np.log(c / y), 1 / a + 1 / c, kept
    x, y = counts(table, columns[1]), counts(table, columns[3])
    half = np.where((a == 0) | (x == 0) | (c == 0) | (y == 0), 0.5, 0.0)
    a, x, c, y = a + half, x + half, c + half, y + half
    if keys.measure == "log_odds_ratio":
        return np.log(a * y / (x * c)), 1 / a + 1 / x + 1 / c + 1 / y, kept
    n, m = a + x, c + y
    return np.log(a / n) - np.log(c / m), 1 / a - 1 / n + 1 / c - 1 / m, kept


def studies_agree(q: float, freedom: float, p_value: float, what: str = "studies") -> Gate:
    """Gate of a common-effect average: it sums up studies only where they measure one effect.

    `q` is Cochran's with its degrees of freedom and p-value. Returns the Gate.
    """
    chance = "p below 0.0001" if p_value < 1e-4 else f"p = {p_value:.{4 if p_value < 0.01 else 3}f}"
    differ = p_value < DISAGREE
    verb = "do not agree" if differ else "are not seen to differ"
    return Gate(
        f"{what} agree",
        passed=not differ,
        reason=f"the {what} {verb}: Q = {plain(q, 4 if q >= TEN else 3)} with "
        f"{wording.counted(plain(freedom), 'degrees of freedom')}, {chance}",
    )


def pooled_result(
    keys: EffectKeys,
    design: str,
    method: str,
    figures: dict[str, float],
    values: dict[str, Value],
    *,
    gates: tuple[Gate, ...] = (),
    tables: dict[str, Rows] | None = None,
    notes: tuple[str, ...] = (),
) -> Result:
    """The result of a pooling.

    `figures` holds estimate, se, ci_lo, ci_hi and p by name. Returns a Result on the scale of the
    measure.
    """
    interval = figures["ci_lo"], figures["ci_hi"]
    basis = basis_of(is_randomised=keys.is_randomised)
    result = Result(
        design=design,
        measure=keys.measure,
        scale=SCALES[keys.measure],
        method=method,
        values=values,
        estimate=figures["estimate"],
        standard_error=figures["se"],
        interval_low=interval[0],
        interval_high=interval[1],
        p_value=figures["p"],
        is_randomised=keys.is_randomised,
        summary=describe_interval(
            keys.outcome, interval, SCALES[keys.measure], basis, unit=keys.unit
        ),
        tables=tables or {},
        notes=notes,
    )
    return _hold_back(result, gates)


def _hold_back(found: Result, gates: tuple[Gate, ...]) -> Result:
    """The result without an average where studies are too few or disagree."""
    held = hold_back(found, *gates)
    differ = [gate for gate in gates if gate.name.endswith(" agree") and not gate.passed]
    if not differ or held is found:
        return held
    said = differ[0].reason
    return replace(
        held,
        summary=f"{said[:1].upper()}{said[1:]}. One average says nothing of all of them; it stands "
        "among the figures for comparison with what was printed.",
    )
