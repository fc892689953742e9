"""The README's first answer is the real one, and what it points to exists."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata import open_region
from risk_api import exposure
from risk_api.runs import RunStore, plan
from risk_api.runs.make import make_run

# Counts move in the last digits between processors; a change of the model moves them by more.
TOLERANCE = 0.02


@pytest.fixture(scope="module")
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text()


def first_question(readme: str) -> tuple[str, list[str]]:
    """Scenario and strategies of the first curl line."""
    (address,) = re.findall(r"curl '(http[^']+/v1/exposure[^']+)'", readme)
    asked = parse_qs(urlsplit(address).query)
    return asked["scenario"][0], asked["strategies"][0].split(",")


def printed_table(readme: str) -> tuple[list[str], dict[str, list[float]]]:
    """Header and rows of the table between the two markers."""
    between = re.compile(r"<!-- first answer.*?-->\n(.*?)\n<!-- end of first answer -->", flags=re.DOTALL)
    (block,) = between.findall(readme)
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line]
    header, _, *rows = lines
    return header, {name: [float(cell.replace(",", "")) for cell in cells] for name, *cells in rows}


@pytest.mark.slow
def test_the_first_answer_is_what_the_service_says(readme: str, tmp_path: Path) -> None:
    scenario, strategies = first_question(readme)
    region = open_region("almaty")
    store = RunStore(tmp_path)
    for strategy in strategies:
        make_run(region, plan(region, scenario, strategy), store)
    answer = exposure.compare(region, store, scenario, strategies, "buwal")
    names = {each["id"]: each["properties"]["name_en"] for each in region.features("districts")}
    counted = {
        names[district.id]: [district.strategies[strategy]["people_exposed"] for strategy in strategies]
        for district in answer.districts
    }
    header, rows = printed_table(readme)
    lines = [[name, *(f"{people:,.0f}" for people in row)] for name, row in counted.items()]
    today = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    assert header[1:] == strategies
    assert set(rows) == set(counted)
    wrong = [name for name in rows if rows[name] != pytest.approx(counted[name], rel=TOLERANCE, abs=1.0)]
    assert wrong == [], f"the README's table should now read:\n{today}"


@pytest.fixture(scope="module")
def pages(repository: Path) -> list[Path]:
    named = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DATA-LICENCES.md"]
    return [*(repository / name for name in named), *sorted((repository / "docs").rglob("*.md"))]


def test_links_lead_somewhere(repository: Path, pages: list[Path]) -> None:
    link = re.compile(r"\]\((?!http)([^)#]+)[^)]*\)")
    targets = [(page, target) for page in pages for target in link.findall(page.read_text())]
    assert len(targets) > 5
    missing = [(page, target) for page, target in targets if not (page.parent / target).exists()]
    broken = [f"{page.relative_to(repository)}: {target}" for page, target in missing]
    assert broken == []


def test_make_targets_that_documents_name_exist(repository: Path, pages: list[Path]) -> None:
    known = set(re.findall(r"^([a-z][a-z-]*):", (repository / "Makefile").read_text(), flags=re.MULTILINE))
    command = re.compile(r"(?:^|`)make ([a-z-]+)", flags=re.MULTILINE)
    named = {target for page in pages for target in command.findall(page.read_text())}
    assert named >= {"run", "test", "bench"}
    assert named - known == set()
