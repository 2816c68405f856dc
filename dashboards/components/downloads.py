"""The only way to take something away: on a tap, checked and recorded when it happens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboards.components import login
from dashboards.data import log
from dashboards.data.release import NotOpen, Release
from dashboards.text import access as words
from orchestration.access.reader import Reader

Make = Callable[[], bytes]


@dataclass(frozen=True)
class FileKind:
    """A kind of file by its ending, and what browsers call it."""

    ending: str
    media_type: str


CSV = FileKind("csv", "text/csv")
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ZIP = FileKind("zip", "application/zip")
PDF = FileKind("pdf", "application/pdf")
Offer = tuple[FileKind, str, Make]


def offer(
    release: Release,
    offers: Sequence[Offer],
    stem: str,
    programme: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> None:
    """Buttons that save files of released rows, or a sentence that they may not be taken.

    Each offer is a kind of file, the label of its button, and a function that makes the file when
    it is pressed. `stem` names the rows; the file's name holds the release too. `programme` is
    whose rows they are, None for those of every programme that is open.
    """
    if not release.may_download(programme):
        st.caption(words.NO_DOWNLOAD)
        return
    with st.container(horizontal=True):
        for kind, label, make in offers:
            name = f"{stem}_{release.name}.{kind.ending}"
            st.download_button(
                label,
                partial(
                    while_signed_in,
                    release.reader,
                    login.ended_later(release.reader),
                    partial(take, release, make, name, programme, filters),
                    name,
                ),
                name,
                kind.media_type,
                key=f"{kind.ending}_{stem}",
                on_click="ignore",
                icon=":material/download:",
            )


def while_signed_in(reader: Reader, has_ended: Callable[[], bool], make: Make, name: str) -> bytes:
    """What is made, where the login still holds that the page was drawn for.

    A button stays in the browser longer than a login or a role. Raises NotOpen, and records it.
    """
    if has_ended():
        log.record(reader, "deny", name, filters={"why": "the login has ended"})
        message = f"{reader.actor} is not signed in any more, and may not take away {name}"
        raise NotOpen(message)
    return make()


def take(
    release: Release,
    make: Make,
    name: str,
    programme: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of a file, once its export is in the log.

    Raises NotOpen where the reader may not take rows of the programme, which is recorded too.
    """
    if not release.may_download(programme):
        log.record(release.reader, "deny", name, filters=filters, release=release.name)
        message = f"{release.reader.actor} may not take away {name}"
        raise NotOpen(message)
    content = make()
    rows = max(content.count(b"\n") - 1, 0) if name.endswith(".csv") else None
    log.record(release.reader, "export", name, filters=filters, rows=rows, release=release.name)
    return content


def offer_own(
    reader: Reader, label: str, content: bytes | str, name: str, kind: str, *, key: str
) -> None:
    """A button that saves what a reader entered or worked out here: nothing of a release."""

    def recorded() -> bytes:
        log.record(reader, "export", name, filters={"of": "the reader's own study"})
        return content.encode() if isinstance(content, str) else content

    guarded = partial(while_signed_in, reader, login.ended_later(reader), recorded, name)
    st.download_button(
        label, guarded, name, kind, key=key, on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip
