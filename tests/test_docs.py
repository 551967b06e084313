"""The documents tell the truth of today."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Office

from funnelcli.errors import ExitCode

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tour(heading: str = "Five minutes") -> list[str]:
    """Return the commands of a chapter of the README."""
    chapter = README.split(f"## {heading}")[1].split("\n## ")[0]
    return re.findall(r"^funnelcli.*$", chapter, re.MULTILINE)


def test_every_command_of_the_five_minutes_works_in_order(bare: Office) -> None:
    assert len(tour()) > 12
    for line in tour():
        ran = bare(*shlex.split(line)[1:])
        assert ran.code == 0, (line, ran)


def test_the_five_minutes_end_with_a_stalled_deal_and_a_claim(bare: Office) -> None:
    for line in tour():
        bare(*shlex.split(line)[1:])
    (found,) = bare.stalled()
    assert found["name"] == "Bright rebranding"
    assert "overclaimed" in [reason["code"] for reason in found["reasons"]]


def test_the_commands_that_keep_everything_work_after_the_five_minutes(
    bare: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bare.path.parent)
    safe = tour("Nothing is lost")
    assert len(safe) == 5
    for line in (*tour(), *safe):
        ran = bare(*shlex.split(line)[1:])
        assert ran.code == 0, (line, ran)


def test_the_command_reference_is_what_the_program_says() -> None:
    script = ROOT / "docs" / "reference.py"
    ran = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_the_manual_page_tells_every_command_and_every_exit_code() -> None:
    page = (ROOT / "docs" / "funnelcli.1").read_text(encoding="utf-8").replace("\\-", "-")
    commands = re.findall(r"^## (.*)$", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE)
    assert len(commands) > 60
    for name in commands:
        assert re.search(rf"^\.SS {name}( |$)", page, re.MULTILINE), name
    for code in ExitCode:
        assert re.search(rf"^\.B .*\b{code.value}\b", page, re.MULTILINE), code


def test_every_page_is_in_the_order_to_read_them() -> None:
    listed = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in listed, page


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_example_pipeline_can_be_applied(office: Office) -> None:
    office.does("pipeline", "apply", str(ROOT / "examples" / "consulting.toml"))
    titles = [row["title"] for row in office.asks("pipeline", "show", "consulting")["rows"]]
    assert titles == ["First talks", "Workshop", "Proposal"]
