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
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import duckdb
from playwright.sync_api import Browser, sync_playwright

from orchestration import paths
from orchestration.release import current, tiers
from orchestration.release.database import NAME as DATABASE
from tests.dashboards.browser import NOT_OURS, WIDER, Visit, launch, served
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
THEMES, SIZES = ("light", "dark"), {"wide": (1280, 720), "narrow": (390, 844)}
TALLEST = 6000
MOST_WORDS = 350


class Looker:
    """Windows of one theme and width; keeps the faults that it finds."""

    def __init__(self, browser: Browser, address: str, theme: str, size: str, out: Path) -> None:
        context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
        self.visit = Visit(context, address)
        self.context, self.out, self.name = context, out, f"{theme}_{size}"
        self.width, self.height = SIZES[size]
        self.found: list[str] = []

    def picture(self, name: str, path: str) -> None:
        """Open a page, save its picture, and note what is wrong with it."""
        self.visit.page.set_viewport_size({"width": self.width, "height": self.height})
        self.visit.trouble.clear()
        self.visit.open(path)
        where = f"{name} ({self.name})"
        self._judge(where)
        tall = self.visit.page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollHeight"
        )
        height = min(int(tall) + 80, TALLEST)
        self.visit.page.set_viewport_size({"width": self.width, "height": height})
        self.visit.settle()
        self.found += [f"{where}: {said}" for said in faults(marks(self.visit.page))]
        self.visit.page.screenshot(path=self.out / f"{name}_{self.name}.png")

    def charts(self, path: str) -> None:
        """Note what cannot be read in the charts of a page."""
        self.visit.open(path)
        self.found += [f"{path} ({self.name}): {said}" for said in faults(marks(self.visit.page))]

    def _judge(self, where: str) -> None:
        page = self.visit.page
        if page.locator("[data-testid=stException]").count():
            self.found.append(f"{where}: an exception is shown")
        # Streamlit says so when there is no page at an address.
        if page.get_by_text("Page not found").count():
            self.found.append(f"{where}: there is no such page")
        self.found += [
            f"{where}: {rule}: {mark}" for rule, mark in self.visit.serious_marks(NOT_OURS)
        ]
        if (wider := page.evaluate(WIDER)) > 0:
            self.found.append(f"{where}: {wider} pixels wider than its window")
        if skipped := self.visit.skipped_headings():
            self.found.append(f"{where}: headings skip levels: {skipped}")
        words = self.visit.words()
        if words > MOST_WORDS:
            self.found.append(f"{where}: {words} words on its first view")
        self.found += [f"{where}: {said}" for said in self.visit.trouble]


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


def look_at_release(browser: Browser, home: Path, out: Path, *, every_area: bool) -> list[str]:
    """Every page and some views of every programme; the faults that were found."""
    found = []
    known = list(programmes(home))
    with served(home) as address:
        for theme in THEMES:
            for size in SIZES:
                looker = Looker(browser, address, theme, size, out)
                for programme, _ in known:
                    asked = {name: "" if name == "home" else name for name in PAGES} | VIEWS
                    for name, path in asked.items():
                        joined = "&" if "?" in path else "?"
                        full = f"{path}{joined}{urlencode({'programme': programme})}"
                        looker.picture(f"{programme}_{name}", full)
                found += looker.found
                looker.context.close()
        if every_area:
            found += _areas(browser, address, known, out)
    return found


def _areas(
    browser: Browser, address: str, known: list[tuple[str, list[str]]], out: Path
) -> list[str]:
    found = []
    for theme in THEMES:
        looker = Looker(browser, address, theme, "narrow", out)
        looker.visit.page.set_viewport_size({"width": 390, "height": 844})
        for programme, areas in known:
            for area in areas:
                for subject in SUBJECTS:
                    where = urlencode({"programme": programme, "area": area})
                    looker.charts(f"{subject}?{where}")
        found += looker.found
        looker.context.close()
    return found


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


def look_at_states(browser: Browser, out: Path) -> list[str]:
    """A picture of every state in both themes and two widths; the faults that were found."""
    found = []
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with served(home) as address:
            lookers = [
                Looker(browser, address, theme, size, out) for theme in THEMES for size in SIZES
            ]
            for name, path in states(home):
                for looker in lookers:
                    looker.picture(f"state_{name}", path)
            for looker in lookers:
                found += looker.found
                looker.context.close()
    return found


def main() -> int:
    """Look at everything that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path, default=paths.ROOT / "data" / "pages")
    parser.add_argument("--every-area", action="store_true")
    parser.add_argument("--no-states", action="store_true")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    found = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if not asked.no_states:
            found += look_at_states(browser, asked.out)
        for home in asked.home or [paths.home()]:
            found += look_at_release(browser, home, asked.out, every_area=asked.every_area)
        browser.close()
    pictures = len(list(asked.out.glob("*.png")))
    for said in found:
        print(said)  # noqa: T201 - it reports to whoever runs it
    print(f"{pictures} pictures in {asked.out}; {len(found)} faults.")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
