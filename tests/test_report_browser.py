"""The report in a real browser: nothing sticks out, everything can be read, nothing is fetched.

A copy of the page is given a script that looks at it and writes down what it finds; the page's own
policy would not let that run, which a test of its own shows.
"""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import threading
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Office
from test_formats import hard_deals
from test_report import busy

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")

LOOK = r"""
<script>
addEventListener("load", () => {
  const found = { wide: [], faint: [], mute: [], small: [], levels: [] };
  const shade = c => {
    const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const light = rgb => {
    const line = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = rgb.map(v => line(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = shade(getComputedStyle(e).backgroundColor);
      if (c.a === 1) return c.rgb;
    }
    return [255, 255, 255];
  };
  const scrolled = e => e.closest(".wide") && e !== e.closest(".wide");
  for (const e of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!e.closest(".unseen") && !e.closest("title,desc,script") && !scrolled(e) && box.width &&
        (box.right > innerWidth + 0.5 || box.left < -0.5))
      found.wide.push(`${e.tagName} ${e.textContent.slice(0, 40)} ${box.left} ${box.right}`);
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (own && !e.closest("script,style,title,desc")) {
      const ink = shade(e.closest("svg") ? style.fill : style.color).rgb;
      const is = contrast(ink, ground(e));
      if (is < 4.5) found.faint.push(`${e.textContent.slice(0, 40)} ${is.toFixed(2)}`);
      if (parseFloat(style.fontSize) < 12) found.small.push(e.textContent.slice(0, 40));
    }
    if (/^H\d$/.test(e.tagName)) found.levels.push(+e.tagName[1]);
  }
  for (const mark of document.querySelectorAll("svg .solid, svg .range, svg .tick, svg .limit")) {
    const style = getComputedStyle(mark), track = ground(mark);
    const seen = [style.fill, style.stroke].filter(c => c.startsWith("rgb"))
      .map(c => contrast(shade(c).rgb, track));
    if (!seen.some(c => c >= 3)) found.faint.push(`${mark.className.baseVal} ${seen}`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    const named = (svg.getAttribute("aria-labelledby") || "").split(" ")
      .map(id => id && document.getElementById(id) && document.getElementById(id).textContent);
    const title = svg.querySelector("title");
    if (svg.getAttribute("role") !== "img" || !(title && title.textContent) || named.includes(null))
      found.mute.push(svg.outerHTML.slice(0, 80));
  }
  found.charts = document.querySelectorAll("figure svg").length;
  found.width = innerWidth;
  found.overflow = document.documentElement.scrollWidth - innerWidth;
  found.fetched = performance.getEntriesByType("resource").length;
  found.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  found.ground = ground(document.body);
  parent.postMessage(JSON.stringify(found), "*");
});
</script>
"""
FRAME = """<!doctype html><meta name="color-scheme" content="light dark"><title></title>
<script>addEventListener("message", told => {{ document.title = told.data }})</script>
<iframe src="{page}" width="{width}" height="900" style="border: 0"></iframe>
"""
"""A window of any width: the browser's own is never narrower than 500 pixels."""


def browse(folder: Path, page: Path | str, *asked: str) -> str:
    """Open a page in a browser without a window, with a folder for what it remembers."""
    ran = subprocess.run(
        [
            *(str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--disable-background-networking", "--no-first-run", f"--user-data-dir={folder}"),
            *asked,
            page if isinstance(page, str) else page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ran.stdout


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a browser keeps its things, the same for all tests."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def pages(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Write a report with everything in it, in each language, one of hard names, one of nothing."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1")
        found = {}
        for name, fill in (("busy", busy), ("hard", hard_deals), ("empty", lambda _: None)):
            (folder / name).mkdir()
            office = Office(folder / name / "funnel.db", patch)
            shutil.copy2(founded, office.path)
            fill(office)
            for lang in ("en", "zh-Hans", "zh-Hant") if name == "busy" else ("en",):
                page = folder / f"{name}-{lang}.html"
                office.does("report", "--since", "2026-08-01", "-o", str(page), "--lang", lang)
                found[name if lang == "en" else lang] = page
        yield found


def looked_at(profile: Path, page: Path, width: int, *, dark: bool) -> dict[str, Any]:
    """Return what the script finds on a page of so many pixels, in the light or in the dark."""
    copy = page.with_suffix(".looked.html")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    copy.write_text(text.replace("</body>", f"{LOOK}</body>"), encoding="utf-8")
    frame = page.with_suffix(".frame.html")
    frame.write_text(FRAME.format(page=copy.name, width=width), encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    dom = browse(profile, frame, scheme, "--window-size=1300,950", "--dump-dom")
    title = re.search(r"<title>(\{.*?\})</title>", dom, re.DOTALL)
    assert title, dom[:300]
    return json.loads(title[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [
        ("busy", 1200, False),
        ("busy", 390, True),
        ("hard", 390, False),
        ("hard", 1200, True),
        ("empty", 390, True),
        ("zh-Hans", 390, False),
        ("zh-Hant", 1200, True),
    ],
)
def test_everything_on_the_page_can_be_seen_and_read(profile, pages, name, width, dark):
    found = looked_at(profile, pages[name], width, dark=dark)
    assert (found["width"], found["dark"]) == (width, dark)
    assert (sum(found["ground"]) < 200) is dark
    assert found["overflow"] <= 0
    assert found["wide"] == []
    assert found["faint"] == []
    assert found["mute"] == []
    assert found["small"] == []
    assert found["fetched"] == 0
    assert found["charts"] >= {"hard": 4, "empty": 1}.get(name, 6)
    levels = found["levels"]
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_what_sticks_out_and_what_is_faint_would_be_found(profile, pages):
    page = pages["empty"].with_name("broken.html")
    spoiled = '<p id="w" class="note">wide</p><svg></svg>'
    style = (
        "</style><style>#w { width: 500px; color: #999; background: #fff; font-size: 9px }</style>"
    )
    text = pages["empty"].read_text("utf-8").replace("</style>", style)
    page.write_text(text.replace("</main>", f"{spoiled}</main>"), encoding="utf-8")
    found = looked_at(profile, page, 390, dark=False)
    assert found["overflow"] > 0
    assert all(found[what] for what in ("wide", "faint", "mute", "small"))


def test_the_page_asks_for_nothing_and_lets_no_script_run(profile, pages):
    asked = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    text = pages["hard"].read_text("utf-8")
    text = text.replace("</body>", "<script>document.title = 1</script><img src=/x></body>")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        dom = browse(profile, f"http://127.0.0.1:{server.server_port}/report", "--dump-dom")
    finally:
        server.shutdown()
        server.server_close()
    assert "<title>Report for 2026-11-23" in dom
    assert [path for path in asked if path != "/favicon.ico"] == ["/report"]


def test_on_paper_it_fills_pages_of_a4(profile, pages):
    printed = pages["busy"].with_suffix(".pdf")
    browse(profile, pages["busy"], "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    boxes = re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", printed.read_bytes())
    assert len(boxes) >= 2
    for box in boxes:
        _, _, width, height = map(float, box.split())
        assert (width, height) == pytest.approx((595, 842), abs=1.5)
