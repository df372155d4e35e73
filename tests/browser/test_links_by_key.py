"""Doubtful links answered in a real browser, by key alone, on a page that is sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from surveillance.accounts import Role
from tests.doubtful_links import doubtful_world
from tests.small_world import FIRST
from tests.triage.test_links_room import ROOM, Desk
from tests.triage_desk import PASSWORD, PEOPLE, served
from tests.world import Backend

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


@pytest.fixture
def desk(backend: Backend, tmp_path: Path) -> Iterator[Desk]:
    with doubtful_world(tmp_path) as world:
        world.run(FIRST)
        with served(world.workspace, world.settings.store_url) as page:
            yield Desk(page, world)


@pytest.fixture
def tab(browser: Browser, desk: Desk) -> Iterator[Tab]:
    """A reviewer signed in at the room."""
    context = browser.new_context(viewport={"width": 360, "height": 700})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.goto(f"{desk.page.url}/sign-in?next={ROOM}")
    opened.fill("#name", PEOPLE[Role.REVIEWER])
    opened.fill("#password", PASSWORD)
    opened.click("button.main")
    expect(opened.locator("h1")).to_have_text("Doubtful links: 1 of 4")
    yield opened
    context.close()


def test_answers_skips_and_undo_take_a_key_each(desk: Desk, tab: Tab) -> None:
    told = tab.locator("main .told")
    tab.keyboard.press("d")
    expect(told).to_contain_text("not its report")
    tab.keyboard.press("k")
    expect(tab.locator("h1")).to_have_text("Doubtful links: 2 of 3")
    tab.fill("#reason", "sad dusk")  # whose letters are keys elsewhere
    tab.locator("body").click(position={"x": 1, "y": 1})
    tab.keyboard.press("s")
    expect(told).to_contain_text("its report now")
    tab.keyboard.press("u")
    expect(told).to_have_text("Your last answer is taken back.")
    assert [verdict for _, _, verdict in desk.said()] == ["different", "same", "taken back"]
    assert desk.world.rows("link_word")[1]["reason"] == "sad dusk"


def test_the_page_is_sound_on_a_phone_in_light_and_dark(tab: Tab) -> None:
    assert tab.evaluate("document.documentElement.scrollWidth") <= 361
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        found = Axe().run(tab).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
