"""The way in and out: the only error boundary, the only place that knows how to exit."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from funnelcli import __version__
from funnelcli.errors import ExitCode, FunnelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType


def main(argv: Sequence[str] | None = None) -> int:
    """Run funnelcli with the given arguments and return its exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
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
        print(f"funnelcli: {error.strerror or error}.", file=sys.stderr)  # noqa: T201
        return ExitCode.FAILED
    except Exception as error:
        if debug:
            raise
        said = f"{type(error).__name__}: {error}"
        return _tell(
            FunnelError(f"This is a fault of funnelcli's own ({said}); --debug tells more.")
        )
    return code


def _run(args: list[str]) -> int:
    if args == ["--version"]:
        print(f"funnelcli {__version__}")  # noqa: T201
        return ExitCode.DONE
    from funnelcli.cli import dispatch  # noqa: PLC0415  --version does not wait for it

    return dispatch(args)


def _tell(error: FunnelError) -> int:
    from funnelcli.domain.text import inert  # noqa: PLC0415  only a failure needs it

    said = "\n".join(map(inert, str(error).split("\n")))
    print(f"funnelcli: {said}", file=sys.stderr)  # noqa: T201
    return error.exit_code


def _give_up(stream: object) -> None:
    """Point a stream that nobody reads any more at nothing, so that exiting stays quiet."""
    if hasattr(stream, "fileno"):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run() -> NoReturn:
    """Be the program: run, flush, and leave without the interpreter's long farewell.

    Collecting garbage and tearing the interpreter down cost a third of a short run; by now
    everything is committed, closed and written.
    """
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", line_buffering=stream is sys.stderr)
    signal.signal(signal.SIGTERM, _terminate)
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or ExitCode.FAILED
    os._exit(code)


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(ExitCode.TERMINATED)
