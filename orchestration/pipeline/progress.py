"""What a run is doing, said to whoever watches: a line that changes on a terminal, else lines."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listeners: list[Callable[[str], None]] = []


def say(sentence: str) -> None:
    """Tell the watcher, if there is one, what is under way; any thread may call."""
    for listener in _listeners:
        listener(sentence)


@contextmanager
def _heard(listener: Callable[[str], None]) -> Iterator[None]:
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def shown(*, quiet: bool) -> Iterator[None]:
    """Show progress on standard error while the body runs, whatever it does to that stream."""
    if quiet:
        yield
        return
    from rich.console import Console

    console = Console(file=sys.stderr)
    if console.is_terminal:
        with console.status("Starting") as status, _heard(status.update):
            yield
    else:
        with _heard(lambda sentence: console.print(sentence, highlight=False)):
            yield
