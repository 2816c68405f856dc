"""Spark's errors as sentences, without Java's stack trace."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestration.storage.engine import EngineProblem

if TYPE_CHECKING:
    from orchestration.steps.dbt import NodeResult

LINES_OF_AN_ERROR = 12
LOST = (
    *("SparkContext was shut down", "stopped SparkContext", "Connection refused"),
    *("Answer from Java side is empty", "An error occurred while trying to connect to the Java"),
    *("Python side: Connection reset", "StatusCode.UNAVAILABLE"),
)


def first_line(error: BaseException | str) -> str:
    """The first line of Spark's message, without the trace of its own calls."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:400] if lines else type(error).__name__


def in_a_sentence(result: "NodeResult") -> "NodeResult":
    """The result of a model with its error as a sentence, without Java's stack trace."""
    return result if result.passed else replace(result, message=_words(result.message))


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what Spark raises meanwhile into an EngineProblem with a sentence."""
    try:
        yield
    except Exception as error:
        package = type(error).__module__.split(".")[0]
        if package in {"py4j", "pyspark", "grpc"} or isinstance(error, ConnectionError):
            raise EngineProblem(_words(str(error))) from error
        raise


def vanished(name: str) -> str:
    """The sentence about a Parquet file that went away during a run."""
    return f"{name} vanished while Spark read it. Put it back, or deliver its file again."


def _words(message: str) -> str:
    if "FILE_NOT_EXIST" in message or "FileNotFoundException" in message:
        found = re.search(r"(file:\S+?\.parquet)", message)
        return vanished(found.group(1) if found else "a Parquet file")
    if any(word in message for word in LOST):
        return "Spark was lost on the way: its driver or the last of its workers ended. Run again."
    said = re.split(r"\n\s*(?:JVM stacktrace|at (?:org|java|scala)\.|\tat )", message)[0]
    return "\n".join(said.strip().splitlines()[:LINES_OF_AN_ERROR])
