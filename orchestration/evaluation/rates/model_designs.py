"""Designs of regressions: counts, their dispersion, and least squares with clusters."""

import re
from dataclasses import dataclass
from math import sqrt

import numpy as np
import patsy
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from orchestration.evaluation.columns import ROW, column_of, counts, labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Scale, Value
from orchestration.evaluation.rates import clustered, count_models

#: Names, sums, interactions, nesting and brackets. A formula is text from outside: no calls,
#: no attributes, no indexing, because the library would run them as Python.
WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ALLOWED = re.compile(r"[A-Za-z0-9_+*/:()\s]*")
CALL = re.compile(r"[A-Za-z0-9_)]\s*\(")
LEVEL = re.compile(r"\[(?:T\.)?([^\]]*)\]")
Values = dict[str, Value]
NEGATIVE_BINOMIAL = "negative_binomial"


@dataclass(frozen=True)
class Model:
    """An outcome (`outcome` (n,)) and a design matrix with a constant (`design` (n, k)).

    `names` are the k columns, named as R names them.
    """

    outcome: NDArray[np.float64]
    design: NDArray[np.float64]
    names: tuple[str, ...]


def build_model(
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


class CountModelKeys(Keys):
    """A formula, a family and, where rows differ in size, a column of exposure."""

    formula: str
    family: str = Field(
        default="quasi_poisson", pattern=f"^(poisson|quasi_poisson|{NEGATIVE_BINOMIAL})$"
    )
    exposure: str | None = None


def _without_exposure(rows: pl.DataFrame, exposure: str | None) -> pl.DataFrame:
    """The rows without the column of exposure, which `.` in a formula does not mean."""
    return rows if exposure is None else rows.drop(column_of(rows, exposure).name)


def count_model(keys: CountModelKeys, table: pl.DataFrame | None) -> Result:
    """Regression of counts on columns of a table.

    `table` (one row per observation). Returns a Result with a row per coefficient in its tables.
    Raises Refusal as the model does.
    """
    rows = table_of(table)
    kept = _without_exposure(rows, keys.exposure)
    model = build_model(keys.formula, kept, is_counted=True)
    exposure = numbers(rows, keys.exposure, above=0) if keys.exposure else None
    if keys.family == NEGATIVE_BINOMIAL:
        found = count_models.negative_binomial(model.outcome, model.design, exposure)
        counts = found.counts
        more: Values = {"theta": found.theta, "se_theta": found.theta_error}
    else:
        is_quasi = keys.family == "quasi_poisson"
        counts = count_models.poisson(model.outcome, model.design, exposure, quasi=is_quasi)
        more = {}
    values: Values = {
        "log_likelihood": counts.log_likelihood,
        "dispersion": counts.dispersion,
        **more,
    }
    rows_found: Rows = [
        {"column": name, "coefficient": float(coefficient), "se": float(error)}
        for name, coefficient, error in zip(
            model.names, counts.coefficients, counts.errors, strict=True
        )
    ]
    return Result(
        design=COUNT_MODEL.name,
        measure="log rate ratio of each column",
        scale=Scale.NONE,
        method=f"{keys.family.replace('_', ' ')} regression, log link; "
        "errors from the expected information",
        values=values,
        tables={"coefficients": rows_found},
        is_randomised=False,
        summary=_associations(model, len(rows)),
    )


def _associations(model: Model, rows: int) -> str:
    return (
        f"{int(model.outcome.sum()):,} events in {rows:,} rows, {len(model.names)} coefficients: "
        "associations between columns, and no more than that."
    )


class DispersionKeys(Keys):
    """The Poisson regression whose dispersion is asked for."""

    formula: str
    exposure: str | None = None


def dispersion_test(keys: DispersionKeys, table: pl.DataFrame | None) -> Result:
    """Whether counts vary more than a Poisson regression allows (Cameron and Trivedi 1990).

    `table` (one row per observation). Returns a Result on the dispersion scale. Raises Refusal as
    the model does.
    """
    rows = table_of(table)
    kept = _without_exposure(rows, keys.exposure)
    model = build_model(keys.formula, kept, is_counted=True)
    exposure = numbers(rows, keys.exposure, above=0) if keys.exposure else None
    fitted = count_models.poisson(model.outcome, model.design, exposure).fitted
    found = count_models.overdispersion(model.outcome, fitted)
    return Result(
        design=DISPERSION.name,
        measure="variance over mean",
        scale=Scale.DISPERSION,
        method="Cameron and Trivedi 1990, one-sided",
        values={
            "dispersion": found.dispersion,
            "z": found.z_linear,
            "p_one_sided": found.p_value,
            "alpha_quadratic": found.alpha,
            "z_quadratic": found.z_quadratic,
        },
        estimate=found.dispersion,
        p_value=found.p_value,
        is_randomised=False,
        summary=f"Counts vary {found.dispersion:.1f} times as much as Poisson counts would.",
    )


class ClusteredKeys(Keys):
    """A linear model and the column that names the cluster of each row."""

    formula: str
    cluster: str


def clustered_regression(keys: ClusteredKeys, table: pl.DataFrame | None) -> Result:
    """Least squares with every kind of clustered error; CR2 is the one to report.

    `table` (one row per observation). Returns a Result with a row per coefficient in its tables.
    Raises Refusal for collinear columns and for fewer than two clusters.
    """
    rows = table_of(table)
    model = build_model(keys.formula, rows)
    names = labels(rows, keys.cluster)
    codes = {name: number for number, name in enumerate(sorted(set(names)))}
    groups = np.array([codes[name] for name in names], dtype=np.int64)
    found = clustered.fit(model.design, model.outcome)
    spreads = {kind: clustered.covariance(found, groups, kind) for kind in clustered.KINDS}
    coefficients: Rows = []
    for column, name in enumerate(model.names):
        value = float(found.coefficients[column])
        errors = {kind: sqrt(spread[column, column]) for kind, spread in spreads.items()}
        freedom = clustered.freedom(found, groups, column)
        row: dict[str, Value] = {"column": name, "coefficient": value}
        row |= {f"se_{kind}": error for kind, error in errors.items()}
        row |= {"CR2_df": freedom, "CR2_p": clustered.p_value(value, errors["CR2"], freedom)}
        coefficients.append(row)
    return Result(
        design=CLUSTERED.name,
        measure="coefficient of each column",
        scale=Scale.NONE,
        method="least squares; CR2 with Satterthwaite's t (Pustejovsky and Tipton 2018)",
        values={"clusters": len(codes)},
        tables={"coefficients": coefficients},
        is_randomised=False,
        summary=f"{len(rows):,} rows in {len(codes)} clusters: associations between columns, and "
        "no more than that.",
    )


COUNT_MODEL = Design(
    "count_model",
    CountModelKeys,
    count_model,
    "Regression of counts by `formula`; `family` is poisson, quasi_poisson or negative_binomial.",
    """\
design: count_model
title: Complaints by kind of duty
question: How do complaint rates differ between duties?
keys: {formula: complaints ~ duty, exposure: hours}
inline:
  complaints: [4, 7, 2, 9, 5, 3]
  duty: [response, response, neighbourhood, response, neighbourhood, neighbourhood]
  hours: [900, 1200, 1000, 1500, 1400, 1100]
""",
    gives=Gives(
        values=("log_likelihood", "dispersion"),
        sometimes=("theta", "se_theta"),
        tables={"coefficients": ("column", "coefficient", "se")},
    ),
)
DISPERSION = Design(
    "dispersion_test",
    DispersionKeys,
    dispersion_test,
    "Whether counts vary more than Poisson, after the regression of `formula`.",
    """\
design: dispersion_test
title: Complaints by month
question: Do monthly complaints vary more than chance alone?
keys: {formula: complaints ~ year}
inline: {complaints: [4, 17, 2, 19, 5, 3, 22, 8], year: [1, 1, 1, 1, 2, 2, 2, 2]}
""",
    gives=Gives(values=("dispersion", "z", "p_one_sided", "alpha_quadratic", "z_quadratic")),
)
CLUSTERED = Design(
    "clustered_regression",
    ClusteredKeys,
    clustered_regression,
    "Least squares by `formula` with CR0 to CR3 errors over the column `cluster`.",
    """\
design: clustered_regression
title: Recording and length of service, officers in teams
question: Is longer service linked to more recording?
keys: {formula: recordings ~ years, cluster: team}
inline:
  recordings: [5, 7, 6, 9, 12, 8, 4, 6]
  years: [2, 5, 3, 8, 9, 6, 1, 4]
  team: [a, a, b, b, c, c, d, d]
""",
    gives=Gives(
        values=("clusters",),
        tables={
            "coefficients": (
                "column",
                "coefficient",
                "se_CR0",
                "se_CR1",
                "se_CR1S",
                "se_CR2",
                "se_CR3",
                "CR2_df",
                "CR2_p",
            )
        },
    ),
)
