"""Signals on the page: what is listed, what one says, what people do, and the guidance's log."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import httpx
import pytest

from db import signal_history as history_rows
from db import signals as signal_rows
from db import studies as study_rows
from db.signals import Raising, StoredSignal
from db.studies import save_registrations
from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline.signal_lines import signal_lines
from surveillance.pipeline.signal_words import decide_guidance, say
from surveillance.records import Payload
from surveillance.signals.history import Happening, Status
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.studies.reading import CLINICALTRIALS_JSON
from surveillance.studies.weight import Weight
from surveillance.triggers import Trigger
from tests.small_world import study
from tests.triage_desk import PEOPLE, Page, csrf, served
from tests.world import Backend, fresh_store, store_url

pytestmark = pytest.mark.sqlite

DAY = date(2025, 1, 31)
HOSTILE = "<script>alert(1)</script>"
NCT = "NCT90000001"


def signal(
    subject: str,
    weight: Weight = Weight.HIGH,
    *,
    recommendations: tuple[str, ...] = ("1.1",),
    evidence: tuple[Evidence, ...] = (),
    headline: str = "",
) -> Signal:
    return Signal(
        topic=EXAMPLE,
        kind=Kind.REGISTRATION_CHANGED,
        subject=subject,
        key=signal_key(Kind.REGISTRATION_CHANGED, subject),
        weight=weight,
        headline=headline or f"{subject} changed",
        sentence=f"Something about {subject} is another.",
        recommendations=recommendations,
        words=("stump",),
        evidence=evidence,
        triggers=(Trigger.TRIAL_CHANGED,),
    )


def registration(title: str, completion: str) -> Payload:
    document = study(NCT, title)
    status = document["protocolSection"]["statusModule"]
    status["startDateStruct"] = {"date": "2023-01"}
    status["primaryCompletionDateStruct"] = {"date": completion, "type": "ESTIMATED"}
    return Payload(str(document).replace("'", '"').encode(), CLINICALTRIALS_JSON)


@pytest.fixture
def page(backend: Backend, tmp_path: Path) -> Iterator[Page]:
    make_workspace(tmp_path)
    with fresh_store(tmp_path), served(tmp_path, store_url(tmp_path)) as made:
        raise_signals(
            made,
            signal("NCT90000009", Weight.LOW),
            signal(
                NCT,
                recommendations=("1.1", "1.4"),
                evidence=(
                    Evidence(Shown.REGISTRATION, NCT, "the trial", "2025-01-01"),
                    Evidence(Shown.DOI, "10.1/x?javascript:alert(1)", "the report"),
                    Evidence(Shown.SEARCH, "javascript:alert(1)", HOSTILE),
                ),
                headline=f"{HOSTILE} moved",
            ),
            signal("a search", Weight.MEDIUM, recommendations=()),
        )
        with made.store.transaction() as session:
            for day, completion in ((date(2024, 8, 2), "2026-01"), (DAY, "2027-06")):
                documents = [(NCT, registration(HOSTILE, completion))]
                save_registrations(
                    session,
                    documents,
                    topic=EXAMPLE,
                    route=study_rows.WATCHED,
                    search_id=None,
                    seen_on=day,
                )
        yield made


def raise_signals(page: Page, *signals: Signal, day: date = DAY) -> None:
    with page.store.transaction() as session:
        signal_rows.save_signals(session, Raising(EXAMPLE, day, whole=False), signals)


def stored(page: Page, number: int) -> StoredSignal:
    with page.store.snapshot() as session:
        found = signal_rows.signal_by_id(session, number)
    assert found is not None
    return found


def words(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def form(client: httpx.Client, path: str) -> dict[str, str]:
    """The hidden fields of a page's last form but signing out."""
    fields = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', client.get(path).text
    )
    return dict(fields)


def said(page: Page, number: int) -> list[tuple[Happening, str, str]]:
    return [(one.what, one.made_by, one.reason) for one in stored(page, number).events]


# The list


def test_signals_stand_by_recommendation_the_heaviest_first(page: Page) -> None:
    with page.signed_in() as client:
        text = client.get(f"/signals?topic={EXAMPLE}").text
    headings = re.findall(r'<h2 id="group-\d+">([^<]+)', text)
    assert headings == ["Recommendation 1.1", "Recommendation 1.4", "No recommendation"]
    assert re.findall(r'href="/signals/(\d+)"', text) == ["2", "1", "2", "3"]
    assert "31 January 2025" in text
    assert "Meets: trial changed" in text


def test_what_nobody_settled_comes_first(page: Page) -> None:
    say(page.store, 2, Happening.DISMISSED, by="Ann", reason="another operation")
    with page.signed_in() as client:
        text = client.get(f"/signals?topic={EXAMPLE}").text
    assert re.findall(r'href="/signals/(\d+)"', text)[:2] == ["1", "2"]
    assert "3 signals; 2 open" in text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=dismissed", {"2"}),
        ("status=open", {"1", "3"}),
        ("weight=medium", {"3"}),
        ("recommendation=1.4", {"2"}),
        ("recommendation=No+recommendation", {"3"}),
        ("weight=unheard-of", set()),
    ],
)
def test_the_list_can_be_narrowed(page: Page, query: str, numbers: set[str]) -> None:
    say(page.store, 2, Happening.DISMISSED, by="Ann", reason="another operation")
    with page.signed_in() as client:
        text = client.get(f"/signals?topic={EXAMPLE}&{query}").text
    assert set(re.findall(r'href="/signals/(\d+)"', text)) == numbers


def test_a_long_list_is_turned_over_and_loses_nothing(page: Page) -> None:
    raise_signals(page, *(signal(f"trial {n}", recommendations=("1.6",)) for n in range(70)))
    with page.signed_in() as client:
        first = client.get(f"/signals?topic={EXAMPLE}").text
        more = re.search(r'<a href="([^"]+)">(\d+) more on Recommendation 1.6', first)
        assert more and more[2] == "50"
        link, seen = unescape(more[1]), set[str]()
        while link:
            text = client.get(link).text
            seen |= set(re.findall(r'href="/signals/(\d+)"', text))
            later = re.search(r'<a href="([^"]+)">Later', text)
            link = unescape(later[1]) if later else ""
    assert len(seen) == 70


def test_an_unknown_topic_is_told_of(page: Page) -> None:
    with page.signed_in() as client:
        answer = client.get("/signals?topic=..")
    assert answer.status_code == 404
    assert "there is no topic" in words(answer)


# One signal


def test_a_signal_is_shown_whole_and_nothing_in_it_runs(page: Page) -> None:
    with page.signed_in() as client:
        answer = client.get("/signals/2")
    told = words(answer)
    assert "Something about NCT90000001 is another." in told
    assert "Words stump" in told
    assert f"{HOSTILE} moved" in told
    assert HOSTILE not in answer.text
    links = re.findall(r'<a href="([^"]+)" rel="noreferrer">', answer.text)
    assert links == [
        f"https://clinicaltrials.gov/study/{NCT}",
        "https://doi.org/10.1/x%3Fjavascript%3Aalert%281%29",
    ]


def test_the_trial_is_drawn_and_told_in_words(page: Page) -> None:
    with page.signed_in() as client:
        answer = client.get("/signals/2")
        (drawing,) = re.findall(r"<svg class=\"timeline\".*?</svg>", answer.text, re.DOTALL)
        assert drawing.count('class="primary"') == 3  # two versions, and the legend
        assert 'class="weight high"' in drawing
        assert "Primary completion moved by 17 months, from 2026-01 to 2027-06." in words(answer)
        assert "style=" not in answer.text
        assert client.get("/signals/1").text.count("<svg") == 0


def test_opening_is_seeing_for_those_who_may_judge(page: Page) -> None:
    for role in (Role.REVIEWER, Role.SPECIALIST, Role.ADMIN):
        with page.signed_in(role) as client:
            assert client.get("/signals/2").status_code == 200
    with page.signed_in(Role.GUIDANCE) as client:
        for _ in range(2):
            client.get("/signals/2")
    patience = time.monotonic() + 10
    while stored(page, 2).status is Status.OPEN and time.monotonic() < patience:
        time.sleep(0.05)
    assert said(page, 2)[1:] == [(Happening.SEEN, PEOPLE[Role.GUIDANCE], "")]


@pytest.mark.parametrize("path", ["/signals/99", "/signals/0", f"/signals/{10**30}", "/signals/x"])
def test_what_is_not_there_is_said_plainly(page: Page, path: str) -> None:
    with page.signed_in() as client:
        answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "no signal 99" in words(answer) or "cannot be used" in words(answer)


# What becomes of it


@pytest.mark.parametrize(
    ("what", "status"),
    [("dismissed", Status.DISMISSED), ("acted on", Status.ACTED_ON), ("reopened", Status.OPEN)],
)
def test_a_word_with_its_reason_is_kept(page: Page, what: str, status: Status) -> None:
    with page.signed_in(Role.GUIDANCE) as client:
        told = {**form(client, "/signals/2"), "what": what, "reason": "asked the chair"}
        answer = client.post("/signals/2", data=told)
        assert answer.status_code == 303
        shown = words(client.get(answer.headers["location"]))
    assert stored(page, 2).status is status
    assert (Happening(what), PEOPLE[Role.GUIDANCE], "asked the chair") in said(page, 2)
    assert f"It is kept: {status}." in shown
    assert "asked the chair" in shown


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"what": "dismissed", "reason": "  "}, "a reason is needed"),
        ({"what": "dismissed", "reason": "x" * 10_000}, "a reason has at most"),
        ({"what": "seen", "reason": "kept text"}, "choose what becomes of the signal"),
        ({"what": "", "reason": "kept text"}, "choose what becomes of the signal"),
    ],
)
def test_a_fault_stands_by_the_form_and_what_was_typed_is_kept(
    page: Page, told: dict[str, str], sentence: str
) -> None:
    with page.signed_in(Role.GUIDANCE) as client:
        answer = client.post("/signals/1", data={**form(client, "/signals/1"), **told})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "--reason" not in answer.text
    assert f">{told['reason']}</textarea>" in answer.text
    assert 'aria-describedby="words-fault"' in answer.text
    assert Happening.DISMISSED not in [what for what, *_ in said(page, 1)]


def test_two_people_at_once_never_overwrite_each_other(page: Page) -> None:
    page.add("Second Guide", Role.GUIDANCE)
    with page.signed_in(Role.GUIDANCE) as first, page.signed_in(name="Second Guide") as second:
        mine, theirs = form(first, "/signals/2"), form(second, "/signals/2")
        told = {**theirs, "what": "acted on", "reason": "wrote to the trialists"}
        assert second.post("/signals/2", data=told).status_code == 303
        late = {**mine, "what": "dismissed", "reason": "not for us"}
        answer = first.post("/signals/2", data=late)
        assert answer.status_code == 409
        assert "something happened to this signal since you opened it" in words(answer)
        assert "wrote to the trialists" in words(answer)
        assert ">not for us</textarea>" in answer.text
        assert stored(page, 2).status is Status.ACTED_ON
        again = {**late, "edition": str(stored(page, 2).edition)}
        assert first.post("/signals/2", data=again).status_code == 303
    assert stored(page, 2).status is Status.DISMISSED


def test_a_run_that_learnt_more_counts_as_a_change(page: Page) -> None:
    with page.signed_in(Role.GUIDANCE) as client:
        told = {**form(client, "/signals/1"), "what": "dismissed", "reason": "small"}
        raise_signals(page, signal("NCT90000009", Weight.HIGH), day=date(2025, 2, 7))
        answer = client.post("/signals/1", data=told)
    assert answer.status_code == 409
    assert "version 2" in words(answer)
    assert Happening.DISMISSED not in [what for what, *_ in said(page, 1)]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SPECIALIST, Role.ADMIN])
def test_only_the_guidance_role_judges(page: Page, role: Role) -> None:
    with page.signed_in(role) as client:
        assert "<textarea" not in client.get("/signals/2").text
        told = {"csrf": csrf(client), "edition": "1", "what": "dismissed", "reason": "x"}
        assert client.post("/signals/2", data=told).status_code == 403
        path = f"/topics/{EXAMPLE}/guidance"
        assert "<textarea" not in client.get(path).text
        told = {"csrf": csrf(client), "after": "0", "decision": "update", "reason": "x"}
        assert client.post(path, data=told).status_code == 403
    assert stored(page, 2).status is Status.OPEN
    with page.store.snapshot() as session:
        assert history_rows.decisions_of(session, EXAMPLE) == []


# The guidance


def test_a_decision_names_the_signals_that_were_ticked(page: Page) -> None:
    say(page.store, 1, Happening.ACTED_ON, by="Ann", reason="asked")
    path = f"/topics/{EXAMPLE}/guidance"
    with page.signed_in(Role.GUIDANCE) as client:
        text = client.get(path).text
        assert re.findall(r'name="signal" value="(\d+)" checked', text) == ["1"]
        told = {**form(client, path), "decision": "refresh", "reason": "wording"}
        answer = client.post(path, data={**told, "signal": ["2", "3"]})
        assert answer.status_code == 303
        shown = words(client.get(path))
    with page.store.snapshot() as session:
        ((_, made),) = history_rows.decisions_of(session, EXAMPLE)
    assert (made.decision, made.reason, made.made_by) == (
        "refresh", "wording", PEOPLE[Role.GUIDANCE],
    )  # fmt: skip
    assert made.signals == (stored(page, 2).signal.key, stored(page, 3).signal.key)
    assert "2 <script>alert(1)</script> moved" in shown


def test_a_form_of_very_many_signals_lists_the_heaviest_and_any_other_from_its_page(
    page: Page,
) -> None:
    light = [signal(f"trial {n}", weight=Weight.LOW) for n in range(120)]
    raise_signals(page, *light)
    path = f"/topics/{EXAMPLE}/guidance"
    with page.signed_in(Role.GUIDANCE) as client:
        listed = re.findall(r'name="signal" value="(\d+)"', client.get(path).text)
        assert len(listed) == 100
        with page.store.snapshot() as session:
            lines = {one.id: one for one in signal_lines(session, EXAMPLE)}
        left = lines.keys() - set(map(int, listed))
        assert f"{len(left)} lighter ones are not listed" in words(client.get(path))
        heaviest_left = min(lines[number].weight.rank for number in left)
        assert all(lines[int(one)].weight.rank <= heaviest_left for one in listed)
        other = min(left)
        link = re.search(r'href="([^"]+guidance\?[^"]+)"', client.get(f"/signals/{other}").text)
        assert link
        text = client.get(unescape(link[1])).text
        assert re.findall(r'name="signal" value="(\d+)" checked', text) == [str(other)]


def test_a_decision_on_no_signal_is_on_none(page: Page) -> None:
    say(page.store, 1, Happening.ACTED_ON, by="Ann", reason="asked")
    path = f"/topics/{EXAMPLE}/guidance"
    with page.signed_in(Role.GUIDANCE) as client:
        told = {**form(client, path), "decision": "no update", "reason": "nothing new"}
        client.post(path, data=told)
    with page.store.snapshot() as session:
        ((_, made),) = history_rows.decisions_of(session, EXAMPLE)
    assert made.signals == ()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"decision": "update", "reason": ""}, "a reason is needed"),
        ({"decision": "rewrite", "reason": "kept"}, "is no decision"),
        ({"decision": "update", "reason": "kept", "signal": "99"}, "has no signal 99"),
    ],
)
def test_a_decision_that_cannot_be_kept_is_told_of(
    page: Page, told: dict[str, str], sentence: str
) -> None:
    path = f"/topics/{EXAMPLE}/guidance"
    with page.signed_in(Role.GUIDANCE) as client:
        answer = client.post(path, data={**form(client, path), **told})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f">{told['reason']}</textarea>" in answer.text


def test_nobody_decides_past_somebody_else(page: Page) -> None:
    path = f"/topics/{EXAMPLE}/guidance"
    with page.signed_in(Role.GUIDANCE) as client:
        told = {**form(client, path), "decision": "update", "reason": "large trial"}
        decide_guidance(page.store, EXAMPLE, "no update", by="Ann", reason="one small trial")
        answer = client.post(path, data=told)
    assert answer.status_code == 409
    assert "one small trial" in words(answer)
    assert ">large trial</textarea>" in answer.text
    assert 'value="update" required checked' in answer.text
    with page.store.snapshot() as session:
        assert [made.decision for _, made in history_rows.decisions_of(session, EXAMPLE)] == [
            "no update"
        ]


# The trial


def test_any_two_versions_are_compared(page: Page) -> None:
    with page.signed_in() as client:
        answer = client.get(f"/trials/{NCT.lower()}?before=1&after=2")
        assert "Version 1 to 2" in words(answer)
        assert "2026-01 2027-06 Primary completion moved by 17 months" in words(answer)
        assert HOSTILE not in answer.text
        wrong = client.get(f"/trials/{NCT}?before=2&after=1")
    assert wrong.status_code == 422
    assert "A difference goes from an earlier version to a later one" in words(wrong)
    assert 'aria-describedby="difference-fault"' in wrong.text


@pytest.mark.parametrize("number", ["NCT12345678", "%3Cscript%3E", "x" * 100])
def test_a_trial_that_nobody_saw_is_not_here(page: Page, number: str) -> None:
    with page.signed_in() as client:
        answer = client.get(f"/trials/{number}")
    assert answer.status_code == 404
    assert "is not in the store" in words(answer)


def test_links_stay_below_the_path_that_the_page_is_under(backend: Backend, tmp_path: Path) -> None:
    make_workspace(tmp_path)
    with fresh_store(tmp_path), served(tmp_path, store_url(tmp_path), path="/surveillance") as page:
        raise_signals(page, signal(NCT))
        with page.signed_in(Role.GUIDANCE) as client:
            for path in (f"/signals?topic={EXAMPLE}", "/signals/1", f"/topics/{EXAMPLE}/guidance"):
                links = re.findall(r'(?:href|action|src)="(/[^"]*)"', client.get(path).text)
                assert links
                assert [one for one in links if not one.startswith("/surveillance/")] == []
            told = {**form(client, "/signals/1"), "what": "dismissed", "reason": "small"}
            answer = client.post("/signals/1", data=told)
    assert answer.headers["location"].startswith("/surveillance/signals/1?")
