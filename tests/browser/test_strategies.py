"""A specialist in a browser: a strategy read while it is typed, and pages that anybody can read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE, make_workspace
from tests.triage_desk import PASSWORD, PEOPLE, served
from tests.triage_desk import Page as Served
from tests.world import store_url

pytestmark = pytest.mark.sqlite
HOME = f"/topics/{EXAMPLE}/strategies"
#: What axe calls worse than moderate.
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def served_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("strategies")
    make_workspace(folder)
    with served(folder, store_url(folder), path="/surveillance") as made:
        yield made


@pytest.fixture
def person(browser: Browser, served_page: Served) -> Iterator[Page]:
    """Somebody who has signed in as administrator; no script may fail."""
    context = browser.new_context()
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda fault: failures.append(str(fault)))
    page.on("console", lambda told: failures.append(told.text) if told.type == "error" else None)
    page.goto(f"{served_page.url}/sign-in")
    page.fill("#name", PEOPLE[Role.ADMIN])
    page.fill("#password", PASSWORD)
    page.click("button.main")
    yield page
    context.close()
    assert failures == []


def test_what_is_typed_is_read_without_a_button(person: Page, served_page: Served) -> None:
    person.goto(f"{served_page.url}/strategy")
    person.locator("#text").press_sequentially("1 cut*.tw.\n2 (open.ti.")
    expect(person.locator("#seen")).to_contain_text("2 lines", timeout=60_000)
    expect(person.locator("#seen")).to_contain_text("finds every word that begins with cut")
    person.select_option("#target", "europepmc")
    expect(person.locator("#seen")).to_contain_text("The query for Europe PMC", timeout=60_000)
    person.locator("#text").press_sequentially("\n3 1 or 2")
    expect(person.locator("#seen")).to_contain_text("3 lines", timeout=60_000)
    expect(person.locator("#text")).to_be_focused()


def test_a_password_is_shown_to_whoever_sets_it(person: Page, served_page: Served) -> None:
    person.goto(f"{served_page.url}/people")
    person.fill("#password", "four words to keep")
    person.get_by_role("button", name="Show the password").click()
    expect(person.locator("#password")).to_have_attribute("type", "text")
    person.get_by_role("button", name="Hide the password").click()
    expect(person.locator("#password")).to_have_attribute("type", "password")


@pytest.mark.parametrize(
    "path", [HOME, f"{HOME}/medline", "/strategy", "/people", "/people/1", "/audit", "/api"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    browser: Browser, person: Page, served_page: Served, path: str, scheme: str
) -> None:
    person.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    person.goto(f"{served_page.url}{path}")
    found = Axe().run(person)
    worse = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary", "")[:300])
        for one in found.response["violations"]
        if one["impact"] in SERIOUS
    ]
    assert worse == []


@pytest.mark.parametrize(
    "path", [HOME, f"{HOME}/medline", "/strategy", "/people", "/audit", "/api"]
)
def test_on_a_phone_and_at_twice_the_size_nothing_hangs_over(
    person: Page, served_page: Served, path: str
) -> None:
    """A phone is as wide as a screen of 780 pixels at 200 %."""
    person.set_viewport_size({"width": 390, "height": 800})
    person.goto(f"{served_page.url}{path}")
    assert person.evaluate("document.documentElement.scrollWidth") <= 390
