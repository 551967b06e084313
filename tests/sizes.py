"""How much a reliability test tries: a little at each commit, much before a release.

The sizes of a release: RELEASE=1 python -m pytest tests/reliability -n auto
"""

from __future__ import annotations

import os

RELEASE = os.environ.get("RELEASE") == "1"


def size(each_commit: int, release: int) -> int:
    """Return how many of something this run tries."""
    return release if RELEASE else each_commit
