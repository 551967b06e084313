"""What a warm process does once it is forked: be the program, within limits, from when it may."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.main import main, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection


class Limits(NamedTuple):
    """Under what a command runs: how large a file may grow, in bytes, and as which user."""

    file_size: int | None = None
    user: int | None = None


UNLIMITED = Limits()
PR_SET_PTRACER = 0x59616D61


def held(
    args: Sequence[str], env: dict[str, str], aside: str, gate: Connection, limits: Limits
) -> None:
    """Get ready, say so at the gate, wait there for the seconds it tells, and be the program."""
    surround(env, aside)
    let_trace()
    if limits.file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
    if limits.user is not None:
        os.setgroups([])
        os.setgid(limits.user)
        os.setuid(limits.user)
    gate.send_bytes(b"here")
    gate.poll(gate.recv())
    program(args)


def let_trace() -> None:
    """Let any process of this user trace this one, where only a parent may otherwise."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)


def surround(env: dict[str, str], aside: str) -> None:
    """Give this process an environment, no input, and files of a folder as outputs."""
    os.environ.clear()
    os.environ.update(env)
    sys.dont_write_bytecode = True
    for number, name in ((0, os.devnull), (1, f"{aside}/out"), (2, f"{aside}/err")):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def program(args: Sequence[str]) -> None:
    """Run the program's own entry point, which ends this process."""
    sys.argv = ["funnelcli", *args]
    run()


def stream(
    commands: Sequence[Sequence[str]], env: dict[str, str], aside: str, line: Connection
) -> None:
    """Run commands in this one process, and say of each on the line that it was done."""
    surround(env, aside)
    for args in commands:
        line.send(main(list(args)))


def script(
    commands: Sequence[Sequence[str]],
    env: dict[str, str],
    aside: str,
    gate: Connection,
    over_and_over: bool,
) -> None:
    """Wait at the gate, then run commands, each in a process of its own, and say how each ended.

    Those that are asked over and over go on until something more comes through the gate. What each
    said lies in a folder of its own, by its number.
    """
    gate.send("here")
    gate.recv()
    turns = cycle(commands) if over_and_over else iter(commands)
    codes = []
    for number, args in enumerate(turns):
        if over_and_over and gate.poll():
            break
        place = f"{aside}/{number}"
        Path(place).mkdir()
        child = os.fork()
        if not child:
            surround(env, place)
            program(args)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    gate.send(codes)
