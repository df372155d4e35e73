"""Doubtful pairs answered in a real browser, by key alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from surveillance.accounts import Role
from surveillance.cli.topics import make_workspace
from tests.triage.test_duplicates_room import ROOM, Desk, fill
from tests.triage_desk import PASSWORD, PEOPLE, served
from tests.world import Backend, fresh_store, store_url

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


@pytest.fixture
def desk(backend: Backend, tmp_path: Path) -> Iterator[Desk]:
    make_workspace(tmp_path)
    with fresh_store(tmp_path), served(tmp_path, store_url(tmp_path)) as page:
        yield Desk(page, fill(page.store))


@pytest.fixture
def tab(browser: Browser, desk: Desk) -> Iterator[Tab]:
    """A reviewer signed in at the room."""
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.goto(f"{desk.page.url}/sign-in?next={ROOM}")
    opened.fill("#name", PEOPLE[Role.REVIEWER])
    opened.fill("#password", PASSWORD)
    opened.click("button.main")
    expect(opened.locator("h1")).to_have_text("Doubtful pairs: 1 of 3")
    yield opened
    context.close()


def test_answers_skips_and_undo_take_a_key_each(desk: Desk, tab: Tab) -> None:
    told = tab.locator("main .told")
    tab.keyboard.press("d")
    expect(told).to_have_text("Kept apart.")
    tab.keyboard.press("k")
    expect(tab.locator("h1")).to_have_text("Doubtful pairs: 2 of 2")
    tab.keyboard.press("r")
    expect(told).to_have_text("Kept apart, as reports of one study.")
    tab.keyboard.press("u")
    expect(told).to_have_text("Your last answer is taken back.")
    assert [row[:2] for row in desk.rows()] == [
        ("34", "different"), ("24", "different"), ("24", "doubtful"),
    ]  # fmt: skip


def test_a_second_press_before_the_next_pair_is_there_answers_nothing(desk: Desk, tab: Tab) -> None:
    tab.evaluate(
        """() => { for (const _ of [1, 2, 3]) document.body.dispatchEvent(
            new KeyboardEvent("keydown", {key: "d", bubbles: true})) }"""
    )
    expect(tab.locator("main .told")).to_have_text("Kept apart.")
    assert len(desk.rows()) == 1


def test_keys_that_are_switched_off_do_nothing_and_are_not_shown(desk: Desk, tab: Tab) -> None:
    expect(tab.locator("kbd").first).to_be_visible()
    tab.uncheck("#keys")
    tab.keyboard.press("d")
    tab.reload()
    expect(tab.locator("#keys")).not_to_be_checked()
    expect(tab.locator("kbd").first).to_be_hidden()
    tab.keyboard.press("s")
    tab.wait_for_timeout(500)
    assert desk.rows() == []
