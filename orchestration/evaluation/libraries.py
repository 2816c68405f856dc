"""Errors and warnings of statistical libraries: errors become refusals, warnings become notes."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from orchestration.evaluation.core import Refusal

#: Warnings about how a library is called. They say nothing about the data, and `uv.lock` pins the
#: versions that give today's answers.
OF_CODE = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)


@contextmanager
def library_refusals() -> Iterator[None]:
    """Turn a library's error about the data into a Refusal; its warnings pass through.

    Yields nothing. Raises Refusal where the library raises ValueError, LinAlgError or RuntimeError.
    """
    with warnings.catch_warnings():
        _ignore_those_of_code()
        try:
            yield
        except (ValueError, np.linalg.LinAlgError, RuntimeError) as error:
            if isinstance(error, Refusal):
                raise
            raise Refusal(f"the library refuses these data: {error}") from error


@contextmanager
def collected_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """Collect the warnings that libraries give during an estimate, instead of printing them.

    Yields the list that the warnings are added to.
    """
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        _ignore_those_of_code()
        yield found


def notes_of(found: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    """Warnings as notes on a result.

    Returns one note for each different message, in the order in which they came.
    """
    said = dict.fromkeys(" ".join(str(each.message).split()) for each in found)
    return tuple(f"A library warned: {each}" for each in said)


def _ignore_those_of_code() -> None:
    for category in OF_CODE:
        warnings.simplefilter("ignore", category)
