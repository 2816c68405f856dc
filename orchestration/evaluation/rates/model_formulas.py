"""Model formulas such as `Days ~ Sex / (Age + Eth * Lrn)`, over columns and nothing else."""

import re
from dataclasses import dataclass

import numpy as np
import patsy
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.columns import ROW, counts, labels, numbers
from orchestration.evaluation.core import Refusal

#: Names, sums, interactions, nesting and brackets. A formula is text from outside: no calls,
#: no attributes, no indexing, because the library would run them as Python.
WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ALLOWED = re.compile(r"[A-Za-z0-9_+*/:()\s]*")
CALL = re.compile(r"[A-Za-z0-9_)]\s*\(")
LEVEL = re.compile(r"\[(?:T\.)?([^\]]*)\]")


@dataclass(frozen=True)
class Model:
    """An outcome (`outcome` (n,)) and a design matrix with a constant (`design` (n, k)).

    `names` are the k columns, named as R names them.
    """

    outcome: NDArray[np.float64]
    design: NDArray[np.float64]
    names: tuple[str, ...]


def build(
    formula: str,
    table: pl.DataFrame,
    *,
    is_counted: bool = False,
) -> Model:
    """Build the outcome and the design matrix of a formula; text columns become contrasts.

    `table` (one row per observation). The first level in alphabetical order is the reference;
    `SexM` is level M of Sex. The right side may be `.`: every other column. Where `is_counted` the
    left side holds whole numbers of events. Returns a Model. Raises Refusal for anything but
    columns joined by + * / : and brackets, for unknown columns, for collinear ones, and for a word
    among numbers.
    """
    left, mark, right = (part.strip() for part in formula.partition("~"))
    if not mark or not WORDS.fullmatch(left):
        raise Refusal(f"formula {formula!r}: write `outcome ~ columns`")
    if right == ".":
        right = " + ".join(column for column in table.columns if column not in {left, ROW})
    if not ALLOWED.fullmatch(right) or CALL.search(right):
        raise Refusal(f"formula {formula!r}: only columns joined by + * / : and brackets")
    data = {word: _column(table, word) for word in sorted(set(WORDS.findall(right)))}
    try:
        matrix = patsy.dmatrix(right or "1", data)
    except patsy.PatsyError as error:
        raise Refusal(f"formula {formula!r}: {error}") from error
    design = np.asarray(matrix, dtype=np.float64)
    names = tuple(LEVEL.sub(r"\1", name) for name in matrix.design_info.column_names)
    _refuse_collinear(design, names)
    return Model(counts(table, left) if is_counted else numbers(table, left), design, names)


def _column(table: pl.DataFrame, name: str) -> NDArray[np.float64] | list[str]:
    if name in table.columns and (table[name].dtype.is_numeric() or _mostly_numbers(table[name])):
        return numbers(table, name)
    return labels(table, name)


def _mostly_numbers(column: pl.Series) -> bool:
    """Whether a column of text is one of numbers with a word in it, and no labels."""
    if column.dtype != pl.String:
        return False
    read = column.str.strip_chars().cast(pl.Float64, strict=False)
    return read.count() > column.count() / 2


def _refuse_collinear(design: NDArray[np.float64], names: tuple[str, ...]) -> None:
    if np.linalg.matrix_rank(design) == design.shape[1]:
        return
    kept = 0
    for column, name in enumerate(names):
        rank = int(np.linalg.matrix_rank(design[:, : column + 1]))
        if rank == kept:
            raise Refusal(
                f"covariates are perfectly collinear: {name} is a combination of those before it; "
                "drop one"
            )
        kept = rank
