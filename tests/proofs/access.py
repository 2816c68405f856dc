"""Who sees what, proved at length: at random on every page, and in Chromium with a real login.

python -m tests.proofs.access [--pages 200]

It prints what was asked, what leaked, and what of it CI runs: the requests at the function that
opens a release and the handlers of downloads (tests/dashboards/test_access.py) and some pages
(test_login.py).
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit import config
from streamlit.testing.v1 import AppTest

from orchestration.access import audit_log
from tests.dashboards.browser import free_port, launch, served
from tests.dashboards.conftest import APP, PAGES, said
from tests.dashboards.fixture_access import make_home
from tests.dashboards.fixture_release import make_release
from tests.dashboards.fixture_rows import CITY, NAMES, TOWN
from tests.dashboards.random_requests import (
    DOWNLOADS_IN_CI,
    VIEWS_IN_CI,
    Asked,
    downloads_of,
    views,
)
from tests.proofs.identity_provider import CLIENT, Provider, provider, sign_in

ROLES = {
    "city@force.example": [f"analyst:{CITY}"],
    "town@force.example": [f"analyst:{TOWN}"],
    "panel@council.example": [f"panel:{CITY}"],
    "paper@paper.example": ["public"],
    "auditor@force.example": ["auditor"],
    "admin@force.example": ["admin"],
}
DOWNLOADS = 10_000
UNKNOWN = "someone@else.example"
#: Figures of Invented City that no public extract of this home prints.
INSIDE = ("7 counted, too few", "800 events in the baseline")


def _home(folder: Path) -> Path:
    make_release(folder)
    people = "".join(f"  {who}: {{roles: {roles}}}\n" for who, roles in ROLES.items())
    head = "identity: email\nreviewed_on: 2026-11-30\nreviewed_by: a second person\npeople:\n"
    (folder / "access.yml").write_text(head + people.replace("'", '"'))
    return folder


def _secrets(folder: Path, port: int, made: Provider) -> Path:
    file = folder / "secrets.toml"
    lines = {
        "client_id": CLIENT,
        "client_secret": made.client_secret,
        "cookie_secret": os.urandom(32).hex(),
        "redirect_uri": f"http://localhost:{port}/oauth2callback",
        "server_metadata_url": f"{made.address}/.well-known/openid-configuration",
    }
    file.write_text("[auth]\n" + "".join(f'{name} = "{each}"\n' for name, each in lines.items()))
    return file


def _leaks(who: str, words: str, saves: bool) -> list[str]:  # noqa: FBT001
    """What a page shows to a person whose roles do not open it."""
    programmes = {
        "city@force.example": {CITY}, "panel@council.example": {CITY},
        "town@force.example": {TOWN}, "paper@paper.example": set(NAMES),
    }.get(who, set())  # fmt: skip
    closed = [NAMES[name] for name in set(NAMES) - programmes]
    found = [name for name in closed if name in words]
    if who not in {"city@force.example", "panel@council.example"}:
        found += [figure for figure in INSIDE if figure in words]
    if who == "panel@council.example" and saves:
        found.append("a button that saves released rows")
    return found


def pages_at_random(home: Path, count: int) -> list[str]:
    """Leaks of so many pages opened by people at random, whatever programme they ask for."""
    chance, leaks = random.Random(20), []
    fake = Provider("http://localhost:9", "secret of nobody", "")
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(_secrets(home, 8501, fake))])
    config.set_option("server.address", "127.0.0.1")
    for number in range(count):
        who, page = chance.choice([*ROLES, UNKNOWN]), chance.choice(PAGES)
        programme = chance.choice(list(NAMES.values()))
        app = AppTest.from_file(str(APP), default_timeout=120)
        app.user = {"is_logged_in": True, "email": who, "iat": int(time.time())}
        app.query_params["programme"] = programme
        app.switch_page(f"app_pages/{page}.py").run()
        words = said(app) + "".join(table.value.to_csv() for table in app.dataframe)
        # A page may say that what was asked for is not open, in the reader's own words.
        words = words.replace(f"“{programme}” is not a programme here", "")
        # A promise of the invented town is about an area that the fixture names like the city.
        words = words.replace("Invented City, by December 2017", "")
        saves = any("rows" in button.label for button in app.download_button)
        if app.exception:
            leaks.append(f"{number}: {who} on {page}: {app.exception[0].value}")
        leaks += [f"{number}: {who} on {page}: {found}" for found in _leaks(who, words, saves)]
    config.set_option("secrets.files", before)
    return leaks


@contextmanager
def _signed_in(browser: Browser, address: str, who: str, password: str) -> Iterator[Page]:
    """A window of its own in which a person has signed in at the provider."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, who, password)
    page.wait_for_url(f"{address}/**")
    page.locator("[data-testid=stMain] h1").wait_for()
    page.wait_for_timeout(4_000)
    yield page
    context.close()


def _words(page: Page, path: str, address: str) -> str:
    page.goto(f"{address}/{path}")
    page.locator("[data-testid=stMain] h1").wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(1_500)
    return page.locator("body").inner_text()


def journeys(home: Path, folder: Path) -> dict[str, list[str]]:
    """Six ways through the pages after a real login, each with its leaks."""
    port, provider_port = free_port(), free_port()
    redirect = f"http://localhost:{port}/oauth2callback"
    people = [*ROLES, UNKNOWN]
    found: dict[str, list[str]] = {}
    with provider(folder, provider_port, people, {CLIENT: redirect}) as made:
        options = ["--secrets.files", str(_secrets(home, port, made))]
        with served(home, port, options) as _, sync_playwright() as driving:
            browser, address = launch(driving), f"http://localhost:{port}"

            def walk(name: str, who: str, path: str, must: str) -> None:
                with _signed_in(browser, address, who, made.password) as page:
                    words = _words(page, path, address)
                    leaks = _leaks(who, words.replace("“Invented City” is not", ""), saves=False)
                    found[name] = leaks + ([] if must in words else [f"{must!r} is not there"])

            walk("an analyst of the city", "city@force.example", "complaints", "720 complaint")
            walk("an analyst of the town, asking for the city", "town@force.example",
                 "complaints?programme=Invented+City", "Synthetic Town")  # fmt: skip
            walk("the public", "paper@paper.example", "complaints", "Invented City")
            walk("an auditor", "auditor@force.example", "audit_log", "The chain is whole.")
            walk("somebody unknown", UNKNOWN, "complaints", "nothing is open to you")
            found["signing out"] = _signs_out(browser, address, made.password)
            browser.close()
    return found


def _signs_out(browser: Browser, address: str, password: str) -> list[str]:
    with _signed_in(browser, address, "city@force.example", password) as page:
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_timeout(4_000)
        words = _words(page, "complaints", address)
        return [figure for figure in (*INSIDE, "Invented City") if figure in words]


def requests_at_random(home: Path) -> list[Asked]:
    """Print what was asked of two forces and a town side by side; what was answered wrongly."""
    make_home(home)
    os.environ["BODYWORN_HOME"] = str(home)
    seen, taken = views(VIEWS_IN_CI), downloads_of(DOWNLOADS)
    for done, count, what in (
        (seen, VIEWS_IN_CI, "requests of role, programme, area and tier at the opening function"),
        (taken, DOWNLOADS, "people at the handler of downloads"),
    ):
        print(f"{count:,} {what}: {done.answered:,} answered with rows, {len(done.leaks)} leaks")  # noqa: T201
    print(f"    (CI asks all of the former and {DOWNLOADS_IN_CI:,} of the latter in every run)")  # noqa: T201
    return [*seen.leaks, *taken.leaks]


def main() -> int:
    """Print what was tried and what leaked; 1 when anything did."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=int, default=200)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        asked_for = requests_at_random(Path(name, "forces"))
        home, folder = Path(name, "home"), Path(name, "provider")
        folder.mkdir()
        os.environ["BODYWORN_HOME"] = str(_home(home))
        leaks = pages_at_random(home, given.pages)
        print(f"{given.pages} pages at random, by {len(ROLES) + 1} people: {len(leaks)} leaks")  # noqa: T201
        walked = journeys(home, folder)
        for journey, each in walked.items():
            print(f"journey, {journey}: {len(each)} leaks")  # noqa: T201
        faults = audit_log.verify(home / "audit", {})
        events = len(list(audit_log.read(home / "audit")))
        print(f"audit log: {events} events, {len(faults)} faults")  # noqa: T201
    on_the_way = [leak for each in walked.values() for leak in each]
    every = [*asked_for, *leaks, *on_the_way, *faults]
    for leak in every:
        print(f"LEAK {leak}")  # noqa: T201
    return 1 if every else 0


if __name__ == "__main__":
    raise SystemExit(main())
