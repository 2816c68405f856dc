"""p-values adjusted for how many were looked at."""

from collections.abc import Sequence

from statsmodels.stats.multitest import multipletests

from orchestration.evaluation.frame import Refusal

#: What a study may ask for, and what the library calls it.
METHODS = {"holm": "holm", "benjamini_hochberg": "fdr_bh", "bonferroni": "bonferroni"}


def adjust(p_values: Sequence[float], method: str = "holm") -> list[float]:
    """Adjusted p-values in the order given.

    `holm` guards a family (Holm 1979); `benjamini_hochberg` bounds the share of false findings
    (1995). Raises Refusal for p-values outside 0 and 1.
    """
    if not p_values or not all(0 <= each <= 1 for each in p_values):
        raise Refusal("p-values lie between 0 and 1; give one or more")
    return [float(p) for p in multipletests(list(p_values), method=METHODS[method])[1]]
