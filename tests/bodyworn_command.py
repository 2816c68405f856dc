"""The command `bodyworn` as tests run it: over some assets.

python -m tests.bodyworn_command [--assets NAME,NAME] WORDS...
"""

import argparse
import sys
from collections.abc import Collection
from unittest import mock


def bodyworn(*words: str, assets: Collection[str] = ()) -> None:
    """The command with these words, which ends the process.

    `assets` are parts of asset keys: in a home that holds all the rest, these can be made without a
    whole run.
    """
    from orchestration.cli import app

    sys.argv = ["bodyworn", *words]
    if not assets:
        app()
    from orchestration.defs import automation

    everything = automation.chosen
    with mock.patch.object(
        automation,
        "chosen",
        lambda inputs: [key for key in everything(inputs) if set(assets) & set(key.path)],
    ):
        app()


def _names(text: str) -> list[str]:
    return text.split(",")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--assets", type=_names, default=[])
    asked.add_argument("words", nargs=argparse.REMAINDER)
    given = asked.parse_args()
    bodyworn(*given.words, assets=given.assets)
