"""The strategies' pages: what a specialist reads there, signs, and what is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from db import strategies as strategy_rows
from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE
from surveillance.pipeline.running import run_topic
from surveillance.strategy.strategy import content_hash
from surveillance.topics import read_topic
from surveillance.triage.aside import Aside
from surveillance.triage.looking import LONGEST, Asked, Looked, look_at
from tests.small_world import FIRST, SECOND, Article, small_world
from tests.triage_desk import PEOPLE, Page, csrf, served
from tests.world import World, store_url, world

pytestmark = pytest.mark.sqlite

HOME = f"/topics/{EXAMPLE}/strategies"
#: 999 lines of Cochrane's, each all lines before it: reading alone would take half a minute.
ENDLESS = "\n".join(
    [f"#{n} word{n}:ti" for n in range(1, 500)]
    + [f"#{n} {{OR #1-#{n - 1}}}" for n in range(500, 1000)]
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The example topic after its first run."""
    with world(tmp_path_factory.mktemp("ran")) as made:
        run_topic(made.topic, made.settings, until=made.simulator.as_of)
        yield made


@pytest.fixture(scope="module")
def page(ran: World) -> Iterator[Page]:
    with served(ran.folder, store_url(ran.folder), path="/surveillance") as made:
        yield made


@pytest.fixture
def file(ran: World) -> Iterator[Path]:
    """The MEDLINE strategy's file, put back as it was."""
    found = ran.topic.folder / "medline.ovid.txt"
    was = found.read_text(encoding="utf-8")
    yield found
    found.write_text(was, encoding="utf-8")


def words(html: str) -> str:
    """What is read on a page, without its tags."""
    plain = re.sub(r"<(?!/?(?:mark|sup|code|del|ins)\b)[^>]+>", " ", html)
    plain = re.sub(r"<[^>]+>", "", plain)
    return " ".join(unescape(plain).split())


def row(html: str, begins: str) -> str:
    """The words of the table row whose header cell begins so."""
    rows = [words(one) for one in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
    return next(one for one in rows if one.startswith(begins))


def test_the_list_says_what_each_strategy_is_and_counts(page: Page) -> None:
    with page.signed_in() as client:
        html = client.get(HOME).text
    assert "MEDLINE ALL (Ovid) ovid-medline" in row(html, "medline")
    assert "not signed off" in row(html, "medline")
    assert row(html, "medline").endswith("386 2 August 2024 55 2 August 2024 2 August 2024")
    assert 'href="/surveillance/topics/' in html


def test_a_line_stands_with_its_published_and_newest_counts(page: Page) -> None:
    with page.signed_in() as client:
        html = client.get(f"{HOME}/medline").text
    assert row(html, "1 targeted muscle").startswith("1 targeted muscle reinnervation.tw. 294 ")
    assert "PubMed, 2 August 2024" in words(html)


def test_a_finding_is_marked_where_it_stands(page: Page) -> None:
    with page.signed_in() as client:
        html = client.get(f"{HOME}/medline").text
    assert '<mark class="finding">cut*</mark><sup class="at">' in html
    assert "“cut*” finds every word that begins with cut." in words(html)
    assert "line 31 of the file, column 19" in words(html)


def test_a_loss_is_marked_in_the_strategy_and_in_the_query(page: Page) -> None:
    with page.signed_in() as client:
        html = unescape(client.get(f"{HOME}/medline").text)
    assert '<mark class="loss">targeted muscle reinnervation</mark><sup class="at">L2</sup>' in html
    assert (
        '<mark class="loss">"targeted muscle reinnervation"[tiab:~0]</mark>'
        '<sup class="at">L2</sup>' in html
    )
    assert "finds more the words next to each other in any order" in words(html)


def test_known_items_stand_with_the_lines_that_find_them(page: Page, file: Path) -> None:
    with page.signed_in() as client:
        before = row(client.get(f"{HOME}/medline").text, "Dumanian")
        file.write_text("1 , nothing of the kind.tw. , 5\n", encoding="utf-8")
        after = row(client.get(f"{HOME}/medline").text, "Dumanian")
    assert "found" in before
    assert "1 , 2 , 3 , 6" in before
    assert after.endswith("missed –")


def test_a_specialist_signs_the_version_that_was_read(page: Page, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    with page.signed_in(Role.SPECIALIST) as client:
        told = {"csrf": csrf(client), "version": content_hash(text), "note": "PRESS <b>"}
        answer = client.post(f"{HOME}/medline", data=told)
        html = client.get(answer.headers["location"].removeprefix("/surveillance")).text
    assert answer.status_code == 303
    assert f"is signed off by {PEOPLE[Role.SPECIALIST]}." in words(html)
    assert "PRESS &lt;b&gt;" in html
    with page.store.snapshot() as session:
        signed = strategy_rows.sign_offs(session, EXAMPLE).get("medline", [])
    assert [(one.signed_by, one.version) for one in signed] == [
        (PEOPLE[Role.SPECIALIST], content_hash(text))
    ]


def test_a_text_that_changed_meanwhile_is_not_signed(page: Page, file: Path) -> None:
    read = content_hash(file.read_text(encoding="utf-8"))
    with page.store.snapshot() as session:
        before = strategy_rows.sign_offs(session, EXAMPLE).get("medline", [])
    file.write_text("1 , something else.tw. , 5\n", encoding="utf-8")
    with page.signed_in(Role.SPECIALIST) as client:
        told = {"csrf": csrf(client), "version": read, "note": "what I looked at"}
        answer = client.post(f"{HOME}/medline", data=told)
    assert answer.status_code == 409
    assert "is another by now than the one that you have read" in words(answer.text)
    assert "what I looked at" in answer.text
    assert content_hash(file.read_text(encoding="utf-8")) in answer.text
    with page.store.snapshot() as session:
        assert strategy_rows.sign_offs(session, EXAMPLE).get("medline", []) == before


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.GUIDANCE, Role.ADMIN])
def test_who_may_not_sign_sees_no_form_and_is_refused(page: Page, role: Role, file: Path) -> None:
    version = content_hash(file.read_text(encoding="utf-8"))
    with page.signed_in(role) as client:
        assert "Sign off version" not in client.get(f"{HOME}/medline").text
        form = {"csrf": csrf(client), "version": version}
        assert client.post(f"{HOME}/medline", data=form).status_code == 403


def test_two_versions_side_by_side_with_what_the_change_found(tmp_path: Path) -> None:
    made = small_world(tmp_path)
    made.layer(FIRST, [Article(90001001), Article(90001002, "Neuroma", "Of a nerve.")])
    with made.serving():
        # Words alone: without MeSH an exploded heading is open on every record.
        file = made.topic.folder / "medline.ovid.txt"
        before = "1 , (stump* adj3 pain*).tw. , 5\n2 , same.tw.\n3 , 1 or 2\n"
        file.write_text(before, encoding="utf-8")
        made.run(FIRST)
        after = before.replace("(stump* adj3 pain*)", "(neuroma* or <script>alert)")
        file.write_text(after, encoding="utf-8")
        made.run(SECOND)
        pair = {"before": content_hash(before), "after": content_hash(after)}
        store = store_url(made.workspace)
        with served(made.workspace, store) as page, page.signed_in() as client:
            home = "/topics/small/strategies/medline"
            html = client.get(home, params=pair).text
            unknown = client.get(home, params={**pair, "before": "0" * 64})
            versions = words(client.get(home).text)
    assert "because its text changed" in words(html)
    assert "Gained 1 record: 90001002" in words(html)
    assert "Lost 1 record: 90001001" in words(html)
    assert "≠ changed" in words(html)
    assert "<script>alert" not in html
    assert "<del>" in html
    assert "<ins>" in html
    assert unknown.status_code == 404
    assert content_hash(before)[:10] in versions
    assert f"{content_hash(after)[:10]} now" in versions


@pytest.mark.parametrize("path", [f"{HOME}/no-such", "/topics/no-such/strategies", f"{HOME}/a/b"])
def test_what_is_not_there_is_not_found(page: Page, path: str) -> None:
    with page.signed_in() as client:
        assert client.get(path).status_code == 404


def test_a_strategy_with_any_name_has_its_page(page: Page, ran: World) -> None:
    topic = ran.topic.folder / "topic.toml"
    was = topic.read_text(encoding="utf-8")
    name = "a/b <i>?"
    topic.write_text(was.replace('name = "cdsr"', f'name = "{name}"'), encoding="utf-8")
    try:
        assert read_topic(topic.parent).strategy(name)
        with page.signed_in() as client:
            answer = client.get(f"{HOME}/{quote(name, safe='')}")
            assert f"/strategies/{quote(name, safe='')}" in client.get(HOME).text
    finally:
        topic.write_text(was, encoding="utf-8")
    assert answer.status_code == 200
    assert "a/b &lt;i&gt;?" in answer.text


def pasted(
    client: httpx.Client, text: str, headers: dict[str, str] | None = None, **more: str
) -> httpx.Response:
    told = {"csrf": csrf(client), "text": text, **more}
    return client.post("/strategy", data=told, headers=headers)


def test_what_is_pasted_is_read_without_a_script(page: Page) -> None:
    with page.signed_in(Role.GUIDANCE) as client:
        html = pasted(
            client, "1 exp Amputation Stumps/\r\n2 stump*.tw.\r\n3 cut*.ti.\r\n4 1 and 2"
        ).text
    assert "Read as ovid-medline: 4 lines." in words(html)
    assert '<mark class="finding">cut*</mark>' in html
    assert '"Amputation Stumps"[mh] AND stump*[tiab]' in words(html)
    assert "2 stump*.tw.\n3 cut*.ti.\n4 1 and 2</textarea>" in html


def test_a_script_gets_the_part_alone(page: Page) -> None:
    with page.signed_in() as client:
        answer = pasted(client, "neuroma[tiab]", {"HX-Request": "true"}, target="europepmc")
    assert "<html" not in answer.text
    assert "The query for Europe PMC" in words(answer.text)


def test_known_items_of_a_topic_are_held_against_what_is_pasted(page: Page) -> None:
    with page.signed_in() as client:
        html = pasted(client, "targeted muscle reinnervation.tw.", topic=EXAMPLE).text
    assert "found" in row(html, "Dumanian")


def test_pasted_script_stays_text(page: Page) -> None:
    with page.signed_in() as client:
        html = pasted(client, "1 <script>alert(1)</script>.tw.\n2 </textarea><script>x").text
    assert "<script>alert" not in html
    assert "<script>x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("field", ["dialect", "target", "topic"])
def test_what_is_not_in_the_lists_is_refused(page: Page, field: str) -> None:
    with page.signed_in() as client:
        told = {"csrf": csrf(client), "text": "neuroma", field: "klingon"}
        assert client.post("/strategy", data=told).status_code == 422


def test_a_text_longer_than_any_strategy_is_refused_in_words(page: Page) -> None:
    with page.signed_in() as client:
        answer = pasted(client, "x" * (LONGEST + 1))
    assert answer.status_code == 422
    assert "a page reads up to 200,000" in words(answer.text)


def test_a_form_of_another_site_is_not_read(page: Page) -> None:
    with page.signed_in() as client:
        assert client.post("/strategy", data={"text": "x", "csrf": "?"}).status_code == 403


def test_a_hostile_text_is_given_up_and_the_next_is_read() -> None:
    aside = Aside(seconds=2.0)
    try:
        aside.look_at(Asked(text="neuroma[tiab]"))
        begun = time.monotonic()
        with pytest.raises(Exception, match="took longer than 2 seconds"):
            aside.look_at(Asked(text=ENDLESS, dialect="cochrane"))
        assert time.monotonic() - begun < 6
        found = aside.look_at(Asked(text="neuroma[tiab]\n"))
        assert found.translation.query == "neuroma[tiab]"
    finally:
        aside.close()


def breaks_off(asked: Asked) -> Looked:
    """What a fault of ours, or a lack of memory, would do to the process."""
    raise SystemExit(3)


def test_a_reader_that_breaks_off_is_told_in_words() -> None:
    aside = Aside(look=breaks_off)
    try:
        with pytest.raises(Exception, match="reading it broke off"):
            aside.look_at(Asked(text="neuroma"))
    finally:
        aside.close()


def test_what_was_read_once_is_kept_until_a_file_changes(tmp_path: Path) -> None:
    mapping = tmp_path / "emtree.toml"
    mapping.write_text(
        '[[headings]]\nname = "stump"\nreason = "r"\nwords = ["stump pain"]\n', encoding="utf-8"
    )
    asked = Asked(text="1 stump/", dialect="ovid-embase", mapping=mapping)
    aside = Aside()
    try:
        first = aside.look_at(asked)
        assert aside.look_at(asked) is first
        mapping.write_text(
            '[[headings]]\nname = "stump"\nreason = "r"\nwords = ["neuroma"]\n', encoding="utf-8"
        )
        assert "neuroma" in aside.look_at(asked).translation.query
    finally:
        aside.close()


def test_more_findings_than_a_page_holds_are_counted() -> None:
    looked = look_at(Asked(text='"' * 2_000, dialect="cochrane"))
    assert len(looked.findings) == 500
    assert looked.more_findings > 500
