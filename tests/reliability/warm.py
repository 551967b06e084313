"""Processes of the real program that start warm: a server imports it once and forks each of them.

Every command is a process of its own, with its own exit code, that can be killed, held back,
traced, limited or run by somebody else; it costs a few hundredths of a second instead of half one.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import re
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from acts import UNLIMITED, Limits, held, script, stream

import funnelcli

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

MONDAY = "2026-11-23T09:00:00+08:00"
"""The clock of every process that is given no other."""
PATIENT = 60
"""Seconds after which a test says that a process hangs."""

_FORKS = multiprocessing.get_context("forkserver")


@cache
def _server() -> ForkServerContext:
    """Return what forks, started with everything imported and rehearsed."""
    named = (module.name for module in pkgutil.walk_packages(funnelcli.__path__, "funnelcli."))
    _FORKS.set_forkserver_preload(
        ["rehearsal", "acts", *(name for name in named if not name.endswith("__main__"))]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
        forkserver.ensure_running()
    return _FORKS


@dataclass(frozen=True)
class Ended:
    """What a process left behind; a negative code is the signal that killed it."""

    code: int
    out: str
    err: str


class Child:
    """One command in a process of its own, held back at its very start until it may go."""

    def __init__(self, aside: Path, env: dict[str, str], *args: str, limits: Limits) -> None:
        self._said = aside
        self._gate, theirs = _server().Pipe()
        self._process = _server().Process(target=held, args=(args, env, str(aside), theirs, limits))
        self._process.start()
        theirs.close()
        assert self._gate.poll(PATIENT), "the process never came up"
        self._gate.recv_bytes()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid or 0

    def go(self, after: float = 0) -> None:
        """Let the command begin, after so many seconds."""
        self._gate.send(after)

    def wait_until_it_waits(self) -> None:
        """Wait until the command sleeps or stands in line, both of which it does for the file."""
        end = time.monotonic() + PATIENT
        while not re.search("nanosleep|setlk", self._asleep_in()):
            assert time.monotonic() < end, "the command did not wait for the file"
            assert not self._gate.poll(0.001), "the command ended without waiting"

    def _asleep_in(self) -> str:
        """Return what the system has put the process's threads to sleep for."""
        found = []
        for task in Path(f"/proc/{self.pid}/task").glob("*/wchan"):
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                found.append(task.read_text())
        return " ".join(found)

    def end(self) -> Ended:
        """Wait for the end."""
        code = _end(self._process)
        self._gate.close()
        return _ended(code, self._said)


class Warm:
    """Where warm processes live: a file, a clock, and a folder aside for what they say."""

    def __init__(self, path: Path, aside: Path) -> None:
        self.path = path
        self._aside = aside
        self._count = 0
        aside.mkdir(exist_ok=True)
        self.env = {
            "PATH": os.defpath,
            "HOME": str(aside),
            "FUNNELCLI_DB": str(path),
            "FUNNELCLI_NOW": MONDAY,
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }

    def held(self, *args: str, limits: Limits = UNLIMITED) -> Child:
        """Return a command that waits at its start."""
        return Child(self.folder_aside(), self.env, *args, limits=limits)

    def folder_aside(self) -> Path:
        """Return a new folder for what a process says."""
        self._count += 1
        aside = self._aside / str(self._count)
        aside.mkdir()
        return aside

    def __call__(self, *args: str, limits: Limits = UNLIMITED) -> Ended:
        """Run a command to its end."""
        child = self.held(*args, limits=limits)
        child.go()
        ended = child.end()
        shutil.rmtree(child._said)
        return ended

    def together(self, *commands: tuple[str, ...], after: float = 0) -> list[Ended]:
        """Run commands at once, each `after` seconds later than the one before it."""
        children = [self.held(*command) for command in commands]
        for place, child in enumerate(children):
            child.go(place * after)
        return [child.end() for child in children]


class Script:
    """Commands one after another, each a process of its own, that begin when they may."""

    def __init__(self, warm: Warm, *commands: tuple[str, ...], over_and_over: bool = False) -> None:
        self._said = warm.folder_aside()
        self._gate, theirs = _server().Pipe()
        given = (commands, warm.env, str(self._said), theirs, over_and_over)
        self._process = _server().Process(target=script, args=given)
        self._process.start()
        theirs.close()
        assert self._gate.recv() == "here"

    def go(self) -> None:
        """Let the commands begin."""
        self._gate.send("go")

    def stop(self) -> None:
        """Let commands that are given over and over come to an end."""
        self._gate.send("stop")

    def end(self) -> list[Ended]:
        """Wait for the end; return what each command left behind."""
        codes = self._gate.recv()
        self._gate.close()
        assert _end(self._process) == 0
        return [_ended(code, self._said / str(number)) for number, code in enumerate(codes)]


def stream_until_killed(warm: Warm, commands: list[tuple[str, ...]], moment: float) -> int:
    """Run commands in one process, killed so many seconds after the first of them was done.

    Returns how many were said to be done.
    """
    line, theirs = _server().Pipe(duplex=False)
    aside = warm.folder_aside()
    process = _server().Process(target=stream, args=(commands, warm.env, str(aside), theirs))
    process.start()
    theirs.close()
    codes = [line.recv()]
    end = time.monotonic() + moment
    while line.poll(max(0, end - time.monotonic())):
        codes.append(line.recv())
    process.kill()
    with suppress(EOFError):
        while True:
            codes.append(line.recv())
    line.close()
    assert _end(process) == -signal.SIGKILL, (aside / "err").read_text()
    assert set(codes) == {0}, (codes, (aside / "err").read_text())
    return len(codes)


def _ended(code: int, said: Path) -> Ended:
    out, err = ((said / name).read_text(encoding="utf-8") for name in ("out", "err"))
    return Ended(code, out, err)


def _end(process: Any) -> int:
    process.join(PATIENT)
    if process.exitcode is None:
        process.kill()
        process.join()
        message = f"A process hung: {process}"
        raise AssertionError(message)
    code = int(process.exitcode)
    process.close()
    return code
