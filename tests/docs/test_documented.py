"""What a user can set or call is documented, and what is documented runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer

from surveillance.cli import app
from surveillance.pipeline.demonstration import PUBLISHED_SEARCH, SNAPSHOT
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from tests.nlm import Article, article_set, put_file
from tests.registry_files import isrctn, isrctn_entry

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs" / "commands.md"]
#: Run until somebody stops them; tests/flows/test_schedule.py and
#: tests/integration/test_triage_command.py start them for real.
ENDLESS = ("surveil schedule", "surveil triage")
#: Asks for a password at a terminal; tests/integration/test_triage_command.py has one.
ASKS = 'surveil user add "Ann Marsh" --role reviewer'

#: A screening that was done, for `surveil rank simulate`.
LABELLED = "record_id,title,abstract,label\n" + "".join(
    f"{n},{'Neuroma after amputation' if n % 4 == 0 else 'Statins for the heart'},,{n % 4 == 0:d}\n"
    for n in range(20)
)

#: Exports of registries, for `surveil import`.
ISRCTN_XML = isrctn(isrctn_entry("99000001"))
ICTRP_CSV = "TrialID,Public title\nDRKS99000002,Neuroma after amputation\n"


def commands_of(page: Path) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture
def documented_world(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    exports = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports"
    with Simulator.open(SNAPSHOT, date(2025, 1, 31), rate_limit=False) as simulator:
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SURVEIL_PUBMED_URL": simulator.pubmed_url,
            "SURVEIL_CLINICALTRIALS_URL": simulator.clinicaltrials_url,
            "SURVEIL_EUROPEPMC_URL": simulator.europepmc_url,
            "SURVEIL_PUBMED_PAUSE": "0",
            "SURVEIL_CLINICALTRIALS_PAUSE": "0",
            "SURVEIL_EUROPEPMC_PAUSE": "0",
            "SURVEIL_CONTACT_EMAIL": "test@example.org",
        }
        for folder in ("workspace", "my-surveillance"):
            (tmp_path / folder).mkdir()
            shutil.copy(exports / "embase.ris", tmp_path / folder)
            shutil.copy(SNAPSHOT / "2025-01-31" / "pubmed.xml", tmp_path / folder / "records.xml")
            (tmp_path / folder / "isrctn.xml").write_text(ISRCTN_XML, encoding="utf-8")
            (tmp_path / folder / "ictrp.csv").write_text(ICTRP_CSV, encoding="utf-8")
            (tmp_path / folder / "labelled.csv").write_text(LABELLED, encoding="utf-8")
            put_file(
                tmp_path / folder / "pubmed-files",
                "pubmed25n1275.xml.gz",
                article_set([Article(90000999, "Of another field", date(2025, 1, 29))]),
            )
        yield tmp_path, environment


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_runs(
    page: Path, documented_world: tuple[Path, dict[str, str]]
) -> None:
    folder, environment = documented_world
    commands = [
        command
        for command in commands_of(page)
        if not command.startswith(ENDLESS) and command != ASKS
    ]
    assert len(commands) > 5
    done = subprocess.run(
        ["bash", "-e", "-v", "-c", "\n".join(commands)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr


def test_every_block_of_python_runs() -> None:
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) > 4
    names: dict[str, object] = {"__name__": __name__}
    for block in blocks:
        exec(compile(block, "docs/strategies.md", "exec"), names)


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for target in re.findall(r"^make ([a-z]+)", page.read_text(), re.MULTILINE)
    }
    assert named
    assert named <= targets


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    for name in command_names(typer.main.get_command(app), ()):
        assert f"surveil {name}" in text, f"docs/commands.md does not mention: surveil {name}"


def command_names(command: object, above: tuple[str, ...]) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if not children:
        yield " ".join(above)
        return
    for name, child in children.items():
        yield from command_names(child, (*above, name))


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    for name in Settings.model_fields:
        variable = "NCBI_API_KEY" if name == "ncbi_api_key" else f"SURVEIL_{name.upper()}"
        assert f"`{variable}`" in text


def test_every_dependency_earns_its_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    needed = [*project["project"]["dependencies"], *groups["dev"], *groups["bench"]]
    named = {re.split(r"[<>=\[]", requirement)[0] for requirement in needed}
    text = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| ((?:`[a-z0-9-]+`(?:, )?)+) \|", text, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}
    assert documented == named


def test_no_file_names_a_package_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    hosts = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.")))
    for name in filter(None, listed.stdout.split("\0")):
        file = ROOT / name
        if file.suffix not in {".png", ".gz"} and file.is_file():
            assert not hosts.search(file.read_text(encoding="utf-8")), name


def test_the_pins_that_matter_hold() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for pin in ("prefect>=3.8.8,<3.9", "fastapi>=0.139,<0.151", "sqlalchemy>=2.0,<2.1"):
        assert pin in project
