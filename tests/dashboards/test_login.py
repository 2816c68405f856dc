"""Who is at the page: without a login whoever sits here, with one only those in access.yml."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboards.components import layout, login
from dashboards.components.login import expired
from dashboards.data.release import NotOpen
from orchestration.access import audit_log
from orchestration.access.access_file import CannotServe, is_here, read_login, refuse_open
from orchestration.access.reader import Reader
from tests.dashboards.conftest import APP, FIRST, said
from tests.dashboards.fixture_rows import CITY, NAMES, TOWN

ACCESS = f"""\
identity: email
reviewed_on: 2026-11-30
reviewed_by: a second person
people:
  analyst@force.example: {{roles: ["analyst:{CITY}"]}}
  public@paper.example: {{roles: [public]}}
  auditor@force.example: {{roles: [auditor]}}
  admin@force.example: {{roles: [admin]}}
  town@force.example: {{roles: ["analyst:{TOWN}"]}}
"""
KEPT = "0123456789abcdef" * 2
LOGIN = f"""\
[auth]
client_id = "bodyworn"
client_secret = "{KEPT}"
cookie_secret = "{KEPT}"
redirect_uri = "http://localhost:8501/oauth2callback"
server_metadata_url = "http://localhost:5000/.well-known/openid-configuration"
"""
OpenAs = Callable[..., AppTest]


@pytest.fixture
def open_as(release: Path, home: Path) -> Iterator[OpenAs]:
    """Opens a page as a person whose login was made so many hours ago; None for nobody."""
    (home / "access.yml").write_text(ACCESS)
    (home / "secrets.toml").write_text(LOGIN)
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(home / "secrets.toml")])

    def opened(
        email: str | None, page: str = "home", hours: float = 0.0, more: str = "",
        claims: Mapping[str, object] | None = None, query: Mapping[str, str] | None = None,
    ) -> AppTest:  # fmt: skip
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = {"is_logged_in": email is not None}
        if email:
            app.user |= {"email": email, "iat": int(time.time() - hours * 3600), **(claims or {})}
        if page != "home":
            app.switch_page(f"app_pages/{page}.py")
        asked = {"more": more} if more else {}
        for name, value in (asked | dict(query or {})).items():
            app.query_params[name] = value
        return app.run()

    yield opened
    config.set_option("secrets.files", before)


PART = "Before and after"


def _actions(home: Path) -> list[tuple[str, str]]:
    return [(one["action"], one["actor"]) for one in audit_log.read(home / "audit")]


def test_without_a_login_the_page_says_that_it_is_for_one_user(release: Path, home: Path) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert any("Single-user mode: no login" in each.value for each in app.sidebar.caption)
    [(first, actor), (second, _)] = _actions(home)
    assert (first, second) == ("login", "view")
    assert actor.startswith("local:")


@pytest.mark.parametrize("address", ["0.0.0.0", None])  # noqa: S104
def test_pages_that_others_could_reach_without_a_login_stay_closed(
    address: str | None, release: Path, home: Path
) -> None:
    """Whoever starts Streamlit past the command, which would have refused."""
    config.set_option("server.address", address)
    try:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
    finally:
        config.set_option("server.address", "127.0.0.1")
    assert "on 127.0.0.1 alone" in app.error[0].value
    assert "Invented City" not in said(app)
    assert _actions(home) == []


def test_with_a_login_nobody_sees_anything_before_it(open_as: OpenAs, home: Path) -> None:
    app = open_as(None)
    assert not app.exception
    assert [each.value for each in app.title] == ["Sign in"]
    assert "Invented City" not in said(app)
    assert _actions(home) == []


def test_an_analyst_sees_their_force_and_no_other(open_as: OpenAs, home: Path) -> None:
    app = open_as("Analyst@Force.example", "complaints")
    assert not app.exception
    words = said(app)
    assert "720 complaint logs opened" in words
    assert app.selectbox(key="programme").options == ["Invented City"]
    assert _actions(home) == [
        ("login", "analyst@force.example"),
        ("view", "analyst@force.example"),
    ]


#: An address of the city's, and others that ask for what is not open by every name there is.
FOREIGN = (
    {"programme": CITY, "area": "Invented City", "period": "2018", "peers": "Peers", "by": "month",
     "release": FIRST},
    {"programme": NAMES[CITY], "measure": "complaints", "promise": "city-complaints"},
    {"programme": "*", "area": "all", "release": "../../releases/current"},
    {"programme": f"{TOWN}' or '1'='1", "with": NAMES[CITY], "release": f"{FIRST}/../{FIRST}"},
    {"table": "fct_metrics", "model": "fct_metrics", "show": "All tables", "programme": CITY},
)  # fmt: skip


@pytest.mark.parametrize("query", FOREIGN, ids=",".join)
@pytest.mark.parametrize("page", ["complaints", "promises", "data_and_methods"])
def test_no_address_opens_another_force(
    page: str, query: Mapping[str, str], open_as: OpenAs, home: Path
) -> None:
    app = open_as("town@force.example", page, query=query)
    assert not app.exception
    assert app.selectbox(key="programme").options == [NAMES[TOWN]]
    seen = said(app) + "".join(table.value.to_csv() for table in app.dataframe)
    # A page may say in the reader's own words that what was asked for is not open.
    for asked in query.values():
        seen = seen.replace(f"“{asked}”", "")
    assert "720 complaint logs" not in seen
    assert CITY not in seen
    views = [one for one in audit_log.read(home / "audit") if one["action"] == "view"]
    assert {one["filters"]["programme"] for one in views} == {TOWN}


def test_the_public_sees_the_same_page_without_what_is_not_published(open_as: OpenAs) -> None:
    app = open_as("public@paper.example", "complaints", more=PART)
    assert not app.exception
    words = said(app)
    assert "Invented City" in words
    # The extract prints the whole time, and no change since a baseline.
    assert "720 complaint logs opened" in words
    assert "800 events in the baseline" not in words
    assert "800 events in the baseline" in said(
        open_as("analyst@force.example", "complaints", more=PART)
    )


@pytest.mark.parametrize(
    ("who", "hours", "why"),
    [
        ("someone@else.example", 0.0, "not in access.yml"),
        ("analyst@force.example", 8.1, "more than 8 hours old"),
        ("analyst@force.example", -1.0, "from the future"),
    ],
)
def test_whoever_may_not_come_in_sees_nothing_and_it_is_recorded(
    who: str, hours: float, why: str, open_as: OpenAs, home: Path
) -> None:
    app = open_as(who, "complaints", hours=hours)
    assert "Invented City" not in said(app)
    assert _actions(home)[:1] == [("deny", who)]
    [first, *_] = audit_log.read(home / "audit")
    assert why in first["filters"]["why"]


def test_an_auditor_reads_the_log_and_no_figure(open_as: OpenAs, home: Path) -> None:
    open_as("analyst@force.example")
    app = open_as("auditor@force.example", "audit_log")
    assert not app.exception
    assert "The chain is whole." in said(app)
    [events] = [table.value for table in app.dataframe]
    assert "analyst@force.example" in events["actor"].to_list()
    assert "Invented City" not in said(open_as("auditor@force.example"))


def test_a_log_that_somebody_wrote_into_is_shown_as_broken_and_not_as_an_error_of_the_page(
    open_as: OpenAs, home: Path
) -> None:
    open_as("analyst@force.example")
    log = home / "audit" / "events.jsonl"
    first, *others = log.read_text().splitlines()
    log.write_text("".join(f"{line}\n" for line in (first, '{"roles":5}', *others)))
    app = open_as("auditor@force.example", "audit_log")
    assert not app.exception
    [told] = [each.value for each in app.error]
    assert "The log cannot be relied on" in told
    assert len(app.dataframe[0].value) >= 2


def test_a_table_that_is_looked_through_and_a_study_that_is_run_are_on_the_record(
    open_as: OpenAs, home: Path
) -> None:
    app = open_as("analyst@force.example", "data_and_methods")
    app.segmented_control(key="show").set_value("All tables").run()
    table = app.selectbox(key="table").value
    app = open_as("analyst@force.example", "research")
    app.selectbox(key="design_study").set_value("rate_ratio").run()
    app.button(key="run_study").click().run()
    assert not app.exception
    done = {one["action"]: one["object"] for one in audit_log.read(home / "audit")}
    assert done["query"] == table
    assert done["estimate"] == "rate_ratio.yml"


@pytest.mark.parametrize("what", ["the login is old", "the role is gone", "the file is faulty"])
def test_a_button_that_outlives_its_login_saves_nothing(
    what: str, open_as: OpenAs, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Callable[[], bytes]] = {}

    def button(label: str, data: Callable[[], bytes], *_args: object, **_more: object) -> None:
        made[label] = data

    monkeypatch.setattr(st, "download_button", button)
    open_as("analyst@force.example", "research")
    save = made["Save this study (YAML)"]
    assert save().startswith(b"design: ")
    if what == "the login is old":
        monkeypatch.setattr(login, "LONGEST_SESSION", timedelta(0))
    else:
        role = {"the role is gone": "[public]", "the file is faulty": "[analist]"}[what]
        (home / "access.yml").write_text(ACCESS.replace(f'["analyst:{CITY}"]', role))
    with pytest.raises(NotOpen, match="not signed in any more"):
        save()
    assert _actions(home)[-2:] == [
        ("export", "analyst@force.example"), ("deny", "analyst@force.example"),
    ]  # fmt: skip


def test_a_log_that_is_left_open_is_watched_until_its_login_ends(
    open_as: OpenAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[Reader] = []
    monkeypatch.setattr(layout, "watch_login", watched.append)
    open_as("auditor@force.example", "audit_log")
    assert [reader.actor for reader in watched] == ["auditor@force.example"]


def test_the_log_is_closed_to_an_analyst_and_data_to_an_admin(open_as: OpenAs, home: Path) -> None:
    app = open_as("analyst@force.example", "audit_log")
    assert [each.value for each in app.error] == ["Your roles do not open the audit log."]
    assert len(app.dataframe) == 0
    assert _actions(home)[-1][0] == "deny"
    assert "Your roles open no data" in said(open_as("admin@force.example", "complaints"))


def test_a_faulty_access_file_closes_the_pages_and_names_the_line(
    open_as: OpenAs, home: Path
) -> None:
    (home / "access.yml").write_text(ACCESS.replace("[auditor]", "[auditer]"))
    app = open_as("analyst@force.example")
    [said_so] = [each.value for each in app.error]
    assert "access.yml, line 7, column 35" in said_so


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        (0, ""),
        (7.99, ""),
        (8.01, "8 hours"),
        (-0.02, ""),
        (-0.1, "future"),
        (None, "does not say"),
        (True, "does not say"),
        ("now", "does not say"),
        (float("nan"), "does not say"),
        (float("inf"), "8 hours"),
        (float("-inf"), "future"),
    ],
)
def test_a_login_lasts_eight_hours_from_when_it_was_issued(issued: object, ends: str) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    at = issued
    if isinstance(issued, int | float) and not isinstance(issued, bool):
        at = now.timestamp() - issued * 3600
    said_so = expired(at, now)
    assert (ends in said_so) if ends else said_so == ""


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_this_machine_needs_no_login(address: str) -> None:
    assert is_here(address)
    refuse_open(address, ["Host", "User-Agent"])


@pytest.mark.parametrize("address", ["0.0.0.0", "", None, "::", "192.168.1.4", "localhost.evil"])  # noqa: S104
def test_any_other_address_without_a_login_is_refused(address: str | None) -> None:
    assert not is_here(address)
    with pytest.raises(CannotServe, match=r"on 127\.0\.0\.1 alone"):
        refuse_open(address)


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "Forwarded", "Via", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-IP",
     "X-Original-Host", "CF-Connecting-IP", "X-Forwarded"],
)  # fmt: skip
def test_without_a_login_a_request_through_a_proxy_is_refused(header: str) -> None:
    with pytest.raises(CannotServe, match=rf"(?i)through a proxy \({header}\)"):
        refuse_open("127.0.0.1", ["Host", header])


@pytest.mark.parametrize("verified", [False, "false", None, 0])
def test_an_address_that_the_provider_did_not_verify_opens_nothing(
    verified: object, open_as: OpenAs, home: Path
) -> None:
    app = open_as("analyst@force.example", "complaints", claims={"email_verified": verified})
    assert "Invented City" not in said(app)
    [denied] = audit_log.read(home / "audit")
    assert (denied["action"], denied["filters"]["why"]) == ("deny", "the address was not verified")


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_address_that_was_verified_opens_the_pages(verified: object, open_as: OpenAs) -> None:
    app = open_as("analyst@force.example", "complaints", claims={"email_verified": verified})
    assert "Invented City" in said(app)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[auth\n", "cannot be read"),
        (LOGIN.replace("client_id", "client"), "lacks client_id"),
        (LOGIN.replace(KEPT, "short"), "fewer than 32"),
    ],
)
def test_a_faulty_login_is_not_taken_for_none(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(text)
    with pytest.raises(CannotServe, match=why):
        read_login([file])


def test_secrets_without_a_login_ask_for_none(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text('[other]\nkey = "value"\n')
    assert read_login([tmp_path / "secrets.toml", tmp_path / "none.toml"]) == {}
