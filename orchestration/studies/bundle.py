"""A replication bundle: study, table, result, version of the code, and how to do it again."""

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

from orchestration.disclosure.policy import read_policy
from orchestration.evaluation.core import Refusal, Result
from orchestration.studies.register import Status
from orchestration.studies.study import Study

TABLE, SPEC, RESULT = "table.csv", "study.yml", "result.json"
CODE, README = "code.json", "README.md"
HASHES = "SHA256SUMS"


def outside(study: Study, table: pl.DataFrame) -> tuple[pl.DataFrame | None, list[str]]:
    """The table as it may be shared outside, and one line on each thing that was changed in it.

    By the study's `disclosure`: P, whose rows may be of people or shifts, is not shared at all; A
    loses the columns that the study does not name and whole numbers below the policy's threshold
    (the table has no sums, so no hidden count can be worked out from one); O is public.
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


def bundle_files(
    spec: str,
    study: Study,
    table: pl.DataFrame | None,
    found: tuple[Result, Status],
    code: dict[str, Any],
    *,
    is_public: bool,
) -> tuple[dict[str, bytes], list[str]]:
    """Every file of a bundle by name, and what was left out or hidden of the table.

    `spec` is the text of the study file. Raises Refusal where a public bundle would carry rows
    inside that text that may not be shared.
    """
    if is_public and study.inline is not None and outside(study, study.inline)[1]:
        raise Refusal(
            f"{study.name} holds rows inline that may not leave the building as they are (class "
            f"{study.disclosure}): move them to a table of its own, or say `disclosure: O` if they "
            "are published already"
        )
    given, done = outside(study, table) if is_public and table is not None else (table, [])
    files = {} if given is None else {TABLE: given.write_csv().encode()}
    result, status = found
    document = result.document() | {"status": status.word, "status_reason": status.reason}
    texts = {
        SPEC: spec,
        RESULT: _json(document | {"study_sha256": study.sha256}),
        CODE: _json(code),
        README: _readme(study, code, done, has_table=table is not None),
    }
    files |= {name: text.encode() for name, text in texts.items()}
    return files | {HASHES: _sums(files).encode()}, done


def write_bundle(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of a bundle into a new folder; raises Refusal where it holds something."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty: name a new folder for the bundle")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def zipped(files: dict[str, bytes]) -> bytes:
    """The files as one archive, the same bytes whenever it is made; nothing is written to disk."""
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            # A ZipInfo has a fixed date; a name alone would be dated by the clock.
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return held.getvalue()


def _sums(files: dict[str, bytes]) -> str:
    """A line per file, as sha256sum reads them."""
    hashed = [(hashlib.sha256(content).hexdigest(), name) for name, content in files.items()]
    return "".join(f"{sha}  {name}\n" for sha, name in sorted(hashed, key=lambda each: each[1]))


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
