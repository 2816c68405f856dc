"""An average of studies as a result: its figures, its interval in words, its gates."""

from orchestration.evaluation.frame import Gate, Result, Value
from orchestration.evaluation.synthesis.effects import SCALES, EffectKeys
from orchestration.evaluation.telling import basis_of, tell


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
