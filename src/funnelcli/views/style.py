"""How a page looks: one style sheet for light and dark, a wide screen, a phone and paper.

`benchmarks` and pages from elsewhere never see it; the contrast of its colours is measured by
tests/test_report_browser.py.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode

LIGHT = """
  --paper: #ffffff; --sheet: #f6f7f9; --ink: #1c2430; --soft: #566171; --rule: #dfe3e8;
  --main: #2b5f8c; --pale: #9dbbd6; --good: #1f6e43; --amber: #855400; --red: #ad2e24;
"""
DARK = """
  --paper: #15181d; --sheet: #1d2127; --ink: #e7eaee; --soft: #a6afbb; --rule: #343b45;
  --main: #7fb2df; --pale: #3f688d; --good: #74c795; --amber: #e2b45c; --red: #f08d83;
"""
STYLE = f"""
:root {{ color-scheme: light dark; {LIGHT}
  --cjk: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC" }}
@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}
:lang(zh-Hant) {{ --cjk: "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC" }}
* {{ box-sizing: border-box }}
body {{ margin: 0 auto; max-width: 68rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, var(--cjk),
  sans-serif; overflow-wrap: break-word;
  -webkit-text-size-adjust: 100% }}
h1 {{ font-size: 1.7rem; line-height: 1.25; font-weight: 650; margin: 0 0 .25rem;
  letter-spacing: -.01em }}
h2 {{ font-size: 1.2rem; line-height: 1.3; font-weight: 650; margin: 0 0 1rem }}
h3, figcaption {{ font-size: .95rem; line-height: 1.4; font-weight: 600;
  margin: 0 0 .75rem; text-align: left; overflow-wrap: anywhere }}
section {{ border-top: 1px solid var(--rule); margin-top: 2.5rem; padding-top: 1.5rem }}
p, ul {{ margin: 0 0 1.25rem }} ul {{ padding-left: 1.2rem }} li {{ margin: .15rem 0 }}
a {{ color: var(--main) }}
.note, footer {{ color: var(--soft); font-size: .875rem }}
nav ul {{ list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0 0;
  padding: 0; font-size: .875rem }}
nav a {{ text-decoration: none }} nav a:hover, nav a:focus {{ text-decoration: underline }}
.figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13.5rem), 1fr));
  gap: 1rem; margin: 2rem 0 0 }}
.figures div {{ background: var(--sheet); border: 1px solid var(--rule); border-radius: .5rem;
  padding: 1rem 1.1rem }}
.figures dt {{ color: var(--soft); font-size: .875rem }}
.figures dd {{ margin: .35rem 0 0; font-size: .875rem; line-height: 1.45 }}
.figures dd::first-letter {{ text-transform: uppercase }}
.figures .value {{ font-size: 1.45rem; line-height: 1.2; font-weight: 600; margin: .1rem 0 0;
  font-variant-numeric: tabular-nums; letter-spacing: -.01em }}
.wide {{ overflow-x: auto; margin: 0 0 1.5rem; position: relative }}
table {{ border-collapse: collapse; font-size: .9rem; line-height: 1.4 }}
main > table, section > table {{ margin: 0 0 1.5rem }}
th, td {{ text-align: left; padding: .4rem 1.75rem .4rem 0; border-bottom: 1px solid var(--rule);
  vertical-align: top }}
thead th {{ color: var(--soft); font-weight: 500; white-space: nowrap; vertical-align: bottom }}
tbody th {{ font-weight: inherit }}
th:last-child, td:last-child {{ padding-right: 0 }}
td, th {{ min-width: 7em }} .word, .number {{ min-width: 0; white-space: nowrap }}
.number {{ text-align: right; font-variant-numeric: tabular-nums }}
tr.red > :first-child {{ box-shadow: inset 3px 0 var(--red) }}
tr.amber > :first-child {{ box-shadow: inset 3px 0 var(--amber) }}
tr.good > :first-child {{ box-shadow: inset 3px 0 var(--good) }}
tr.red > :first-child, tr.amber > :first-child, tr.good > :first-child {{ padding-left: .6rem }}
.quiet {{ color: var(--soft) }}
.cards {{ list-style: none; padding: 0; display: grid; gap: 1.5rem }}
.cards > li {{ border-left: 3px solid var(--rule); padding: 0 0 0 .9rem; margin: 0;
  break-inside: avoid; overflow-wrap: anywhere; max-width: 52rem }}
.cards > li.red {{ border-color: var(--red) }} .cards > li.good {{ border-color: var(--good) }}
.cards > li.amber {{ border-left-style: dashed; border-color: var(--amber) }}
.cards b {{ font-weight: 600 }} .cards p {{ margin: .15rem 0 0 }}
.cards .label {{ color: var(--soft) }}
.charts {{ display: grid; gap: 2rem 3rem; margin: 0 0 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)) }}
figure {{ margin: 0; max-width: 46rem; break-inside: avoid }}
figure p {{ margin: .75rem 0 0 }}
svg {{ display: block; overflow: visible }} svg.cell {{ min-width: 5rem }}
svg text {{ fill: var(--ink); font-size: .8125rem }} svg .label {{ font-weight: 500 }}
svg .told {{ fill: var(--soft); font-variant-numeric: tabular-nums }}
svg .told[text-anchor] {{ fill: var(--ink) }}
.track {{ fill: var(--sheet) }} .solid {{ fill: var(--main) }}
.range {{ fill: var(--pale); stroke: var(--main) }}
.range.good {{ fill: var(--good); stroke: var(--good) }}
.range.red {{ fill: var(--paper); stroke: var(--red); stroke-width: 1.5 }}
.tick {{ stroke: var(--ink); stroke-width: 3 }}
.limit {{ stroke: var(--amber); stroke-width: 2; stroke-dasharray: 3 2 }}
.goal {{ stroke: var(--ink); stroke-dasharray: 1 2 }}
.unseen {{ position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap }}
@media (max-width: 40rem) {{ body {{ padding-top: 1.5rem }} h1 {{ font-size: 1.4rem }}
  .figures {{ gap: .6rem; margin-top: 1.25rem }} .figures div {{ padding: .7rem .9rem }}
  section {{ margin-top: 1.75rem }} }}
@page {{ size: A4; margin: 16mm 15mm }}
@media print {{ :root {{ color-scheme: light; font-size: 12.5px; {LIGHT} }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact }}
  body {{ padding: 0; max-width: none }} nav {{ display: none }}
  h2, h3 {{ break-after: avoid }}
  thead {{ display: table-header-group }} tr, .figures div {{ break-inside: avoid }}
  .wide {{ overflow: visible }}
  td, th {{ overflow-wrap: anywhere; padding-right: .6rem; min-width: 5.5em }}
  .word, .number {{ min-width: 0 }}
  .charts {{ grid-template-columns: 1fr 1fr; gap: 1.25rem 2rem }}
  .charts > :only-child {{ grid-column: 1 / -1 }}
  section {{ margin-top: 1.5rem; padding-top: 1rem }}
  .figures {{ grid-template-columns: repeat(4, 1fr); gap: .5rem }}
  .figures .value {{ font-size: 1.2rem }}
}}
"""
DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""By which a browser knows this style sheet, and lets no other in."""
