"""An average of studies as a result: its figures, its interval in words, its gates."""

from orchestration.evaluation.frame import Gate, Result, Value
from orchestration.evaluation.synthesis.effects import SCALES, EffectKeys, Effects
from orchestration.evaluation.telling import basis_of, tell

ENOUGH_STUDIES = 3


def averaged(
    keys: EffectKeys,
    design: str,
    method: str,
    figures: dict[str, float],
    values: dict[str, Value],
    *,
    gates: tuple[Gate, ...] = (),
    notes: tuple[str, ...] = (),
) -> Result:
    """The result of a pooling; `figures` hold estimate, se, ci_lo, ci_hi and p."""
    interval = figures["ci_lo"], figures["ci_hi"]
    basis = basis_of(is_randomised=keys.is_randomised)
    return Result(
        design=design,
        measure=keys.measure,
        method=method,
        values=values,
        estimate=figures["estimate"],
        standard_error=figures["se"],
        interval_low=interval[0],
        interval_high=interval[1],
        p_value=figures["p"],
        gates=gates,
        is_randomised=keys.is_randomised,
        words=tell(keys.outcome, interval, SCALES[keys.measure], basis, unit=keys.unit),
        notes=notes,
    )


def enough_studies(effects: Effects) -> Gate:
    """An average is shown from three studies on."""
    return Gate(
        "three studies or more",
        passed=effects.count >= ENOUGH_STUDIES,
        reason=f"{effects.count} studies have an effect; an average is shown from "
        f"{ENOUGH_STUDIES} on",
    )
