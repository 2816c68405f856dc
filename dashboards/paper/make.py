"""The committee paper of an area, from a release to the bytes of a PDF."""

from datetime import UTC, datetime

from dashboards.data.choice import Choice
from dashboards.data.public_figures import public
from dashboards.data.release import Release
from dashboards.paper.choose import find
from dashboards.paper.typeset import pdf
from dashboards.paper.write import write


def make(
    release: Release,
    area: str,
    *,
    programme: str = "",
    period: str = "",
    is_internal: bool = False,
) -> bytes:
    """The paper of an area by its name.

    Raises NoSuchPaper for an area or period that the release does not have, and NoPublicFigures
    where nothing of it may be made public.
    """
    return of(find(release, area, programme, period), is_internal=is_internal)


def of(choice: Choice, *, is_internal: bool = False, address: str = "") -> bytes:
    """The paper of what a reader chose; `address` leads back to the pages."""
    shown = choice if is_internal else public(choice)
    asked = "" if shown.where == choice.where else choice.where
    paper = write(shown, stands_for=asked, is_internal=is_internal, address=address)
    return pdf(paper, _published(choice.release))


def _published(release: Release) -> datetime:
    """The moment of the file: that of the release, so that the same paper has the same bytes."""
    try:
        return datetime.fromisoformat(release.published).replace(microsecond=0)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)
