"""`bodyworn report`: a committee paper about one area, as tagged PDF."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration import paths
from orchestration.commands.release import find_release

Area = Annotated[str, typer.Argument(help="An area by its name, such as “Camden”.")]
Out = Annotated[Path, typer.Option(help="The file to write.")]
Period = Annotated[str, typer.Option(help="A calendar year; all years when not given.")]
Programme = Annotated[str, typer.Option(help="A programme, where several have the area.")]
Named = Annotated[str, typer.Option(help="Release id, the start of one, `current` or `parent`.")]
Internal = Annotated[
    bool, typer.Option("--internal", help="Use internal figures, and mark every page.")
]


def report(
    area: Area,
    out: Out = Path("paper.pdf"),
    period: Period = "",
    programme: Programme = "",
    release: Named = "current",
    internal: Internal = False,
) -> None:
    """Write a committee paper: two to four pages, tagged PDF/UA-1, with the pages' own sentences.

    Its figures are those of the public extract. Exit code 2 for an area, period or release that is
    not there.
    """
    import getpass

    from streamlit.logger import set_log_level

    # Streamlit warns of every call outside its server; a paper needs no server.
    set_log_level("ERROR")
    from dashboards.data.release import open_release
    from dashboards.paper.choose import NoSuchPaper
    from dashboards.paper.write import paper_of_area
    from orchestration.access import audit_log
    from orchestration.access.audit_log import Event
    from orchestration.access.reader import single_user

    folder = find_release(release)
    reader = single_user(f"local:{getpass.getuser()}")
    held = open_release(reader, folder.name)
    if held is None:
        raise NoSuchPaper(f"Release {folder.name} cannot be read: `bodyworn doctor` says why.")
    made = paper_of_area(held, area, programme=programme, period=period, is_internal=internal)
    audit_log.append(
        paths.audit_log(),
        Event("export", reader.actor, reader.roles, out.name, {"area": area}, release=held.name),
    )
    out.write_bytes(made)
    typer.echo(f"{out}: {len(made) // 1024} kB, of release {held.name}")
