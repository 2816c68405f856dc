"""The Markdown that the pages' sentences are written in, as runs of plain and bold words."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"\\(?P<escaped>.)"
    r"|:material/\w+:\s*"
    r"|:\w+-badge\[(?P<badge>[^\]]*)\]"
    r"|(?P<bold>\*\*)"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<url>[^)\s]+)\)"
    r"|<(?P<address>https?://[^>\s]+)>"
    r"|(?P<line>\s*\n\s*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Run:
    """Words of one kind: bold or not, a link where `url` is not empty."""

    text: str
    bold: bool = False
    url: str = ""


def runs(text: str) -> list[Run]:
    """The text without Markdown's marks; icons go, badges become their words."""
    found: list[Run] = []
    bold, at = False, 0
    for token in TOKEN.finditer(text):
        found.append(Run(text[at : token.start()], bold))
        at = token.end()
        if token["bold"]:
            bold = not bold
        else:
            found.append(_of(token, bold=bold))
    found.append(Run(text[at:], bold))
    return _joined(found)


def plain(text: str) -> str:
    """The words alone."""
    return "".join(run.text for run in runs(text))


def _of(token: re.Match[str], *, bold: bool) -> Run:
    if token["label"] is not None:
        return Run(plain(token["label"]), bold, token["url"])
    if token["address"]:
        return Run(token["address"], bold, token["address"])
    if token["line"]:
        return Run(" ", bold)
    return Run(token["escaped"] or token["badge"] or "", bold)


def _joined(found: list[Run]) -> list[Run]:
    """Neighbours of one kind as one run, empty ones left out."""
    joined: list[Run] = []
    for run in found:
        if not run.text:
            continue
        if joined and (joined[-1].bold, joined[-1].url) == (run.bold, run.url):
            joined[-1] = Run(joined[-1].text + run.text, run.bold, run.url)
        else:
            joined.append(run)
    return joined
