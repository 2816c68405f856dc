"""A replication bundle: study, table, result, version of the code, and how to do it again."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.disclosure.policy import read_policy
from orchestration.evaluation.frame import Refusal, Result
from orchestration.evaluation.studies.register import Status
from orchestration.evaluation.studies.study import Study

TABLE, SPEC, RESULT = "table.csv", "study.yml", "result.json"
CODE, README = "code.json", "README.md"
HASHES = "SHA256SUMS"


def outside(study: Study, table: pl.DataFrame) -> tuple[pl.DataFrame | None, list[str]]:
    """The table as it may leave the building, and a line on each thing that was done to it.

    By the study's `disclosure`: P, whose rows may be of people or shifts, stays inside altogether;
    A loses the columns that the study does not name and whole numbers below the policy's threshold
    (sums are not in the table, so that no hidden count can be worked back from one); O is public.
    """
    if study.disclosure == "P":
        return None, ["the whole table is left out: its rows may be of people or shifts"]
    rule = read_policy().classes[study.disclosure]
    if not rule.threshold:
        return table, []
    named = set(_texts(study.keys.model_dump()))
    kept = table.select(name for name in table.columns if name in named)
    done = [f"left out: {name}" for name in table.columns if name not in named]
    for name in kept.columns:
        if not kept[name].dtype.is_integer():
            continue
        small = pl.col(name).is_between(1, rule.threshold - 1)
        if count := kept.filter(small).height:
            kept = kept.with_columns(pl.when(~small).then(pl.col(name)).alias(name))
            done.append(f"hidden: {count} counts of 1 to {rule.threshold - 1} in {name}")
    return kept, done


def write_bundle(
    folder: Path,
    spec: str,
    study: Study,
    table: pl.DataFrame | None,
    found: tuple[Result, Status],
    code: dict[str, Any],
    *,
    is_public: bool,
) -> list[str]:
    """Write the bundle into a new folder; returns what was left out or hidden of the table.

    `spec` is the text of the study file. Raises Refusal where the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty: name a new folder for the bundle")
    folder.mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    if table is not None:
        shown, done = outside(study, table) if is_public else (table, [])
        if shown is not None:
            shown.write_csv(folder / TABLE)
    result, status = found
    told = result.document() | {"status": status.word, "status_reason": status.reason}
    texts = {
        SPEC: spec,
        RESULT: _json(told | {"study_sha256": study.sha256}),
        CODE: _json(code),
        README: _readme(study, code, done, has_table=table is not None),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    (folder / HASHES).write_text(_sums(folder), "utf-8")
    return done


def _sums(folder: Path) -> str:
    """A line per file, as sha256sum reads them."""
    files = sorted(folder.iterdir())
    hashed = [(hashlib.sha256(path.read_bytes()).hexdigest(), path.name) for path in files]
    return "".join(f"{hashed_as}  {name}\n" for hashed_as, name in hashed)


def _texts(value: Any) -> list[str]:
    """Every text anywhere in the keys: the names of columns are among them."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str) + "\n"


def _readme(study: Study, code: dict[str, Any], done: list[str], *, has_table: bool) -> str:
    lines = [
        f"# {study.title}",
        "",
        study.question,
        "",
        f"Study {study.sha256}, code {code.get('version')}. `{RESULT}` was made by:",
        "",
        f"    bodyworn estimate {SPEC}{f' --data {TABLE}' if has_table else ''} --json",
        "",
        f"`sha256sum --check {HASHES}` shows that no file here was changed.",
    ]
    if done:
        lines += ["", "The table is not whole, so the command above needs the one inside:", ""]
        lines += [f"- {each}" for each in done]
    return "\n".join(lines) + "\n"
