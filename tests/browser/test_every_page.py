"""Every page: no serious finding of axe-core, no script error, nothing from elsewhere; pictures.

`SURVEIL_PICTURES=docs/pictures pytest tests/browser/test_every_page.py` makes the docs' pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline.demonstration import BANNER, demonstrate
from surveillance.pipeline.walk import Unwatched
from surveillance.topics import read_topic
from tests.triage_desk import PASSWORD, PEOPLE, served
from tests.triage_desk import Page as Served

pytestmark = pytest.mark.slow

AT = f"/topics/{EXAMPLE}"
PAGES = {
    "first": (Role.REVIEWER, "/"),
    "week": (Role.REVIEWER, AT),
    "screen": (Role.REVIEWER, f"{AT}/screen"),
    "reports": (Role.REVIEWER, f"{AT}/reports"),
    "report": (Role.REVIEWER, f"{AT}/reports/34"),
    "why": (Role.REVIEWER, f"{AT}/reports/34/why"),
    "figures": (Role.REVIEWER, f"{AT}/figures"),
    "duplicates": (Role.REVIEWER, f"{AT}/duplicates"),
    "links": (Role.REVIEWER, f"{AT}/links"),
    "signals": (Role.GUIDANCE, f"/signals?topic={EXAMPLE}"),
    "signal": (Role.GUIDANCE, "/signals/2"),
    "me": (Role.REVIEWER, "/me"),
    "missing": (Role.REVIEWER, "/nowhere"),
}
#: What a page answers with, where that is not 200.
STATUS = {"missing": 404}
#: Which of them the docs show, and how high a window they need.
SHOWN = {"week": 1500, "screen": 980, "signal": 1200}


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demonstrated")
    make_workspace(folder)
    topic = read_topic(folder / "search_strategies" / EXAMPLE)
    for _ in demonstrate(topic, folder, Unwatched()):
        pass
    with served(folder, f"sqlite:///{folder / 'surveil.db'}", banner=BANNER) as page:
        yield page


@pytest.fixture(scope="module")
def people(browser: Browser, demonstrated: Served) -> Iterator[dict[Role, Page]]:
    """Somebody of each role, signed in."""
    contexts = {role: browser.new_context(viewport={"width": 1100, "height": 900}) for role in Role}
    pages = {}
    for role, context in contexts.items():
        pages[role] = context.new_page()
        pages[role].goto(f"{demonstrated.url}/sign-in")
        pages[role].fill("#name", PEOPLE[role])
        pages[role].fill("#password", PASSWORD)
        pages[role].click("button.main")
    yield pages
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(name: str, demonstrated: Served, people: dict[Role, Page]) -> None:
    role, path = PAGES[name]
    page = people[role]
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(f"{demonstrated.url}{path}")
    assert answer is not None
    page.wait_for_load_state("networkidle")
    assert answer.status == STATUS.get(name, 200)
    assert [one for one in faults if f"{answer.status}" not in one] == []
    assert [one for one in asked if not one.startswith((demonstrated.url, "data:"))] == []
    picture(name, page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        serious = [one for one in found if one["impact"] in {"serious", "critical"}]
        told = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in serious]
        assert told == [], f"{name}, {scheme}"
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_twice_the_size(
    name: str, demonstrated: Served, people: dict[Role, Page]
) -> None:
    role, path = PAGES[name]
    page = people[role]
    # A phone; and a window of 1,100 points at 200 %, which has half as many.
    for width in (360, 550):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(f"{demonstrated.url}{path}")
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width + 1, f"{name} is {wide} wide in a window of {width}"
    page.set_viewport_size({"width": 1100, "height": 900})


def test_a_person_signs_in_and_moves_about_with_the_keyboard_alone(
    browser: Browser, demonstrated: Served
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demonstrated.url}/sign-in")
    page.keyboard.type(PEOPLE[Role.REVIEWER])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demonstrated.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demonstrated.url}{AT}")
    context.close()


def picture(name: str, page: Page) -> None:
    folder = os.environ.get("SURVEIL_PICTURES")
    if folder and name in SHOWN:
        page.set_viewport_size({"width": 1100, "height": SHOWN[name]})
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size({"width": 1100, "height": 900})
