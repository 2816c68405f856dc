"""Progress of a run: one changing line on a terminal, otherwise one line per step."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str], None]
_listeners: list[Listener] = []
_of_details: list[Listener] = []


def say(sentence: str) -> None:
    """Show the current step, if somebody watches; any thread may call this."""
    for listener in _listeners:
        listener(sentence)


def say_in_passing(sentence: str) -> None:
    """Show a detail, but only where the next one replaces it."""
    for listener in _of_details:
        listener(sentence)


@contextmanager
def _heard(listener: Listener, *, details: bool) -> Iterator[None]:
    _listeners.append(listener)
    _of_details[:] = [listener] if details else []
    try:
        yield
    finally:
        _listeners.remove(listener)
        _of_details.clear()


@contextmanager
def shown(*, quiet: bool) -> Iterator[None]:
    """Show progress on standard error while the body runs, whatever it does to that stream."""
    if quiet:
        yield
        return
    from rich.console import Console

    out = sys.stderr
    console = Console(file=out)
    if console.is_terminal:
        with console.status("Starting") as status, _heard(status.update, details=True):
            yield
    else:
        with _heard(lambda sentence: print(sentence, file=out, flush=True), details=False):
            yield
