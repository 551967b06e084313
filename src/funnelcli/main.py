"""The way in and out: the only error boundary, the only place that knows how to exit."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn, TextIO

from funnelcli import __version__
from funnelcli.errors import ExitCode, FunnelError, UsageFault, stop, stopped_by
from funnelcli.wording import said, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run funnelcli with the given arguments and return its exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    with speaking(lambda: _language(args)):
        return _main(args)


def _language(args: list[str]) -> str:
    from funnelcli import config  # noqa: PLC0415  asked only before the file is open
    from funnelcli.store.file import language_in  # noqa: PLC0415

    return config.spoken_language(args, config.environment(), language_in)


def _main(args: list[str]) -> int:
    debug = "--debug" in args
    try:
        code = _run(args)
        sys.stdout.flush()
    except FunnelError as error:
        if debug:
            raise
        return _tell(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _give_up(sys.stdout)
        return ExitCode.FAILED
    except OSError as error:
        if debug:
            raise
        _give_up(sys.stdout)
        return _tell(FunnelError(_denied(error)))
    except Exception as error:
        if debug:
            raise
        fault = f"{type(error).__name__}: {error}"
        message = said(
            "This is a fault of funnelcli's own ({fault}); --debug tells more.", fault=fault
        )
        return _tell(FunnelError(message))
    return code


def _denied(error: OSError) -> str:
    why = error.strerror or error
    if error.filename is None:
        return said("The answer could not be written ({why}).", why=why)
    return f"{error.filename} ({why})."


def _run(args: list[str]) -> int:
    if args == ["--version"]:
        print(f"funnelcli {__version__}")  # noqa: T201
        return ExitCode.DONE
    if any("\ud800" <= char <= "\udfff" for arg in args for char in arg):
        raise UsageFault(said("The command line holds bytes that are no UTF-8 text."))
    from funnelcli.domain.text import LONGEST  # noqa: PLC0415  --version does not wait for it

    longest = max(map(len, args), default=0)
    if longest > LONGEST:
        message = said(
            "A word of the command line has {count:,} characters; {most:,} is the most.",
            count=longest,
            most=LONGEST,
        )
        raise UsageFault(message)
    from funnelcli.cli import dispatch  # noqa: PLC0415  --version does not wait for it

    return dispatch(args)


def _tell(error: FunnelError) -> int:
    if number := stopped_by():
        return 128 + number  # a failure that stopping brought about
    from funnelcli.domain.text import inert  # noqa: PLC0415  only a failure needs it
    from funnelcli.views.plain import aloud  # noqa: PLC0415

    told = "\n".join((aloud(f"funnelcli: {error}", sys.stderr), *map(inert, error.lines)))
    try:
        print(told, file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        _give_up(sys.stderr)
    return error.exit_code


def _give_up(stream: TextIO) -> None:
    """Point a stream that nobody reads any more at nothing, so that exiting stays quiet."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run() -> NoReturn:
    """Be the program: run, flush, and leave without the interpreter's long farewell.

    Collecting garbage and tearing the interpreter down cost a good part of a short run; by now
    everything is committed, closed and written.
    """
    gc.disable()
    sys.stdout, sys.stderr = _stream(sys.stdout), _stream(sys.stderr)
    sys.stderr.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    try:
        code = main([_as_typed(arg) for arg in sys.argv[1:]])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else ExitCode.FAILED
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or ExitCode.FAILED
    os._exit(code)


def _stream(stream: TextIO | None) -> TextIOWrapper:
    """Return an output that takes every character, nothing's if there is none."""
    if not isinstance(stream, TextIOWrapper):
        stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  for good
    stream.reconfigure(errors="replace", line_buffering=False)
    return stream


def _as_typed(arg: str) -> str:
    """Return an argument as the UTF-8 it was typed in, whatever the locale made of it."""
    return os.fsencode(arg).decode("utf-8", "surrogateescape")
