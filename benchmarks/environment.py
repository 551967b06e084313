"""The environment in which everything is measured: installed by pip, its bytecode compiled."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOW = "2026-11-23T09:00:00+00:00"
"""The instant at which every measured command believes to run."""
PAST = date(2026, 6, 1)
"""The day that questions about the past ask about."""


@dataclass(frozen=True)
class Environment:
    """A Python that has funnelcli installed, and the variables its processes see."""

    python: Path

    @property
    def funnelcli(self) -> Path:
        """The installed command."""
        return self.python.with_name("funnelcli")

    @cached_property
    def variables(self) -> dict[str, str]:
        """The caller's variables, less all that would change what is measured."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FUNNELCLI_"))}
        for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
            kept.pop(name, None)
        return kept | {"FUNNELCLI_NOW": NOW, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}

    def do(self, *command: Path | str) -> None:
        """Run a command that is not measured; end the benchmark if it fails."""
        self.said(*command)

    def said(self, *command: Path | str) -> str:
        """Run a command that is not measured and return what it says; end if it fails."""
        done = subprocess.run(
            command, cwd=HERE, env=self.variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return done.stdout


def fresh(folder: Path) -> Environment:
    """Make a virtual environment in `folder` and install the checkout there, as a user would."""
    venv.create(folder, with_pip=True)
    made = Environment(folder / "bin" / "python")
    made.do(made.python, "-m", "pip", "install", "--quiet", HERE.parent)
    return made
