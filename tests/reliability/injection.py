"""Faults at a system call: the process dies there, or the call fails.

strace stops a warm process at each call that can change a disk, or make sure of a change, and at
the chosen one does what it is told.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warm import Ended, Warm

CALLS = (
    "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,openat,"
    "rename,renameat,renameat2,link,linkat,fchmod,chmod,mkdir,fallocate"
)
KILL, IO_ERROR, DISK_FULL = "signal=KILL", "error=EIO", "error=ENOSPC"


@cache
def why_not() -> str:
    """Return why faults cannot be injected here, nothing if they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False)
    return "" if tried.returncode == 0 else "strace may not trace processes here"


needs_strace = pytest.mark.skipif(bool(why_not()), reason=why_not() or "strace works")


class Call(NamedTuple):
    """A system call of a command: its name, which of that name it is, from 1, and how it reads."""

    name: str
    number: int
    text: str


def calls(warm: Warm, aside: Path, *args: str) -> list[Call]:
    """Run a command and return the calls by which it changes what lies in the file's folder."""
    ended, lines = traced(warm, aside, args)
    assert ended.code == 0, ended
    folder = str(warm.path.parent)
    return [call for call in _counted(lines) if _writes(call.text, folder)]


def _writes(line: str, folder: str) -> bool:
    """Whether a call is about the folder or what is in it, and more than opens what is there."""
    looks = line.startswith("openat") and "O_CREAT" not in line and f'"{folder}"' not in line
    return not looks and re.search(re.escape(folder) + r'[/>"]', line) is not None


def _counted(lines: list[str]) -> Iterator[Call]:
    seen: Counter[str] = Counter()
    for line in lines:
        name = line.partition("(")[0]
        seen[name] += 1
        yield Call(name, seen[name], line)


def injected(warm: Warm, aside: Path, fault: str, call: Call, *args: str) -> Ended:
    """Run a command to which `fault` happens at `call`; make sure that it did, and there."""
    ended, lines = traced(warm, aside, args, f"inject={call.name}:{fault}:when={call.number}")
    if fault == KILL:
        assert ended.code == -signal.SIGKILL, (ended, call)
        struck = lines[-1]
    else:
        (struck,) = (line for line in lines if line.endswith("(INJECTED)"))
    assert _plain(struck) == _plain(call.text)
    return ended


def traced(warm: Warm, aside: Path, args: tuple[str, ...], *more: str) -> tuple[Ended, list[str]]:
    """Run a command under strace; return how it ended and its calls in order."""
    child = warm.held(*args)
    trace = aside / "trace"
    command = ["strace", "-y", "-s", "0", "-o", str(trace), "-p", str(child.pid)]
    for expression in (f"trace={CALLS}", *more):
        command += ["-e", expression]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as strace:
        assert strace.stderr is not None
        assert "attached" in strace.stderr.readline()
        child.go()
        ended = child.end()
        strace.stderr.read()
    lines = trace.read_text(encoding="utf-8").splitlines()
    return ended, [line for line in lines if not line.startswith(("+++", "---"))]


def _plain(line: str) -> str:
    """Return a call without its result and without what differs from run to run."""
    return re.sub(r"\.db\.\w+", ".db.*", line.rpartition(" = ")[0])
