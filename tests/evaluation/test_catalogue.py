"""The catalogue's packages of designs can be read in any order."""

import subprocess
import sys

from orchestration.evaluation import catalogue

EACH_FIRST = """
import importlib, sys
for name in sys.argv[1:]:
    for known in [each for each in sys.modules if each.startswith("orchestration")]:
        del sys.modules[known]
    importlib.import_module(name)
"""


def test_each_package_of_designs_can_be_imported_first() -> None:
    packages = {
        design.run.__module__.rsplit(".", 1)[0] for design in catalogue.DESIGNS.values()
    } - {"orchestration.evaluation"}
    assert len(packages) > 5
    done = subprocess.run(
        [sys.executable, "-c", EACH_FIRST, *sorted(packages)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
