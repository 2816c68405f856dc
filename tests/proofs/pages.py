"""Every page and state of the dashboards in Chromium: pictures to look at, and what is wrong.

`python -m tests.proofs.pages --home FOLDER --out FOLDER` opens every page of every programme of the
release that a home serves, in both themes and two widths, saves a picture of each, and tests it:
contrast and size of every word of every chart, axe with WCAG 2.2 AA, headings, words, and whether
it fits its window. With `--every-area` the charts of every area are measured too. The states of an
invented release are pictured as well: empty, hidden, few, failed, stale, unknown, gone, older.
Prints a line for each fault and ends with exit code 1 where there is one.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import duckdb
from playwright.sync_api import Browser, sync_playwright

from orchestration import paths
from orchestration.release import current, tiers
from orchestration.release.database import NAME as DATABASE
from tests.dashboards.browser import LOADED, NOT_OURS, WIDER, Visit, launch, served
from tests.dashboards.fixture_release import make_release
from tests.dashboards.legibility import faults, marks

PAGES = sorted(path.stem for path in (paths.ROOT / "dashboards" / "app_pages").glob("*.py"))
SUBJECTS = (
    *("rollout_and_spend", "device_use", "footage_care", "requests", "complaints"),
    *("case_outcomes", "safety_and_trust"),
)
VIEWS = {
    "complaints_compared": "complaints?view=Compare+areas",
    "complaints_about": "complaints?view=About",
    "complaints_before_after": "complaints?more=Before+and+after",
    "evidence_published": "evidence?show=What+others+have+published",
    "evidence_peers": "evidence?show=Areas+among+their+peers",
    "plan": "research?show=Plan+a+trial",
    "lineage": "data_and_methods?show=How+it+is+made",
}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, Theme] = ("light", "dark")
SIZES = {"wide": (1280, 720), "narrow": (390, 844)}
TALLEST = 6000
MOST_WORDS = 350


class Looker:
    """A window of one width, whose browser turns from one theme to the other; keeps the faults.

    A page is loaded once: what a reader's browser does at dusk shows it in the other theme, and
    tests/dashboards/test_legible.py holds that it is then drawn as if loaded in it.
    """

    def __init__(self, browser: Browser, address: str, size: str, out: Path) -> None:
        self.context = browser.new_context(color_scheme=THEMES[0])
        self.visit = Visit(self.context, address)
        self.out, self.size, self.theme = out, size, THEMES[0]
        self.width, self.height = SIZES[size]
        self.visit.page.set_viewport_size({"width": self.width, "height": self.height})
        self.found: list[str] = []
        self.charts = self.pages = 0

    def picture(self, name: str, path: str, *, is_first: bool = True) -> None:
        """Open a page, save its picture in both themes, and note what is wrong with it.

        `is_first` is false for what a reader opened on a page, which may have more words.
        """
        page = self.visit.page
        page.set_viewport_size({"width": self.width, "height": self.height})
        self.visit.trouble.clear()
        self._open(path)
        self._judge(f"{name} ({self.size})", is_first=is_first)
        tall = int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
        page.set_viewport_size({"width": self.width, "height": min(tall + 80, TALLEST)})
        for place, theme in enumerate(self._both()):
            if place:
                # Only colours differ from the theme before.
                self._accessible(f"{name} ({theme} {self.size})", ["color-contrast"])
            page.screenshot(path=self.out / f"{name}_{theme}_{self.size}.png")
            self._legible(name)

    def measured(self, path: str) -> None:
        """Open a page and note what cannot be read in its charts, in both themes."""
        self._open(path)
        self._measure(path)

    def of_area(self, area: str, path: str) -> None:
        """Choose an area on the page that is open, and measure its charts in both themes."""
        page = self.visit.page
        box = page.get_by_role("combobox", name="Area", exact=True)
        if not box.is_visible():
            page.locator("[data-testid=stPopover] button").first.press("Enter")
        box.focus()
        box.fill(area)
        page.get_by_role("option", name=area, exact=True).first.click()
        page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("area") == [area])
        self._measure(f"{path}&{urlencode({'area': area})}")

    def _measure(self, name: str) -> None:
        for _ in self._both():
            self._legible(name)
        if self.visit.page.locator("[data-testid=stException]").count():
            self.found.append(f"{name}: an exception is shown")

    def _open(self, path: str) -> None:
        self.visit.page.goto(f"{self.visit.address}/{path}")
        self.visit.page.wait_for_selector(LOADED)
        self.pages += 1

    def _both(self) -> Iterator[Theme]:
        """The theme that is shown, then the other, each once all is drawn."""
        self.visit.still()
        yield self.theme
        self.theme = THEMES[1 - THEMES.index(self.theme)]
        self.visit.turn(self.theme)
        yield self.theme

    def _legible(self, name: str) -> None:
        words = marks(self.visit.page)
        self.charts += int(self.visit.page.locator("[data-testid=stVegaLiteChart] svg").count())
        self.found += [f"{name} ({self.theme} {self.size}): {said}" for said in faults(words)]

    def _accessible(self, where: str, rules: Sequence[str] = ()) -> None:
        broken = self.visit.serious_marks(NOT_OURS, rules)
        self.found += [f"{where}: {rule}: {mark}" for rule, mark in sorted(broken)]

    def _judge(self, where: str, *, is_first: bool) -> None:
        page = self.visit.page
        self.visit.still()
        if page.locator("[data-testid=stException]").count():
            self.found.append(f"{where}: an exception is shown")
        # Streamlit says so when there is no page at an address.
        if page.get_by_text("Page not found").count():
            self.found.append(f"{where}: there is no such page")
        self._accessible(where)
        if (wider := page.evaluate(WIDER)) > 0:
            self.found.append(f"{where}: {wider} pixels wider than its window")
        if skipped := self.visit.skipped_headings():
            self.found.append(f"{where}: headings skip levels: {skipped}")
        words = self.visit.words()
        if is_first and words > MOST_WORDS:
            self.found.append(f"{where}: {words} words on its first view")
        self.found += [f"{where}: {said}" for said in self.visit.trouble]


@dataclass(frozen=True)
class Looked:
    """What was looked at: faults, one line each, and how many charts and loaded pages there were.

    A chart counts once for each theme that it was measured in.
    """

    faults: tuple[str, ...] = ()
    charts: int = 0
    pages: int = 0

    @classmethod
    def by(cls, lookers: Sequence[Looker]) -> "Looked":
        """What these windows saw together."""
        faults = tuple(dict.fromkeys(said for each in lookers for said in each.found))
        return cls(faults, sum(e.charts for e in lookers), sum(e.pages for e in lookers))

    def and_also(self, other: "Looked") -> "Looked":
        """Both together."""
        return Looked(
            self.faults + other.faults, self.charts + other.charts, self.pages + other.pages
        )


def programmes(home: Path) -> Iterator[tuple[str, list[str]]]:
    """Each programme of the release that is served, with the names of its areas."""
    folder = current.current(home / "releases")
    if folder is None:
        sys.exit(f"{home} serves no release: run `bodyworn run` first")
    with duckdb.connect(tiers.internal(folder) / DATABASE, read_only=True) as con:
        names = con.sql("select programme_id from dim_programme order by 1").fetchall()
        for (name,) in names:
            query = "select area_name from dim_area where programme_id = ? order by sort_order"
            yield name, [area for (area,) in con.sql(query, params=[name]).fetchall()]


def look_at_release(browser: Browser, home: Path, out: Path, *, every_area: bool) -> Looked:
    """Every page and some views of every programme, and of every area its charts."""
    known = list(programmes(home))
    lookers = []
    with served(home) as address:
        for size in SIZES:
            looker = Looker(browser, address, size, out)
            for programme, _ in known:
                asked = {name: "" if name == "home" else name for name in PAGES} | VIEWS
                for name, path in asked.items():
                    joined = "&" if "?" in path else "?"
                    full = f"{path}{joined}{urlencode({'programme': programme})}"
                    looker.picture(f"{programme}_{name}", full, is_first=name not in VIEWS)
            looker.context.close()
            lookers.append(looker)
        if every_area:
            lookers.append(_areas(browser, address, known, out))
    return Looked.by(lookers)


def _areas(browser: Browser, address: str, known: list[tuple[str, list[str]]], out: Path) -> Looker:
    """The charts of every area on a telephone, one area chosen after the other as a reader does."""
    looker = Looker(browser, address, "narrow", out)
    for programme, areas in known:
        for subject in SUBJECTS if len(areas) > 1 else ():
            path = f"{subject}?{urlencode({'programme': programme})}"
            looker.measured(path)
            for area in areas[1:]:
                looker.of_area(area, path)
    looker.context.close()
    return looker


def states(home: Path) -> Iterator[tuple[str, str]]:
    """Put an invented home into one state after the other; a name and an address of each."""
    yield "empty", ""
    release = make_release(home)
    yield "whole", "complaints"
    yield "hidden", f"complaints?{urlencode({'area': 'South & East'})}"
    yield "few", "complaints?area=North"
    yield "not_supplied", "case_outcomes?measure=Early+guilty+plea"
    yield "unknown_area", "complaints?area=Atlantis"
    yield "release_gone", "complaints?release=2020-01-01-000000000000"
    yield "nothing_on_this", "case_outcomes?programme=invented_town"
    _status(home, ok=False)
    yield "failed_run", "complaints"
    _status(home, ok=True, age=timedelta(days=4))
    yield "stale", "complaints"
    (home / "releases" / "status.json").unlink()
    make_release(home, "2026-11-22-bbbbbbbbbbbb")
    yield "older_release", f"complaints?release={release.name}"


def _status(home: Path, *, ok: bool, age: timedelta = timedelta(hours=1)) -> None:
    then = (datetime.now(UTC) - age).isoformat()
    attempt = {"at": then, "ok": ok, "code": 0 if ok else 1, "sentence": "The disk is full."}
    late = [{"source": "forms", "table": "complaints", "sentence": "forms.complaints is late."}]
    status = {"last_run": attempt, "success": {"at": then}, "late": [] if ok else late}
    content = json.dumps(status | {"expected_within_hours": 36})
    (home / "releases" / "status.json").write_text(content)


def look_at_states(browser: Browser, out: Path) -> Looked:
    """A picture of every state in both themes and two widths."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with served(home) as address:
            lookers = [Looker(browser, address, size, out) for size in SIZES]
            for name, path in states(home):
                for looker in lookers:
                    looker.picture(f"state_{name}", path)
            for looker in lookers:
                looker.context.close()
    return Looked.by(lookers)


def main() -> int:
    """Look at everything that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path, default=paths.ROOT / "data" / "pages")
    parser.add_argument("--every-area", action="store_true")
    parser.add_argument("--no-states", action="store_true")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    looked = Looked()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if not asked.no_states:
            looked = looked.and_also(look_at_states(browser, asked.out))
        for home in asked.home or [paths.home()]:
            found = look_at_release(browser, home, asked.out, every_area=asked.every_area)
            looked = looked.and_also(found)
        browser.close()
    for said in looked.faults:
        print(said)  # noqa: T201 - it reports to whoever runs it
    minutes = (time.monotonic() - begun) / 60
    print(  # noqa: T201
        f"{len(list(asked.out.glob('*.png')))} pictures; {looked.charts:,} charts measured, each"
        f" theme counted; {looked.pages:,} pages loaded; {minutes:.0f} minutes;"
        f" {len(looked.faults)} faults."
    )
    return 1 if looked.faults else 0


if __name__ == "__main__":
    sys.exit(main())
