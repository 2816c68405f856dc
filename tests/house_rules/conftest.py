"""dbt's graph of the models as they are."""

import json

import pytest

from orchestration.steps import dbt
from tests.house_rules.project import Manifest


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    parsed: Manifest = json.loads((dbt.prepared() / "manifest.json").read_text())
    return parsed
