"""The designs in Markdown, from the catalogue: keys, defaults, and an example that runs.

`make estimate-page` writes them into docs/estimate.md.
"""

from pathlib import Path
from typing import Any

from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import Design

BEGIN = "<!-- the designs: written by `make estimate-page` -->\n"


def write_page(page: Path) -> None:
    """Replace what stands below the mark of the page."""
    above = page.read_text("utf-8").split(BEGIN)[0]
    page.write_text(above + BEGIN + described(), "utf-8")


def described() -> str:
    """Every design in order of its name, as docs/estimate.md holds them."""
    return "\n".join(_described(DESIGNS[name]) for name in sorted(DESIGNS))


def keys_of(design: Design) -> list[tuple[str, str, str]]:
    """Every key of a design, those first that must be given: its name, kind in words, default."""
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
    return "\n".join(lines)


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
    return words.get(str(field.get("type", "any")), str(field.get("type", "any")))


if __name__ == "__main__":
    write_page(Path(__file__).resolve().parents[2] / "docs" / "estimate.md")
