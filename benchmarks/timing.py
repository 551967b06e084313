"""Whole processes on a terminal, timed from start to exit, taking turns."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import termios
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TERMINAL = (24, 80)
"""Lines and columns of the terminal that everything is written to."""
CHUNK = 65_536
START = "S"
"""What any Python program takes that opens a file: the unit in which short times are told."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command to time, under the name by which the table calls it; some write to their file."""

    name: str
    command: tuple[str, ...]
    writes: Path | None = None


class Spent(NamedTuple):
    """What a process took: seconds, the most memory that it held, in MB, and seconds of CPU."""

    seconds: float
    peak: float
    cpu: float


def start(python: Path) -> Program:
    """Return the program whose time is S."""
    return Program(START, (str(python), "-c", "import sqlite3"))


def rounds(
    programs: Sequence[Program], count: int, original: Path, variables: Mapping[str, str]
) -> list[dict[str, float]]:
    """Return the seconds that each program took in each round, after one round to warm up.

    A program that writes finds its file as a fresh copy of `original`.
    """
    taken = [
        {each.name: _one(each, original, variables) for each in programs} for _ in range(count + 1)
    ]
    return taken[1:]


def _one(program: Program, original: Path, variables: Mapping[str, str]) -> float:
    if program.writes is not None:
        copy(original, program.writes)
    return seconds(program.command, variables)


def copy(original: Path, place: Path) -> None:
    """Copy a file down to the disk, so that no timed commit has to write the copy too."""
    shutil.copyfile(original, place)
    with place.open("rb") as copied:
        os.fsync(copied.fileno())


def seconds(command: Sequence[str], variables: Mapping[str, str]) -> float:
    """Return how long a process takes on a terminal; end the benchmark if it fails."""
    return spent(command, variables).seconds


def spent(command: Sequence[str], variables: Mapping[str, str]) -> Spent:
    """Return what a process takes on a terminal; end the benchmark if it fails."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, TERMINAL)
    begun = perf_counter()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables)
    os.close(theirs)
    said = _drained(ours)
    _, status, used = os.wait4(process.pid, 0)
    taken = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    os.close(ours)
    if status:
        sys.exit(f"{' '.join(command)}\n{said.decode(errors='replace')}")
    return Spent(taken, used.ru_maxrss / 1_024, used.ru_utime + used.ru_stime)


def _drained(terminal: int) -> bytes:
    """Read what is written to the terminal until the last writer has let go of it."""
    said = b""
    while True:
        try:
            piece = os.read(terminal, CHUNK)
        except OSError:  # how Linux says that nobody holds the other end any more
            return said
        if not piece:
            return said
        said += piece
