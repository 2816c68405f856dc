"""The frame of every page: the reader's choice, status, warnings, and where the figures come from.

The choice is a sentence at the top and complete in the address; one tap on it opens the boxes. The
release is among them from the first load, so that a copied address shows the same figures for ever;
whoever always wants the newest picks "current".
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import login
from dashboards.data import choice as choice_data
from dashboards.data import release as release_data
from dashboards.data import sources
from dashboards.data.choice import CURRENT, Choice, Peers
from dashboards.data.release import Release
from dashboards.text import captions, notices
from dashboards.text.formats import escape
from orchestration.access.reader import Reader

GRAINS = ("month", "quarter", "year")
PICKED = "areas I choose"
KEYS = ("programme", "area", "period", "peers", "by", "release")
# Seconds as a number: Streamlit reads a text with pandas, which the first page would wait for.
EVERY = 60
# On a telephone a wide table scrolls sideways by itself, and the text around it stays in place; the
# table of evidence, of four columns, becomes a list with its column's heading before each cell. The
# first answer belongs on the first screen. Print shows the page to its end, without its menu,
# controls and folded parts. Streamlit writes white on the pale blue of a dark theme's button, and
# sets a button of several lines, as on a card, in the middle.
STYLE = """<style>
[data-testid=stMarkdownContainer]:has(> table) {overflow-x: auto}
@media (max-width: 640px) {
    table:has(th:nth-child(4)) :is(tbody, tr, td) {display: block}
    table:has(th:nth-child(4)) thead {display: none}
    td:nth-child(2):not(:last-child)::before {content: "Before and after: "}
    td:nth-child(3):not(:last-child)::before {content: "Compared: "}
    td:nth-child(4)::before {content: "Randomised: "}
}
[data-testid=stMainBlockContainer] {padding-top: 3.75rem}
button[kind=primary] p {color: light-dark(#FFFFFF, #12161C)}
button[kind=tertiary] {text-align: left}
[data-testid=stSidebarNavLink]:focus-visible {outline: 3px solid currentColor; outline-offset: 1px}
@media print {
    /* Words and charts have the colours of the theme, which need its ground behind them. */
    .stApp {print-color-adjust: exact; -webkit-print-color-adjust: exact}
    [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stPopover],
    [data-testid=stSelectbox], [data-testid=stButtonGroup], [data-testid=stDownloadButton],
    [data-testid=stExpander]:not(:has(details[open])) {display: none}
}
</style>"""
# Streamlit's own class on the application changes with its theme, whether the browser or its menu
# asked for it.
WATCHES = """export default function({setTriggerValue}) {
    const app = document.querySelector("[data-testid=stApp]");
    const shown = () => getComputedStyle(app).colorScheme;
    let last = shown();
    const watching = new MutationObserver(() => {
        if (shown() !== last) {
            last = shown();
            setTriggerValue("theme", last);
        }
    });
    watching.observe(app, {attributes: true, attributeFilter: ["class"]});
    return () => watching.disconnect();
}"""


def asked(key: str) -> str | None:
    """What the reader last asked for: the address where it changed since, otherwise the box."""
    now = st.query_params.get(key)
    if now is not None and now != st.session_state.get("address", {}).get(key):
        return now
    found: str | None = st.session_state.get(key, now)
    return found


def _resolve(key: str, what: str, options: Sequence[str]) -> str:
    """The choice of a box before it is drawn; an unavailable one is replaced, with a message."""
    wanted = asked(key)
    if wanted is None or wanted not in options:
        # A choice made for another programme or area is replaced without a message.
        if wanted and key not in st.session_state.get("address", {}):
            st.session_state["fell_back"].append(
                f"“{escape(wanted)}” is not {what} here. Shown instead: {escape(options[0])}."
            )
        wanted = options[0]
    st.session_state[key] = wanted
    return wanted


def kept_in_address(key: str, options: Sequence[str]) -> str:
    """The choice of a box of one page, to be called before the box with this key is drawn."""
    wanted = asked(key)
    chosen = wanted if wanted is not None and wanted in options else options[0]
    st.session_state[key] = st.session_state["address"][key] = chosen
    _put_in_address(key, chosen)
    return chosen


def _put_in_address(key: str, value: str) -> None:
    """Where it is there already, writing it would make the browser draw the page once more."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value


def _write_address() -> None:
    """Every choice into the address, defaults too: Streamlit's own binding leaves those out."""
    said = {key: str(st.session_state[key]) for key in KEYS}
    if st.session_state["peers"] == PICKED:
        st.query_params["with"] = st.session_state["with"]
    elif "with" in st.query_params:
        del st.query_params["with"]
    for key, value in said.items():
        _put_in_address(key, value)
    st.session_state["address"] = said


def _name_the_programme(programmes: pl.DataFrame) -> None:
    """A link may name a programme by its id, which stays when its name is improved."""
    named = dict(programmes.select("programme_id", "programme_name").iter_rows())
    if (asked := st.query_params.get("programme")) in named:
        st.query_params["programme"] = named[asked]


def _peers(area: dict[str, Any], areas: pl.DataFrame) -> tuple[Peers, list[str]]:
    """The set of peers the reader chose, or the first the area has, and what else is offered."""
    sets = {each.label: each for each in choice_data.peer_sets(area, areas)}
    others = _others(area, areas)
    offered = [*sets, *([PICKED] if others else [])]
    name = _resolve("peers", "a set of areas to compare with", offered)
    if name != PICKED:
        return sets[name], offered
    picked = st.session_state.get("with") or st.query_params.get_all("with")
    st.session_state["with"] = [each for each in picked if each in others] or others[:1]
    return choice_data.picked_peers([*st.session_state["with"], str(area["label"])], areas), offered


def _others(area: dict[str, Any], areas: pl.DataFrame) -> list[str]:
    found: list[str] = areas.filter(pl.col("area_id") != area["area_id"])["label"].to_list()
    return found


def choose(release: Release) -> Choice | None:
    """What the reader chose, with the boxes to change it; None when there is no programme."""
    programmes = release.rows("dim_programme")
    if programmes.is_empty():
        return None
    # Programmes without files have promises to show but no figures: they come last.
    delivered = release.values("fct_load_ledger", "programme_id")
    on_record = pl.col("programme_id").is_in(list(delivered)).not_()
    ordered = programmes.sort(on_record, "is_synthetic", "programme_name")
    names = ordered["programme_name"].to_list()
    st.session_state["fell_back"] = []
    _name_the_programme(ordered)
    programme = ordered.filter(programme_name=_resolve("programme", "a programme", names))
    about = programme.row(0, named=True)
    areas = choice_data.labelled(release.rows("dim_area", programme_id=about["programme_id"]))
    labels = areas["label"].to_list()
    area = areas.filter(label=_resolve("area", "an area of this programme", labels))
    years = choice_data.years_of(about)
    period = _resolve("period", "a period of this programme", years)
    peers, offered = _peers(area.row(0, named=True), areas)
    grain = _resolve("by", "a length of period", GRAINS)
    there = release_data.history(release.reader)
    kept = [each.release for each in there if each.purged_on is None]
    releases = list(dict.fromkeys([release.name, CURRENT, *kept]))
    follows = _resolve("release", "a release kept", releases) == CURRENT
    choice = Choice(
        release, about, area.row(0, named=True), period, grain, areas, peers, follows=follows
    )
    with st.popover(in_words(choice), icon=":material/tune:", width="stretch"):
        st.selectbox("Programme", names, key="programme")
        st.selectbox("Area", labels, key="area")
        st.selectbox("Period", years, key="period")
        st.selectbox("Compared with", offered, key="peers")
        if st.session_state["peers"] == PICKED:
            others = _others(choice.area, areas)
            st.multiselect("Areas to compare with", others, key="with")
        st.selectbox("Charts by", GRAINS, key="by")
        st.selectbox("Release", releases, key="release")
    _write_address()
    return choice


def in_words(choice: Choice) -> str:
    """The choice as the sentence above every page."""
    programme = str(choice.programme["programme_name"])
    area = str(choice.area["label"])
    parts = [programme, *([area] if area != programme and choice.areas.height > 1 else [])]
    parts.append(choice.period.lower())
    if choice.peers.area_ids:
        parts.append(f"compared with {choice.peers.label}")
    return " · ".join(parts)


def find_release(reader: Reader) -> tuple[Release | None, str]:
    """The release the reader asked for or else the current one, and a message about it."""
    wanted = asked("release")
    named = release_data.open_release(reader, wanted) if wanted and wanted != CURRENT else None
    if named:
        return named, "" if named.is_current else notices.older(named.name)
    newest = release_data.open_release(reader)
    if newest and wanted and wanted != CURRENT:
        mark = release_data.withdrawn(reader).get(wanted)
        st.session_state["release"] = st.query_params["release"] = newest.name
        gone = [notices.gone(wanted), *([notices.withdrawn(mark)] if mark else [])]
        return newest, " ".join(gone)
    return newest, ""


@st.fragment(run_every=EVERY)
def watch_login(reader: Reader) -> None:
    """A page without figures that is left open is closed when its login ends."""
    if login.has_ended(reader):
        st.rerun(scope="app")


@st.fragment(run_every=EVERY)
def watch(choice: Choice) -> None:
    """A page left open says when a newer release is out, or that its own was withdrawn.

    One that follows the current release is redrawn from the new one. When its login ends it is
    closed.
    """
    shown, serves = choice.release, release_data.serving()
    if login.has_ended(shown.reader):
        st.rerun(scope="app")
    if shown.name in release_data.withdrawn(shown.reader) and not shown.withdrawn:
        st.rerun(scope="app")
    if serves and serves.name != shown.name and (choice.follows or shown.is_current):
        st.rerun(scope="app")


def follow_theme() -> None:
    """Run the script once more whenever the theme of a page that is open has changed.

    Streamlit gives its own words and ground the new colours at once, and neither runs the script
    nor touches what a chart was told: its words would be black on black until the next click.
    """
    watcher = st.components.v2.component("bodyworn_theme", js=WATCHES)
    # The rerun that follows a change is all that is wanted.
    watcher(key="theme", height=1, on_theme_change=lambda: None)


def warn(reader: Reader, shown: Release | None, choice: Choice | None, said: str) -> None:
    """Everything a reader must know before the first figure."""
    st.html(STYLE)
    if shown and shown.withdrawn:
        st.error(notices.withdrawn(shown.withdrawn), icon=":material/block:")
    status = release_data.last_run(reader)
    if warning := notices.run_warning(status, datetime.now(UTC)):
        st.warning(warning, icon=":material/warning:")
    if late := notices.late(status):
        st.warning("  \n".join(late), icon=":material/schedule:")
    if choice and (why := notices.carried(choice.programme, choice.release.manifest)):
        st.warning(why, icon=":material/front_hand:")
    if said:
        st.info(said, icon=":material/info:")
    for words in st.session_state.get("fell_back", []):
        st.warning(words, icon=":material/link_off:")
    if choice and choice.programme["is_synthetic"]:
        st.warning(notices.SYNTHETIC, icon=":material/science:")


def head(choice: Choice, question: str) -> None:
    """The question a page answers, and the status of its figures."""
    standing = notices.standing(
        choice.release.cited_as, choice.release.published, choice.programme["data_to"]
    )
    st.markdown(f"**{question}**")
    st.caption(standing)


def foot(choice: Choice) -> None:
    """Origin, licence, release, and the link that leads back to these very figures."""
    st.divider()
    release = choice.release
    with st.expander("Share or cite exactly these figures"):
        lines = notices.origins(list(sources.of_programme(choice).iter_rows(named=True)))
        st.markdown("  \n".join(["**Where these figures come from**", *lines, notices.FOOTAGE]))
        st.markdown("This link leads to these figures even after newer ones are published:")
        measure = str(st.session_state.get("measure", ""))
        opened = {"measure": measure} if "measure" in st.query_params else {}
        address = notices.address(st.context.url or "", choice.link() | opened)
        st.code(address, language=None, wrap_lines=True)
        known = release.rows("dim_metric", label=measure) if opened else None
        metric = str(known["metric_id"].item()) if known is not None and len(known) == 1 else ""
        producers = sources.producers(choice, metric)
        said = captions.citation(choice, producers, measure if metric else "", address)
        st.code(said, language=None, wrap_lines=True)
