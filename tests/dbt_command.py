"""The command `dbt` over a small project of a test, as run in a child process."""

import os

from dbt.cli.main import cli


def dbt_build(folder: str) -> None:
    """`dbt build` of the project in a folder, which is also where it stands; ends the process."""
    os.chdir(folder)
    cli(["build", "--project-dir", folder, "--profiles-dir", folder])
