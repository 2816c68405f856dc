"""What is deployed is closed: hardened units, a proxy that refuses, examples without secrets."""

import configparser
import re
import tomllib

import pytest
import typer

from orchestration.cli import app
from tests.house_rules.project import ROOT, files

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "User": "bodyworn", "UMask": "0027", "CapabilityBoundingSet": "",
}  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardened_and_starts_a_command_that_exists(unit: object) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(str(unit))
    service = dict(read["Service"])
    assert {name: service.get(name) for name in HARDENED} == HARDENED
    program, name, *words = service["ExecStart"].split()
    assert program.endswith("/.venv/bin/bodyworn")
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {option for each in command.params for option in each.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_pages_cannot_read_what_they_never_show() -> None:
    text = (ROOT / "deploy" / "systemd" / "bodyworn-pages.service").read_text()
    closed = re.findall(r"^InaccessiblePaths=(.*)$", text, re.MULTILINE)[0]
    assert {"landing", "keys", "raw", "warehouse"} <= set(re.findall(r"home/(\w+)", closed))
    assert re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE) == ["/srv/bodyworn/home/audit"]


def test_the_proxy_refuses_frames_foreign_origins_and_queries_in_addresses() -> None:
    text = (ROOT / "deploy" / "apache.conf").read_text()
    for line in (
        'X-Frame-Options "DENY"',
        "frame-ancestors 'none'",
        "RewriteCond %{HTTP:Origin} !=https://${BODYWORN_NAME}",
        "RewriteRule ^/dagster/graphql - [F]",
        "Require claim ${BODYWORN_ADMINS}",
        "OIDCSessionMaxDuration 28800",
        "SSLProtocol -all +TLSv1.2 +TLSv1.3",
    ):
        assert line in text


def test_plain_http_leads_to_tls_and_debian_listens() -> None:
    """Debian's own ports.conf listens: a second `Listen 443` would keep Apache from starting."""
    text = (ROOT / "deploy" / "apache.conf").read_text()
    assert 'Redirect permanent "/" "https://${BODYWORN_NAME}/"' in text
    assert re.findall(r"^\s*Listen\b", text, re.MULTILINE) == []
    firsts = dict(reversed(re.findall(r"<VirtualHost \*:(\d+)>\s+ServerName (\S+)", text)))
    assert firsts == {"80": "closed.invalid", "443": "closed.invalid"}


def test_every_name_that_the_proxy_needs_is_in_its_example() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", (ROOT / "deploy" / "apache.conf").read_text()))
    example = (ROOT / "deploy" / "apache-names.example.conf").read_text()
    assert used == set(re.findall(r"^Define (\w+) ", example, re.MULTILINE))


def test_the_rotation_is_of_the_logs_that_the_proxy_writes_and_debian_does_not_rotate() -> None:
    """Logrotate leaves out a log that a second file names, and Debian names /var/log/apache2."""
    text = (ROOT / "deploy" / "logrotate.conf").read_text()
    assert re.findall(r"^(/\S+) \{", text, re.MULTILINE) == ["/var/log/bodyworn/proxy-*.log"]
    proxy = (ROOT / "deploy" / "apache.conf").read_text()
    assert {"proxy-error.log", "proxy-access.log"} == set(
        re.findall(r"Log \$\{BODYWORN_LOGS\}/(\S+)", proxy)
    )
    # An error's own line would name the reader's address.
    formats = re.findall(r"^ *ErrorLogFormat (.*)$", proxy, re.MULTILINE)
    assert len(formats) == proxy.count("<VirtualHost ")
    assert not any("%a" in each or "client" in each for each in formats)


def test_the_page_s_commands_put_every_file_into_its_place_and_work_in_the_services_home() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    commands = re.findall(r"^ *install .*?(deploy/\S+) (/\S+)$", page, re.MULTILINE)
    assert {source for source, _ in commands} == {
        "deploy/secrets.example.toml", "deploy/access.example.yml", "deploy/bodyworn.sh",
        "deploy/apache-names.example.conf", "deploy/apache.conf", "deploy/logrotate.conf",
        "deploy/systemd/*",
    }  # fmt: skip
    script = (ROOT / "deploy" / "bodyworn.sh").read_text()
    run = (ROOT / "deploy" / "systemd" / "bodyworn-run.service").read_text()
    for setting in re.findall(r"^Environment=(.*)$", run, re.MULTILINE):
        assert setting in script


def test_the_example_of_a_login_holds_no_secret() -> None:
    login = tomllib.loads((ROOT / "deploy" / "secrets.example.toml").read_text())["auth"]
    assert (login["client_secret"], login["cookie_secret"]) == ("", "")


def test_the_page_names_every_file_that_is_deployed() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    names = {path.name for path in files("deploy/*.*") if "systemd" not in path.parts}
    assert names
    assert [name for name in names if name not in page] == []
