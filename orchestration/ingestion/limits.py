"""How much of the machine one delivered file may use, and how large its parts may be.

A file of half a megabyte can unpack to gigabytes, and one cell in the last corner of a worksheet
can ask for more memory than there is. Every limit is a setting, and grows with the file where a
larger file needs more.
"""

import os
from dataclasses import dataclass, fields
from typing import Self

MB = 1_000_000
PREFIX = "BODYWORN_FILE_"
# What any file may use, and what each of its bytes adds. Reading takes five to ten times the size
# of a text, and packed files hold twenty times their size.
MEMORY_BASE_MB = 1000
MEMORY_TIMES = 24
PROCESSOR_SECONDS_A_MB = 2
OUTPUT_BASE_MB = 100
OUTPUT_TIMES = 20
# A file that waits for its disk, or for other work on the machine, needs more clock time than
# processor time.
PATIENCE = 4


@dataclass(frozen=True)
class Allowance:
    """What reading one file may use: bytes of memory and of output, and seconds.

    `seconds` are of processor time; `wait` is clock time.
    """

    memory: int
    output: int
    seconds: float
    wait: float


@dataclass(frozen=True)
class FileLimits:
    """The limits that can be set, each by the environment variable `BODYWORN_FILE_<NAME>`.

    `memory_mb` is the most memory that reading any file may use; `seconds` of processor time are
    the least that any file is given. `columns` limits the fields of a header or of any line, and
    the member names in JSON; `blank_lines` limits consecutive blank lines; `unpacked_mb` and
    `unpacked_times` limit what a packed file may unpack to; `cells` limits the rectangle around all
    values of a worksheet, and `rows` those of a packed file, in both cases on top of one for each
    byte delivered.
    """

    memory_mb: int = 4000
    seconds: int = 45
    columns: int = 2000
    blank_lines: int = 1_100_000
    unpacked_mb: int = 2000
    unpacked_times: int = 200
    cells: int = 5_000_000
    rows: int = 1_000_000

    @classmethod
    def from_environment(cls) -> Self:
        """The limits as they are set; raises ValueError unless each is a whole number above 0."""
        found = {}
        for each in fields(cls):
            name = PREFIX + each.name.upper()
            if (text := os.environ.get(name)) is None:
                continue
            if not text.isdecimal() or int(text) == 0:
                raise ValueError(f"{name} is {text!r}, where a whole number above 0 is needed")
            found[each.name] = int(text)
        return cls(**found)

    def allowance(self, size: int) -> Allowance:
        """What reading a file of this many bytes may use."""
        memory = min(self.memory_mb * MB, MEMORY_BASE_MB * MB + MEMORY_TIMES * size)
        seconds = self.seconds + PROCESSOR_SECONDS_A_MB * size / MB
        output = OUTPUT_BASE_MB * MB + OUTPUT_TIMES * size
        return Allowance(memory, output, seconds, PATIENCE * seconds)

    def unpacked(self, size: int) -> int:
        """How many bytes a packed file of this many bytes may unpack to."""
        return min(self.unpacked_mb * MB, self.unpacked_times * size)


def setting(name: str) -> str:
    """The environment variable that sets a limit."""
    return PREFIX + name.upper()
