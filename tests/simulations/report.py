"""The report of a simulation: limits and whether they were kept, and every figure behind them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.metadata import version
from math import inf
from pathlib import Path

import polars as pl

from orchestration import paths
from tests.simulations import labels
from tests.simulations.acceptance_limits import Limit, Verdict
from tests.simulations.performance_measures import Figure
from tests.simulations.run_scenarios import FAMILIES, family

LIBRARIES = ("numpy", "scipy", "statsmodels", "pyfixest", "diff-diff")
ESTIMATING = ("staged_adoption", "before_after", "meta_analysis", "trials")
#: What the figures hang on: the engine, the draws, the ways of estimating.
CODE = (
    *(f"orchestration/evaluation/{each}/**/*.py" for each in ESTIMATING),
    *(f"tests/simulations/{each}.py" for each in ("panels", "scenarios", "estimates", *FAMILIES)),
)
#: Estimates of the first table of every scenario: what tells later code from this.
FIRST_TABLES = "first_tables.csv"
SHOWN = ("bias", "coverage", "rejection", "error_ratio")
HEADS = ("Bias", "Coverage", "Rejects no change", "Mean error / spread")
OPENING = """\
# Do the estimates find the truth?

`make simulate` makes invented programmes whose truth is known, estimates them with the engine's own
functions, and compares what comes out with limits that were set before. It wrote this page. Good
methods have to keep their limits. Methods known to be bad are tried as well and have to break them,
or the simulation would be blind.

- A limit counts as broken only when the 99 % interval of the simulation itself (Monte-Carlo error)
  lies wholly outside it.
- **Bias** is the mean of estimate less truth, in log points: 0.01 is about one per cent.
- **Coverage** is the share of 95 % intervals that hold the truth.
- **Rejects no change** is the error of the first kind where the truth is no change, else power.
- A figure stands with its Monte-Carlo standard error (±) or its 99 % interval (in brackets).
- A table that a method refuses gives no figure; **Tables** counts those that it took. Where
  complaints are few (F), a month may pass without any among the last boroughs that have no cameras
  yet: the engine then asks for quarters.
- What hidden small counts give away is proved elsewhere: `make prove` attacks 10,000 random tables
  and pairs of releases.
- The way from files to an estimate is another proof: `make simulate SEEDS=100` writes a synthetic
  London for every seed, with faults and lags, runs the pipeline and estimates from its release
  ([what came of it](simulations/end_to_end.md)).
"""


def report(
    summary: pl.DataFrame, found: Sequence[Verdict], plots: dict[str, list[str]], folder: str
) -> str:
    """The page as Markdown; `plots` are names of files within `folder`."""
    parts = [OPENING, _provenance(summary), _outcome(found)]
    for name in summary["family"].unique(maintain_order=True):
        mine = summary.filter(family=name)
        parts += [f"## {labels.FAMILIES[name]}\n", _scenarios(name, mine)]
        parts += [_limits([each for each in found if each.limit.family == name])]
        parts += [_figures(mine)]
        parts += ["\n".join(f"![{_alt(plot)}]({folder}/{plot})" for plot in plots[name]) + "\n"]
    return "\n".join(parts)


def first_tables(rows: pl.DataFrame) -> pl.DataFrame:
    """The estimates of the first table of every scenario, one row per scenario and method."""
    figures = ("estimate", "truth", "error", "low", "high", "p_value")
    return rows.filter(seed=0).select("family", "scenario", "method", *figures)


def code_version() -> str:
    """The version of the package and a digest of the code that estimates and simulates."""
    digest = sha256()
    for pattern in CODE:
        for path in sorted(paths.ROOT.glob(pattern)):
            digest.update(str(path.relative_to(paths.ROOT)).encode() + path.read_bytes())
    return f"bodyworn {version('bodyworn')}, code {digest.hexdigest()[:12]}"


def _provenance(summary: pl.DataFrame) -> str:
    tables = summary.filter(figure="bias").group_by("family", maintain_order=True)
    counts = tables.agg(pl.col("tables").max()).iter_rows()
    listed = ", ".join(f"{labels.FAMILIES[name].lower()} {count:,}" for name, count in counts)
    libraries = ", ".join(f"{each} {version(each)}" for each in LIBRARIES)
    return (
        f"Tables per scenario: {listed}; their seeds count from 0.\n"
        f"Made with {code_version()} ({libraries}).\n"
        f"Code may have been renamed since. The estimates of the first table of every scenario are "
        f"kept in [{FIRST_TABLES}](simulations/{FIRST_TABLES}), and a test holds that today's code "
        "still gives them.\n"
    )


def _outcome(found: Sequence[Verdict]) -> str:
    wrong = [each for each in found if not each.is_well]
    said = Counter((each.limit.is_known_bad, each.words) for each in found)
    lines = [
        f"- {'bad' if is_bad else 'good'} methods, {words}: {count}"
        for (is_bad, words), count in sorted(said.items())
    ]
    whole = f"{len(wrong)} did not come out as they must" if wrong else "all came out as they must"
    return f"**{len(found)} limits tried: {whole}.**\n\n" + "\n".join(lines) + "\n"


def _scenarios(name: str, mine: pl.DataFrame) -> str:
    tried = mine["scenario"].unique(maintain_order=True)
    about = family(name).scenarios
    return "\n".join(_table(("Scenario", "What happens"), [(f"`{s}`", about[s]) for s in tried]))


def _limits(found: Sequence[Verdict]) -> str:
    rows = [
        (
            labels.METHODS[each.limit.method],
            labels.FIGURES[each.limit.figure],
            each.scenario,
            ("must break " if each.limit.is_known_bad else "") + _bound(each.limit),
            _with_interval(each.found),
            each.words,
        )
        for each in found
    ]
    heads = ("Method", "Figure", "Scenario", "Limit", "Found (99 % interval)", "So")
    return "\n### Limits\n\n" + "\n".join(_table(heads, rows))


def _figures(mine: pl.DataFrame) -> str:
    rows = []
    for (method, scenario), part in mine.group_by("method", "scenario", maintain_order=True):
        values = {row["figure"]: row for row in part.iter_rows(named=True)}
        cells = [_cell(values[each]) if each in values else "" for each in SHOWN]
        tables = f"{max(part['tables'].to_list()):,}"
        rows.append((str(scenario), labels.METHODS[str(method)], tables, *cells))
    heads = ("Scenario", "Method", "Tables", *HEADS)
    return "\n### Every figure\n\n" + "\n".join(_table(heads, rows))


def _cell(row: dict[str, float]) -> str:
    return f"{_number(row['value'])} ± {_number(row['error'])}"


def _with_interval(found: Figure) -> str:
    return f"{_number(found.value)} ({_number(found.low)} to {_number(found.high)})"


def _bound(limit: Limit) -> str:
    if limit.low == -inf:
        return f"at most {limit.high:g}"
    return f"at least {limit.low:g}" if limit.high == inf else f"{limit.low:g} to {limit.high:g}"


def _number(value: float) -> str:
    """Three decimals; a rounded zero has no sign."""
    return f"{value:.3f}".replace("-0.000", "0.000")


def _alt(plot: str) -> str:
    return Path(plot).stem.replace("_", ": ")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
