"""Many readers click through the dashboards while the release that is served is swapped.

`python -m tests.proofs.sessions --sessions 30 --seconds 120`: two invented releases, of which one
has three times the figures of the other, are served in turn; half of the readers follow the current
release, half stay with the one their address names. A reader is a session as a browser holds one,
over its web socket and without the browser, of which thirty would take the machine from the server.
Each page that a reader is sent must be without an error and hold figures of the release that it
names. The server's memory is read throughout. Prints what was seen and ends with exit code 1 where
a page failed or mixed two releases, or where memory grew by more than a quarter after the first
third of the time.
"""

import argparse
import asyncio
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

import duckdb
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.dashboards.browser import free_port, served
from tests.dashboards.fixture_release import make_release, serve

NAMES = ("2026-11-21-aaaaaaaaaaaa", "2026-11-22-bbbbbbbbbbbb")
TIMES = 3
PAGES = ("complaints", "device_use", "evidence", "data_and_methods", "promises", "research")
SWAP_SECONDS = 7
GROWTH = 1.25
MOST_SECONDS = 60
DRAWN = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY
NAMED = re.compile(r"Release (\S+), published")
# What the pages of complaints say of the whole force in the year before the last.
FIGURES = {NAMES[0]: "480 complaint logs opened", NAMES[1]: "1,440 complaint logs opened"}


@dataclass
class Seen:
    """Pages seen by name, what was wrong with any, and the server's memory in MB by second."""

    pages: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    swaps: int = 0
    seconds: list[float] = field(default_factory=list)


def _make(home: Path) -> None:
    """Both releases; the figures of the second are those of the first, times three."""
    for name in NAMES[::-1]:
        make_release(home, name)
    folder = home / "releases" / NAMES[1]
    with duckdb.connect(folder / "internal/marts.duckdb") as con:
        for column in ("numerator", "value", "interval_low", "interval_high"):
            con.execute(f"update fct_metrics set {column} = {column} * {TIMES}")


def _process(port: int) -> int:
    """The id of the server's process, by the port on its command line."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = folder.joinpath("cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"streamlit" in words and str(port).encode() in words:
            return int(folder.name)
    message = f"no server on port {port}"
    raise LookupError(message)


def _resident(process: int) -> float:
    """The memory of a process that is in use, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


class _Session:
    """One reader's session: asks for pages, and keeps the address as the server changes it."""

    def __init__(self, socket: ClientConnection, address: str, query: str) -> None:
        self._socket, self._address, self._query = socket, address, query

    async def open(self, path: str) -> tuple[str, list[str]]:
        """The words of a page once its script has ended, and the errors on it."""
        asked = BackMsg()
        asked.rerun_script.query_string = self._query
        asked.rerun_script.page_name = path
        asked.rerun_script.context_info.url = f"{self._address}/{path}"
        await self._socket.send(asked.SerializeToString())
        words: list[str] = []
        errors: list[str] = []
        async with asyncio.timeout(MOST_SECONDS):
            while True:
                sent = ForwardMsg.FromString(bytes(await self._socket.recv(decode=False)))
                match sent.WhichOneof("type"):
                    case "page_info_changed":
                        self._query = sent.page_info_changed.query_string
                    case "delta" if sent.delta.WhichOneof("type") == "new_element":
                        element = sent.delta.new_element
                        kind = str(element.WhichOneof("type"))
                        if kind == "exception":
                            errors.append(f"{element.exception.type} on the page")
                        words.append(str(getattr(getattr(element, kind), "body", "")))
                    # A run that makes way for another, or a part drawn again, is no page.
                    case "new_session":
                        words.clear()
                    case "script_finished" if sent.script_finished == DRAWN:
                        return "\n".join(words), errors


def _judge(path: str, words: str, errors: list[str], seen: Seen) -> None:
    """One look at a page: no error, and figures of the release it names."""
    seen.pages[path] += 1
    named = NAMED.search(words)
    if errors or named is None:
        seen.wrong.append(f"{path}: {errors[0] if errors else 'names no release'}")
        return
    others = [figure for name, figure in FIGURES.items() if name != named[1]]
    if any(re.search(rf"\b{figure}", words) for figure in others):
        seen.wrong.append(f"{path}: names {named[1]} and shows figures of the other")
    elif FIGURES[named[1]] in words:
        seen.judged[named[1]] += 1


async def _read(port: int, number: int, until: float, seen: Seen) -> None:
    """One reader: opens a page and goes on by the menu, with a pause before each click."""
    chance = random.Random(number)
    address = f"127.0.0.1:{port}"
    async with connect(
        f"ws://{address}/_stcore/stream",
        origin=Origin(f"http://{address}"),
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        ping_interval=None,
    ) as socket:
        session = _Session(socket, f"http://{address}", "release=current" if number % 2 else "")
        path = "complaints"
        while monotonic() < until:
            begun = monotonic()
            try:
                words, errors = await session.open(path)
            except TimeoutError:
                seen.wrong.append(f"{path}: took over {MOST_SECONDS} seconds")
                return
            seen.seconds.append(monotonic() - begun)
            _judge(path, words, errors, seen)
            await asyncio.sleep(chance.uniform(0.5, 3))
            # Every other click leads to the page whose figures tell the releases apart.
            path = chance.choice((*PAGES, *["complaints"] * len(PAGES)))


async def _swap(home: Path, process: int, until: float, seen: Seen) -> None:
    """Serve the two releases in turn, and note the server's memory."""
    begun = monotonic()
    while monotonic() < until:
        await asyncio.sleep(1)
        passed = monotonic() - begun
        seen.memory.append((passed, _resident(process)))
        if passed > (seen.swaps + 1) * SWAP_SECONDS:
            seen.swaps += 1
            serve(home, NAMES[seen.swaps % 2])


async def _run(home: Path, port: int, sessions: int, seconds: float) -> Seen:
    seen, until = Seen(), monotonic() + seconds
    readers = [_read(port, at, until, seen) for at in range(sessions)]
    await asyncio.gather(_swap(home, _process(port), until, seen), *readers)
    return seen


def growth(memory: list[tuple[float, float]]) -> tuple[float, float]:
    """Median memory in the second and in the last third of the time, in MB."""
    last = memory[-1][0]
    middle = [size for passed, size in memory if last / 3 <= passed < 2 * last / 3]
    end = [size for passed, size in memory if passed >= 2 * last / 3]
    return median(middle), median(end)


def main() -> int:
    """Serve, click, print what was seen; 1 where a page failed, mixed releases, or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        _make(home)
        with served(home, port):
            seen = asyncio.run(_run(home, port, asked.sessions, asked.seconds))
    middle, end = growth(seen.memory)
    mixed = sum("figures of the other" in each for each in seen.wrong)
    sys.stdout.write(
        f"{asked.sessions} readers for {asked.seconds:.0f} s over {seen.swaps} swaps:"
        f" {seen.pages.total()} pages seen, {len(seen.wrong) - mixed} with an error,"
        f" {mixed} mixed, {median(seen.seconds):.1f} s a page\n"
        f"  of the two releases {seen.judged[NAMES[0]]} and {seen.judged[NAMES[1]]} pages"
        " with figures that tell them apart\n"
        f"  memory of the server: {middle:.0f} MB in the second third of the time,"
        f" {end:.0f} MB in the last\n"
    )
    sys.stdout.writelines(f"  {each}\n" for each in seen.wrong[:20])
    return 1 if seen.wrong or end > GROWTH * middle else 0


if __name__ == "__main__":
    sys.exit(main())
