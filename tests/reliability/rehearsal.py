"""What the server of warm processes plays through once, so that all it forks know their lines."""

import gc
import io
import os
import tempfile
from contextlib import redirect_stderr, redirect_stdout

from funnelcli.main import main

LINES = (
    ("init", "--manager", "Jiang Yue", "--timezone", "Asia/Shanghai"),
    ("deal", "add", "Ark", "--amount", "120万", "--close", "eoq"),
    ("log", "Ark", "called", "--next", "call", "--due", "fri"),
    ("deal", "edit", "Ark", "--amount", "100"),
    ("deal", "advance", "Ark", "--done", "mail"),
    ("funnel",),
    ("stalled",),
    ("deal", "list", "-f", "json"),
    ("config", "show"),
    ("pipeline", "show"),
    ("pipeline", "export"),
    ("export", "{place}"),
    ("export", "--all", "{place}/all.json"),
    ("import", "all", "{place}/all.json", "--db", "{place}/made.db"),
    ("import", "deals", "{place}/deals.csv"),
    ("import", "logs", "{place}/logs.csv"),
    ("pipeline", "apply", "{place}/pipeline-bidding.toml"),
)

_was = dict(os.environ)
with (
    tempfile.TemporaryDirectory() as _place,
    redirect_stdout(io.StringIO()),
    redirect_stderr(io.StringIO()),
):
    os.environ["FUNNELCLI_DB"] = f"{_place}/funnel.db"
    for _line in LINES:
        main([word.format(place=_place) for word in _line])
os.environ.clear()
os.environ.update(_was)
gc.collect()
gc.freeze()
