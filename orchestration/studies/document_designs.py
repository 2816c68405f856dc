"""The designs in Markdown, from the catalogue: keys, an example, and every name of the JSON.

`make estimate-page` writes them into docs/estimate.md.
"""

from pathlib import Path
from typing import Any

from orchestration.evaluation.catalogue import DESIGNS, FIGURES
from orchestration.evaluation.core import Design, Scale

BEGIN = "<!-- the designs: written by `make estimate-page` -->\n"


def write_page(page: Path) -> None:
    """Replace the part of the page below the mark."""
    above = page.read_text("utf-8").split(BEGIN)[0]
    page.write_text(above + BEGIN + described(), "utf-8")


def described() -> str:
    """The scales, and every design in order of its name, as docs/estimate.md holds them."""
    return "\n".join([_scales(), *(_described(DESIGNS[name]) for name in sorted(DESIGNS))])


def _scales() -> str:
    rows = [f"| `{scale}` | {scale.meaning} |" for scale in Scale]
    said = (
        "The design sets the `scale` of its result: one for `estimate`, `interval_low`, "
        "`interval_high`, `standard_error` and `smallest_detectable`."
    )
    return "\n".join(["## Scales", "", said, "", "| scale | what it is |", "|---|---|", *rows, ""])


def keys_of(design: Design) -> list[tuple[str, str, str]]:
    """Every key of a design, required ones first: its name, kind in words, default."""
    schema = design.keys.model_json_schema()
    wanted = set(schema.get("required", []))
    fields = sorted(schema.get("properties", {}).items(), key=lambda each: each[0] not in wanted)
    return [
        (key, _kind(field, schema), _default(field, needed=key in wanted)) for key, field in fields
    ]


def about_keys(design: Design) -> str:
    """What the keys of a design are about, in one paragraph."""
    return " ".join((design.keys.__doc__ or "").split())


def _described(design: Design) -> str:
    rows = [f"| `{key}` | {kind} | {default} |" for key, kind, default in keys_of(design)]
    about = about_keys(design)
    lines = [f"## {design.name}", "", design.about, "", about, "", "| key | kind | default |"]
    lines += ["|---|---|---|", *rows, "", "```yaml", design.example.rstrip("\n"), "```", ""]
    return "\n".join([*lines, *_figures(design)])


def figures_of(design: Design) -> list[tuple[str, str, str]]:
    """Every figure of a design: where it is in the JSON, unit or scale, meaning."""
    gives = design.gives
    placed = [(f"values.{name}", name) for name in gives.values]
    placed += [(f"values.{name}, where it applies", name) for name in gives.sometimes]
    placed += [
        (f"tables.{table}[].{name}", name)
        for table, columns in gives.tables.items()
        for name in columns
    ]
    return [(place, *FIGURES[name]) for place, name in placed]


def _figures(design: Design) -> list[str]:
    rows = [f"| `{_place(place)} | {unit} | {said} |" for place, unit, said in figures_of(design)]
    tables = ", ".join(f"`{name}`" for name in design.gives.diagnostics)
    more = [f"`diagnostics` may hold {tables}.", ""] if tables else []
    if not rows:
        return more
    return ["| name in the JSON | unit or scale | what it is |", "|---|---|---|", *rows, "", *more]


def _place(place: str) -> str:
    name, comma, when = place.partition(",")
    return f"{name}`{comma}{when}"


def _default(field: dict[str, Any], *, needed: bool) -> str:
    if needed:
        return "must be given"
    value = field.get("default")
    return "nothing" if value in (None, "", [], {}) else f"`{str(value).lower()}`"


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """The kind of a key in words, whatever JSON Schema calls it."""
    if "$ref" in field:
        return _kind(schema["$defs"][field["$ref"].rsplit("/", 1)[1]], schema)
    if "anyOf" in field:
        kinds = [_kind(each, schema) for each in field["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in field or "const" in field:
        return ", ".join(f"`{each}`" for each in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items') or {'type': 'any'}, schema)}"
    if field.get("type") == "object" and "properties" in field:
        return "{" + ", ".join(f"`{name}`" for name in field["properties"]) + "}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    word = words.get(str(field.get("type", "any")), str(field.get("type", "any")))
    return word + _bounds(field)


def _bounds(field: dict[str, Any]) -> str:
    """The least and the most that a number may be, in words."""
    said = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    parts = [f"{word} {field[name]:,g}" for name, word in said.items() if name in field]
    return f", {', '.join(parts)}" if parts else ""


if __name__ == "__main__":
    write_page(Path(__file__).resolve().parents[2] / "docs" / "estimate.md")
