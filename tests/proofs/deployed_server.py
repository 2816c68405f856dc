"""A server laid out below a folder by the commands of docs/deploy.md, its services started.

Only folders, ports, names and the user are others than in what ships. systemd cannot be started
inside a folder, so the unit files are read here and what they say is applied with the kernel's own
means: user, environment, umask, no new privileges, no capabilities, and their own view of the disk.
"""

import os
import re
import secrets
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from orchestration import paths
from tests.dashboards.browser import free_port

NAME = "bodyworn.force.example"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROGRAMME = "west_mercia_synthetic"
USER, GROUP = "nobody", "nogroup"
PACKAGES = {
    "apache2": "/usr/sbin/apache2ctl",
    "libapache2-mod-auth-openidc": "/usr/lib/apache2/modules/mod_auth_openidc.so",
    "logrotate": "/usr/sbin/logrotate",
    "systemd": "/usr/bin/systemd-analyze",
}
FOLDERS = (
    "/srv/bodyworn", "/etc/bodyworn", "/etc/ssl", "/etc/apache2", "/etc/systemd",
    "/etc/logrotate.d", "/var/log/bodyworn", "/usr/local/sbin",
)  # fmt: skip
#: Done otherwise, or not at all, inside a folder.
ELSEWHERE = ("apt-get", "adduser", "git clone", "systemctl", "UV_COMPILE_BYTECODE=1 make")


@dataclass(frozen=True)
class Ports:
    """Where the parts of a server listen."""

    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)
    dagster: int = field(default_factory=free_port)


@dataclass(frozen=True)
class Server:
    """A server below a folder."""

    root: Path
    ports: Ports = field(default_factory=Ports)

    @property
    def name(self) -> str:
        """The name and port by which readers reach it."""
        return f"{NAME}:{self.ports.https}"

    @property
    def home(self) -> Path:
        """The home of the services."""
        return self.at("/srv/bodyworn/home")

    @property
    def project(self) -> Path:
        """The copy of the project."""
        return self.at("/srv/bodyworn/project")

    def at(self, path: str) -> Path:
        """A path of the server, as this machine sees it."""
        return self.root / path.lstrip("/")

    def own(self, text: str) -> str:
        """What ships or a page says, for this server: folders, ports, user and programme."""
        for folder in FOLDERS:
            text = re.sub(rf"(?<![\w.]){folder}\b", str(self.at(folder)), text)
        for shipped, port in (
            ("*:80", self.ports.http), ("*:443", self.ports.https), ("Listen 80", self.ports.http),
            ("Listen 443", self.ports.https), ("127.0.0.1:8501", self.ports.pages),
            ("127.0.0.1:3000", self.ports.dagster), ("--port 8501", self.ports.pages),
            ("--port 3000", self.ports.dagster),
        ):  # fmt: skip
            head = re.match(r".*?(?=\d+$)", shipped)
            assert head
            text = re.sub(rf"{re.escape(shipped)}\b", f"{head[0]}{port}", text)
        text = text.replace("runuser -u bodyworn", f"runuser -u {USER}")
        text = text.replace("-o bodyworn", f"-o {USER}").replace("-g bodyworn", f"-g {GROUP}")
        return text.replace("my_force", PROGRAMME)

    def environment(self) -> dict[str, str]:
        """What root's shell on the server would have."""
        sbin = self.at("/usr/local/sbin")
        return {
            "PATH": f"{sbin}:{PATH}",
            "HOME": str(self.at("/root")),
            "APACHE_CONFDIR": str(self.at("/etc/apache2")),
            "APACHE_STATE_DIRECTORY": str(self.at("/var/lib/apache2")),
            "LC_ALL": "C.UTF-8",
        }

    def tell(self, command: str) -> "subprocess.CompletedProcess[str]":
        """A command of root's shell in the project."""
        return subprocess.run(
            ["/bin/sh", "-c", command], env=self.environment(), cwd=self.project,
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def commands(heading: str) -> list[str]:
    """The commands that docs/deploy.md gives below a heading, in their order."""
    text = (paths.ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    section = re.split(rf"^#+ {heading}$", text, flags=re.MULTILINE)[1]
    section = re.split(r"^##+ ", section, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)
    joined = "".join(blocks).replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip()]


def lay_out(server: Server) -> None:
    """Put the project and Debian's own folders where the page supposes them."""
    _copy_project(server)
    _copy_debian(server)


def follow(server: Server, heading: str, without: tuple[str, ...] = ()) -> list[str]:
    """Run the page's commands below a heading; those that failed, each with what was said.

    `without` are the first words of commands that are left out.
    """
    faults = []
    for command in commands(heading):
        if command.startswith((*ELSEWHERE, *without)):
            continue
        done = server.tell(server.own(command))
        _fit_shipped(server, command)
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()
            faults.append(f"{command}: {said[-1] if said else done.returncode}")
    return faults


def _copy_project(server: Server) -> None:
    """The files of the project as they are here, owned by root, with an environment of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=paths.ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, listed):
        if (paths.ROOT / name).is_file():
            target = server.project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(paths.ROOT / name, target)
    # Debian's own Python, which every user can read, and no uv but the one that make sets up.
    left_out = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "PYTHONPATH"}
    own = {name: value for name, value in os.environ.items() if name not in left_out}
    own |= {"PATH": PATH, "UV_COMPILE_BYTECODE": "1"}
    subprocess.run(
        ["make", "-s", ".venv/.run-ready"], cwd=server.project, env=own, capture_output=True,
        check=True,
    )  # fmt: skip


def _copy_debian(server: Server) -> None:
    """Apache's folder as Debian's package leaves it, and the folders that a machine has."""
    for folder in (
        "/root", "/tmp", "/etc/systemd/system", "/etc/logrotate.d", "/etc/ssl/certs",  # noqa: S108
        "/etc/ssl/private", "/usr/local/sbin", "/var/run/apache2", "/var/lock/apache2",
        "/var/log/apache2", "/var/lib/apache2", "/run/nothing",
    ):  # fmt: skip
        server.at(folder).mkdir(parents=True, exist_ok=True)
    server.at("/run/nothing").chmod(0)
    apache = server.at("/etc/apache2")
    shutil.copytree("/etc/apache2", apache, symlinks=True)
    for site in (apache / "sites-enabled").iterdir():
        if site.name != "000-default.conf":
            site.unlink()
    ports, variables = apache / "ports.conf", apache / "envvars"
    ports.write_text(server.own(ports.read_text()))
    variables.write_text(variables.read_text().replace("=/var/", f"={server.root}/var/"))
    site = apache / "sites-available" / "000-default.conf"
    site.write_text(server.own(site.read_text()))


def _fit_shipped(server: Server, command: str) -> None:
    """Folders and ports in a file that a command of the page has just put into place."""
    words = shlex.split(server.own(command))
    if words[0] != "install" or "-d" in words:
        return
    target = Path(words[-1])
    for pattern in (word for word in words if word.startswith("deploy/")):
        for source in server.project.glob(pattern):
            placed = target / source.name if target.is_dir() else target
            placed.write_text(server.own(placed.read_text()))


def fill_in(server: Server, issuer: str, secret: str, people: Mapping[str, list[str]]) -> None:
    """Do what "Fill in" says: names, secrets, people, and a certificate signed by nobody."""
    certificate = server.at("/etc/ssl/certs/bodyworn.pem")
    key = server.at("/etc/ssl/private/bodyworn.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out",
         certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    names = server.at("/etc/apache2/conf-available/bodyworn-names.conf")
    text = names.read_text()
    text = text.replace(f"NAME {NAME}", f"NAME {server.name}")
    text = text.replace("https://login.force.example", issuer)
    text = text.replace('SECRET ""', f"SECRET {secret}")
    names.write_text(text.replace('PASSPHRASE ""', f"PASSPHRASE {secrets.token_hex(32)}"))
    login = server.at("/etc/bodyworn/secrets.toml")
    text = login.read_text().replace(f"https://{NAME}", f"https://{server.name}")
    text = text.replace("https://login.force.example", issuer)
    text = text.replace('client_secret = ""', f'client_secret = "{secret}"')
    login.write_text(
        text.replace('cookie_secret = ""', f'cookie_secret = "{secrets.token_hex(32)}"')
    )
    access = server.at("/etc/bodyworn/access.yml")
    head = access.read_text().partition("people:\n")[0]
    lines = "".join(f"  {who}:\n    roles: {roles}\n" for who, roles in people.items())
    access.write_text(f"{head}people:\n{lines}")


@dataclass(frozen=True)
class Unit:
    """A unit file of systemd: its settings in their order."""

    settings: list[tuple[str, str]]

    def every(self, name: str) -> list[str]:
        """All values of a setting."""
        return [value for each, value in self.settings if each == name]

    def paths(self, name: str) -> list[str]:
        """All paths of a setting that are there."""
        listed = [path.removeprefix("-") for value in self.every(name) for path in value.split()]
        return [path for path in listed if Path(path).exists()]


def read_unit(server: Server, name: str) -> Unit:
    """The installed unit of this name."""
    lines = server.at("/etc/systemd/system").joinpath(name).read_text().splitlines()
    split = [line.partition("=") for line in lines if line and line[0] not in "#["]
    return Unit([(key, value) for key, _, value in split])


def words_of(server: Server, unit: Unit) -> list[str]:
    """The command that runs a unit's program as systemd would."""
    root = server.root
    steps = [f"mount --rbind {root} {root}"]
    steps += [f"mount --bind {path} {path}" for path in unit.paths("ReadWritePaths")]
    steps += [f"mount --bind {root}/run/nothing {path}" for path in unit.paths("InaccessiblePaths")]
    assert unit.every("ProtectSystem") == ["strict"]
    assert unit.every("CapabilityBoundingSet") == [""]
    steps += [f"mount -o remount,bind,ro {place}" for place in (root, "/")]
    steps.append(f"mount -t tmpfs -o mode=1777 private {server.at('/tmp')}")  # noqa: S108
    steps.append(f"umask {unit.every('UMask')[0]}")
    drop = f"setpriv --reuid={USER} --regid={GROUP} --clear-groups --no-new-privs"
    drop += " --inh-caps=-all --bounding-set=-all"
    steps.append(f"exec {drop} -- {unit.every('ExecStart')[0]}")
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", " && ".join(steps)]


def start(server: Server, name: str) -> "subprocess.Popen[bytes]":
    """Start a unit; what it prints is in var/log/NAME.log."""
    unit = read_unit(server, name)
    env = {
        "PATH": PATH,
        "HOME": str(server.at("/srv/bodyworn")), "USER": USER, "LOGNAME": USER, "LANG": "C.UTF-8",
        "TMPDIR": str(server.at("/tmp")),  # noqa: S108  of the server
        "INVOCATION_ID": _invocation(server, name),
    }  # fmt: skip
    env |= dict(value.split("=", 1) for value in unit.every("Environment"))
    with server.at(f"/var/log/{name}.log").open("wb") as log:
        return subprocess.Popen(
            words_of(server, unit), env=env, cwd=unit.every("WorkingDirectory")[0], stdout=log,
            stderr=log,
        )  # fmt: skip


def end(server: Server, name: str) -> None:
    """End a unit and all that was started by it, however late, as systemd does."""
    for each in _of_unit(server, name):
        with suppress(psutil.NoSuchProcess):
            each.terminate()
    psutil.wait_procs(_of_unit(server, name), timeout=20)
    while alive := _of_unit(server, name):
        for each in alive:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(alive, timeout=5)


def _invocation(server: Server, name: str) -> str:
    """What systemd gives every process of a unit to know it by, one that lost its parent too."""
    return sha256(f"{server.root} {name}".encode()).hexdigest()[:32]


def _of_unit(server: Server, name: str) -> list[psutil.Process]:
    found = []
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            is_ours = each.environ().get("INVOCATION_ID") == _invocation(server, name)
            if is_ours and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found


@contextmanager
def running(server: Server) -> Iterator[list[int]]:
    """Both services and the proxy, until the block ends; their process numbers."""
    names = [f"bodyworn-{name}.service" for name in ("pages", "dagster")]
    started = [start(server, name) for name in names]
    pid_file = server.at("/var/run/apache2/apache2.pid")
    try:
        begun = server.tell("apache2ctl start")
        assert begun.returncode == 0, begun.stdout + begun.stderr
        for port in (server.ports.pages, server.ports.dagster, server.ports.https):
            _wait(server, port, started)
        yield [*(each.pid for each in started), int(pid_file.read_text())]
    finally:
        server.tell("apache2ctl stop")
        for name, each in zip(names, started, strict=True):
            end(server, name)
            each.wait()


def _wait(server: Server, port: int, started: "list[subprocess.Popen[bytes]]") -> None:
    """Until something listens on a port; the log of a service that ended instead."""
    for _ in range(2_400):
        for each, name in zip(started, ("pages", "dagster"), strict=True):
            if each.poll() is not None:
                log = server.at(f"/var/log/bodyworn-{name}.service.log").read_text()[-2000:]
                raise RuntimeError(f"bodyworn-{name} ended with {each.returncode}: {log}")
        if any(each.laddr.port == port for each in psutil.net_connections("inet")):
            return
        time.sleep(0.25)
    message = f"nothing listens on port {port}"
    raise TimeoutError(message)
