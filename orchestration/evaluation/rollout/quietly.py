"""Libraries without their chatter; what matters in it becomes a refusal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from orchestration.evaluation.frame import Refusal


@contextmanager
def quietly() -> Iterator[None]:
    """Silence warnings; a library that stops at the data becomes a Refusal with its words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (ValueError, np.linalg.LinAlgError, RuntimeError) as error:
            if isinstance(error, Refusal):
                raise
            raise Refusal(f"the library refuses these data: {error}") from error
