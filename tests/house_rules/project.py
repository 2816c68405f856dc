"""The project as its house rules see it: committed files, dbt's graph, names of sources."""

import ast
import subprocess
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.release.dbt_artifacts import is_released

ROOT = paths.ROOT
TEXT = {
    ".py", ".sql", ".yml", ".yaml", ".toml", ".md", ".csv", ".json", ".ipynb", ".txt", ".cfg", "",
    ".sh", ".service", ".timer", ".example",
}  # fmt: skip
LANDED_BY_PYTHON = {"ingestion", "programme", "evaluation", "history"}
Manifest = dict[str, Any]


@cache
def committed() -> tuple[Path, ...]:
    """Files that git keeps or would keep: tracked, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = (ROOT / name for name in sorted(set(listed.split("\0")) - {""}))
    return tuple(path for path in found if path.is_file())


def text_files() -> list[Path]:
    """Committed files that hold text."""
    return [path for path in committed() if path.suffix in TEXT]


def files(*patterns: str) -> list[Path]:
    """Committed files whose path from the root matches a glob; `*` crosses folders."""
    return [path for path in committed() if any(fnmatch(shown(path), each) for each in patterns)]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module, which is parsed once for all the rules."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def shown(path: Path) -> str:
    """The path from the root, for messages."""
    return str(path.relative_to(ROOT))


def models(manifest: Manifest, layer: str = "") -> list[dict[str, Any]]:
    """Models of a layer (the folder under `models`), or all."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return [node for node in nodes if not layer or node["fqn"][1] == layer]


def released(manifest: Manifest) -> list[dict[str, Any]]:
    """Marts that readers see: facts and dimensions."""
    return [model for model in models(manifest) if is_released(model)]


def meta(node: dict[str, Any]) -> dict[str, Any]:
    """What we wrote under `config.meta`."""
    found: dict[str, Any] = node["config"].get("meta", {})
    return found
