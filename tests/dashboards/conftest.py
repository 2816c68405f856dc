"""Invented releases for the pages, and the pages over them."""

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboards.views import research_run
from dashboards.views.research_run import Found, StudyTask, tried
from orchestration import paths
from tests.dashboards.browser import Visit, launch, launch_kept, served
from tests.dashboards.fixture_release import make_release

APP = paths.ROOT / "dashboards" / "streamlit_app.py"
PAGES = sorted(path.stem for path in (APP.parent / "app_pages").glob("*.py"))
Open = Callable[..., AppTest]
FIRST = "2026-11-21-aaaaaaaaaaaa"


@pytest.fixture(autouse=True, scope="session")
def packages_are_read_once() -> Iterator[None]:
    """AppTest searches every installed package for components each time it runs a page."""
    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(autouse=True, scope="session")
def pages_are_of_this_machine() -> None:
    """The address in the settings beside the pages, which AppTest does not read."""
    config.set_option("server.address", "127.0.0.1")


@pytest.fixture(autouse=True)
def studies_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run studies in the page's own process: a child would import for seconds.

    The child is tested in test_research_child, and in Chromium in test_research_journey.
    """

    def here(task: StudyTask, waits: object, limits: object = None) -> Found | str:
        return tried(task.given, among=lambda name: task.refused.get(name, ""))

    monkeypatch.setattr(research_run, "run_in_child", here)


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """AppTest leaves a page behind as `__main__`, which processes of later tests would import."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home without any release; caches of other tests are dropped."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the invented release; never to be changed."""
    home = tmp_path_factory.mktemp("invented")
    make_release(home, FIRST)
    return home


@pytest.fixture
def release(home: Path, invented: Path) -> Path:
    """The invented release, being served from a home of its own."""
    shutil.copytree(invented, home, symlinks=True, dirs_exist_ok=True)
    return home / "releases" / FIRST


@pytest.fixture
def open_page(home: Path) -> Open:
    """Opens a page with these query parameters, as a link would."""

    def opened(page: str = "home", **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page != "home":
            app.switch_page(f"app_pages/{page}.py")
        return app.run()

    return opened


@pytest.fixture(scope="module")
def journey_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the invented release, for readers in a browser."""
    home = tmp_path_factory.mktemp("journey")
    make_release(home, FIRST)
    return home


@pytest.fixture(scope="module")
def address(journey_home: Path) -> Iterator[str]:
    """Where the dashboards over that home are served."""
    with served(journey_home) as address:
        yield address


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers."""
    with sync_playwright() as driving:
        yield driving


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without a profile, one per module."""
    opened = launch(playwright)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def kept(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Chromium with a profile, so that not every visit compiles Streamlit's own files again."""
    context = launch_kept(playwright, tmp_path_factory.mktemp("profile"))
    yield context
    context.close()


@pytest.fixture
def visit(kept: BrowserContext, address: str) -> Iterator[Visit]:
    """A reader's window."""
    visiting = Visit(kept, address)
    yield visiting
    visiting.page.close()


def said(app: AppTest) -> str:
    """All the text of a page."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.info, app.warning)
    more = (app.error, app.success, app.metric)
    words = [str(element.value) for kind in (*kinds, *more) for element in kind]
    labels = [str(element.label) for kind in (app.metric, app.expander) for element in kind]
    chosen = [str(element.proto.popover.label) for element in app.get("popover")]
    figures = [str(element.proto.body) for element in app.get("html")]
    return "\n".join(words + labels + chosen + figures)
