"""The proof of deployment: docs/deploy.md followed to the letter, then attacked, lost and restored.

`python -m tests.proofs.deployment` takes root on Debian or Ubuntu: it installs the page's packages
(apache2, libapache2-mod-auth-openidc, logrotate, systemd) where they are missing, and starts
services as another user. It prints a line for everything that it looked at and ends with 1 where
something does not hold, with 2 where it cannot begin.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Response,
    WebSocket,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from orchestration.synthetic_data.presets import find_setting
from orchestration.synthetic_data.synthesise import write_setting
from tests.dashboards.browser import free_port, launch
from tests.proofs import deployed_proxy
from tests.proofs.deployed_server import (
    NAME,
    PACKAGES,
    PROGRAMME,
    USER,
    Server,
    fill_in,
    follow,
    lay_out,
    running,
    start,
)
from tests.proofs.identity_provider import CLIENT, Provider, consent, provider, sign_in

RECORDINGS = 500
DAGSTER_CLIENT = "bodyworn-dagster"
ANALYST, ADMIN, UNKNOWN = "analyst@force.example", "it@force.example", "someone@else.example"
PEOPLE = {ANALYST: [f"analyst:{PROGRAMME}"], ADMIN: ["admin"]}
TITLE = "Synthetic West Mercia"
UNITS = ("bodyworn-pages.service", "bodyworn-dagster.service", "bodyworn-run.service")
#: The exposure that `systemd-analyze security` may give a unit: it calls up to 4.9 "OK".
MOST_EXPOSED = 49
TOLD: list[bool] = []


def say(sentence: str, faults: Iterable[object]) -> None:
    """Print a line, and what contradicts it."""
    listed = list(faults)
    TOLD.append(not listed)
    print(f"{'FAULT' if listed else 'holds'}  {sentence}", flush=True)  # noqa: T201
    for each in listed:
        print(f"       {each}", flush=True)  # noqa: T201


def cannot_begin() -> str:
    """Why the proof cannot be had here; packages are installed where that is all."""
    if os.geteuid() != 0:
        return "it takes root: services start as another user, with views of the disk of their own"
    missing = [name for name, file in PACKAGES.items() if not Path(file).exists()]
    if missing and shutil.which("apt-get"):
        own = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        for words in (["apt-get", "update", "-qq"], install):
            subprocess.run(words, env=own, capture_output=True, check=False)
        missing = [name for name in missing if not Path(PACKAGES[name]).exists()]
    if missing:
        return f"packages are missing that apt-get could not install: {' '.join(missing)}"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "mount namespaces are not allowed here (unshare)"


def deliver(server: Server) -> None:
    """A small synthetic programme into landing, as a transfer account would."""
    made = find_setting("west_mercia")
    folder = server.home / "landing" / made.programme.landing[0]
    write_setting(made, RECORDINGS, 11, folder, [], with_truth=False)


def release_of(server: Server) -> dict[str, str]:
    """The hash of each table of the release that is served."""
    manifest = json.loads((server.home / "releases" / "current" / "manifest.json").read_text())
    return {name: table["content"] for name, table in manifest["outputs"].items()}


def first_run(server: Server) -> None:
    """The unit of the nightly run, started once."""
    process = start(server, "bodyworn-run.service")
    code = process.wait()
    log = server.at("/var/log/bodyworn-run.service.log").read_text()[-600:]
    say("the unit of the nightly run makes a release", [] if code in {0, 3, 5} else [log])


def signed_in(browser: Browser, server: Server, who: str, made: Provider) -> BrowserContext:
    """A browser in which somebody has signed in at the dashboards."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"https://{server.name}/")
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, who, made.password)
    leads_back(page, server)
    return context


def leads_back(page: Page, server: Server) -> None:
    """Wait until the provider leads back; the words of its page where it does not."""
    try:
        page.wait_for_url(lambda url: urlsplit(url).netloc == server.name, timeout=60_000)
    except PlaywrightError as error:
        words = page.locator("body").inner_text()[:300]
        message = f"the provider does not lead back from {urlsplit(page.url).path}: {words}"
        raise PlaywrightError(message) from error


def at_dashboards(browser: Browser, server: Server, made: Provider) -> None:
    """What a browser shows to three people."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"https://{server.name}/complaints")
    page.get_by_role("button", name="Sign in").wait_for(timeout=120_000)
    words = page.locator("body").inner_text()
    say("the dashboards ask whoever is not signed in to sign in", [words] if TITLE in words else [])
    context.close()
    for who, wanted, sentence in (
        (UNKNOWN, "nothing is open to you", "who is not in access.yml is refused after login"),
        (ANALYST, TITLE, "an analyst reaches the figures: Streamlit's web socket works"),
    ):
        context = signed_in(browser, server, who, made)
        page = context.new_page()
        opened: list[WebSocket] = []
        page.on("websocket", partial(_keep, opened))
        page.goto(f"https://{server.name}/complaints")
        page.get_by_text(wanted).first.wait_for()
        sockets = [each.url for each in opened]
        wanted_socket = f"wss://{server.name}{deployed_proxy.STREAM}"
        faults = [] if wanted_socket in sockets else [f"web sockets: {sockets}"]
        if who == UNKNOWN and TITLE in page.locator("body").inner_text():
            faults = ["a figure is shown"]
        say(sentence, faults)
        context.close()


def _keep(opened: list[WebSocket], socket: WebSocket) -> None:
    # Playwright marks what it calls, which a method of a list does not allow.
    opened.append(socket)


def at_dagster(browser: Browser, server: Server, made: Provider) -> None:
    """What Dagster's pages show to an analyst and to an administrator, and do for them."""
    for who in (ANALYST, ADMIN):
        context = signed_in(browser, server, who, made)
        page = context.new_page()
        status = _status_at_dagster(page, server, made)
        if who == ANALYST:
            say("whoever lacks the group of administrators is refused at Dagster's pages",
                [] if status in {401, 403} else [status])  # fmt: skip
        else:
            page.get_by_text("Dagster", exact=False).first.wait_for()
            cookies = {each["name"]: each["value"] for each in context.cookies()}
            asker = deployed_proxy.Asker(server, cookies)
            for sentence, faults in deployed_proxy.of_an_administrator(asker).items():
                say(sentence, faults)
            say("a page elsewhere cannot show it in a frame", framed(context, server, made))
        context.close()


def _status_at_dagster(page: Page, server: Server, made: Provider) -> int:
    """The status with which Dagster's pages are answered, once the provider led back to them."""
    statuses = []

    def answered(response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.frame == page.main_frame
        if is_page and urlsplit(response.url).netloc == server.name:
            statuses.append(response.status)

    page.on("response", answered)
    page.goto(f"https://{server.name}/dagster/")
    # It is another client of the provider's than the dashboards, with a consent of its own.
    if page.url.startswith(made.address):
        consent(page)
        leads_back(page, server)
    return statuses[-1]


def framed(context: BrowserContext, server: Server, made: Provider) -> list[str]:
    """Addresses of ours that a page of the provider's could show in a frame."""
    page = context.new_page()
    shown = []
    for path in ("/", "/dagster/"):
        page.goto(made.address)
        page.evaluate(
            "address => { const made = document.createElement('iframe'); made.src = address;"
            " document.body.append(made); }",
            f"https://{server.name}{path}",
        )
        page.wait_for_timeout(3_000)
        shown += [each.url for each in page.frames[1:] if NAME in each.url]
    return shown


def listening(server: Server, numbers: list[int]) -> None:
    """Where the services and the proxy listen, and with whom they talk."""
    outside, beyond = set(), set()
    *_, proxy = numbers
    for number in numbers:
        top = psutil.Process(number)
        for each in [top, *top.children(recursive=True)]:
            for link in each.net_connections("inet"):
                if link.status == psutil.CONN_LISTEN and link.laddr.ip not in {"127.0.0.1", "::1"}:
                    outside.add((number == proxy, link.laddr.port))
                if link.raddr and link.raddr.ip not in {"127.0.0.1", "::1", "::ffff:127.0.0.1"}:
                    beyond.add(link.raddr.ip)
    wanted = {(True, server.ports.http), (True, server.ports.https)}
    say("only the proxy listens beyond 127.0.0.1, on its two ports", outside ^ wanted)
    say("no process of theirs talks to another machine", beyond)


def traces(server: Server) -> None:
    """What is left behind on the disk."""
    kept = [path for path in server.root.rglob("*") if ".venv" not in path.parts]
    telemetry = {path for path in kept if ".telemetry" in path.parts or path.name == "event.log"}
    telemetry |= {path for path in kept if path.name.startswith("machine_id")}
    written = [path for path in telemetry if path.is_file() and path.stat().st_size]
    say("no telemetry was written", [path.relative_to(server.root) for path in written])
    logs = server.at("/var/log/bodyworn").glob("proxy-*.log")
    text = "".join(path.read_text() for path in logs)
    told = [word for word in ("complaints", "[client", ANALYST, "signed-in?") if word in text]
    say("the proxy's logs hold no addresses, neither of readers nor of pages",
        told or ([] if text else ["there are none"]))  # fmt: skip
    audit = [
        f"{command}: {done.stdout}{done.stderr}"
        for command in ("bodyworn audit verify", "bodyworn status", "bodyworn doctor")
        if (done := server.tell(command)).returncode
    ]
    say("the audit log is whole, and status and doctor find nothing", audit)
    events = server.at("/srv/bodyworn/home/audit")
    seen = "".join(path.read_text() for path in events.rglob("*.jsonl"))
    say("it holds what these readers did", [who for who in (ANALYST, UNKNOWN) if who not in seen])


def restored(old: Server, new: Server) -> None:
    """The home in two files to a machine that was set up and never started, and rebuilt there."""
    before = release_of(old)
    say("home and keys are backed up by the page's commands", follow(old, "Back up"))
    lay_out(new)
    say("another machine is set up", follow(new, "Set it up", without=("bodyworn keys",)))
    for file in old.at("/srv/bodyworn/backup").iterdir():
        placed = shutil.copy(file, new.at("/srv/bodyworn/backup"))
        shutil.chown(placed, USER)
    shutil.rmtree(old.root)
    say("home and keys are restored, and the release is replayed the same", follow(new, "Restore"))
    say(f"{len(before)} tables have the hashes of before", hashes(before, release_of(new)))
    # The run found the release in the backup: without it, all is made again from landing.
    shutil.rmtree(new.home / "releases")
    made = new.tell("bodyworn run")
    say("without its releases a run makes one again from landing",
        [made.stderr] if made.returncode not in {0, 3} else [])  # fmt: skip
    say(f"its {len(before)} tables have the hashes of before", hashes(before, release_of(new)))


def hashes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Tables whose hash differs, or that one of them lacks."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def units(server: Server) -> None:
    """What systemd says of the unit files; none is started by it."""
    folder = server.at("/etc/systemd/system")
    for unit in (*UNITS, "bodyworn-run.timer"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", folder / unit], capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        said = (checked.stdout + checked.stderr).splitlines()
        say(f"systemd-analyze verify finds nothing in {unit}",
            [line for line in said if "bodyworn" in line])  # fmt: skip
    for unit in UNITS:
        rated = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager",
             f"--threshold={MOST_EXPOSED}", folder / unit],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        rating = re.findall(r"exposure level for .*: ([\d.]+) (\w+)", rated.stdout)
        score = " ".join(rating[0]) if rating else rated.stderr.strip()
        say(
            f"systemd-analyze security of {unit}: {score}", [] if rated.returncode == 0 else [score]
        )


def rotation(server: Server) -> None:
    """What logrotate says of the proxy's logs, beside what Debian rotates already."""
    ours = server.at("/etc/logrotate.d/bodyworn")
    debian = Path("/etc/logrotate.d/apache2")
    tried = subprocess.run(
        ["logrotate", "-d", "-s", server.at("/tmp/status"), debian, ours],  # noqa: S108
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    wrong = [line for line in tried.stderr.splitlines() if "error:" in line]
    found = re.findall(r"considering log \S*proxy-\w+\.log", tried.stderr)
    say("logrotate takes both of the proxy's logs, beside Debian's own rotation",
        wrong or ([] if len(set(found)) == 2 else [tried.stderr[-600:]]))  # fmt: skip


def walk(folder: Path) -> None:
    """The whole way, below a folder."""
    old, new = Server(folder / "one"), Server(folder / "two")
    issuer_port = free_port()
    (folder / "provider").mkdir()
    clients = {
        CLIENT: f"https://{old.name}/oauth2callback",
        DAGSTER_CLIENT: f"https://{old.name}/dagster/signed-in",
    }
    people, groups = [*PEOPLE, UNKNOWN], {"bodyworn-admins": [ADMIN]}
    lay_out(old)
    say("a machine is set up by the page's commands", follow(old, "Set it up"))
    units(old)
    with provider(folder / "provider", issuer_port, people, clients, groups) as made:
        fill_in(old, made.address, made.client_secret, PEOPLE)
        say("what is filled in passes Apache's own check", follow(old, "Start it"))
        deliver(old)
        first_run(old)
        with running(old) as numbers, sync_playwright() as driving:
            for sentence, faults in deployed_proxy.of_anybody(old, made.address).items():
                say(sentence, faults)
            browser = launch(driving, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
            for seen in (at_dashboards, at_dagster):
                try:
                    seen(browser, old, made)
                except PlaywrightError as error:
                    say(f"what a browser sees {seen.__name__}", [str(error)[:600]])
            browser.close()
            listening(old, numbers)
            say(
                "the pages cannot be asked past the proxy under another name",
                deployed_proxy.past_the_proxy(old),
            )
        say("nothing of theirs runs on once they are ended", left_over(old))
    traces(old)
    rotation(old)
    restored(old, new)


def left_over(server: Server) -> list[str]:
    """Processes that were started from the folder of the server and still run."""
    listed = psutil.process_iter(["cmdline"])
    lines = [" ".join(each.info["cmdline"] or ()) for each in listed]
    return [line[:200] for line in lines if str(server.root) in line]


def main() -> int:
    """Walk, print, and end with 1 where something does not hold."""
    if why := cannot_begin():
        print(f"The deployment was not walked: {why}.")  # noqa: T201
        return 2
    with tempfile.TemporaryDirectory(prefix="bodyworn-deployed-") as name:
        Path(name).chmod(0o755)
        walk(Path(name))
    print(f"{len(TOLD)} statements, {TOLD.count(False)} faults; units were read, checked and "  # noqa: T201
          "applied by hand: systemd itself was not started")  # fmt: skip
    return 0 if all(TOLD) else 1


if __name__ == "__main__":
    raise SystemExit(main())
