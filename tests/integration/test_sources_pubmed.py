"""The PubMed client against the simulator on loopback, in fair weather and in foul."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.runs import Window
from surveillance.simulator import Fault, Simulator
from surveillance.sources import pubmed as pubmed_module
from surveillance.sources.exchanges import Exchange
from surveillance.sources.http import RetryPolicy
from surveillance.sources.pubmed import DateField, PubMed, PubMedAnswer

QUICK = RetryPolicy(retries=2, first_wait=0.01, longest=5.0)
FIRST_DAY = date(2024, 7, 1)

ARTICLE = """<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="1">{pmid}</PMID>
<Article><Journal><Title>J</Title></Journal><ArticleTitle>The stump {pmid}</ArticleTitle></Article>
</MedlineCitation><PubmedData><History>
<PubMedPubDate PubStatus="entrez">{created}</PubMedPubDate>
<PubMedPubDate PubStatus="medline">{indexed}</PubMedPubDate>
</History></PubmedData></PubmedArticle>"""


def day(number: int) -> str:
    when = FIRST_DAY + timedelta(days=number)
    return f"<Year>{when.year}</Year><Month>{when.month}</Month><Day>{when.day}</Day>"


def article(number: int) -> str:
    """Article n was created on day n and indexed 30 days later."""
    return ARTICLE.format(pmid=90000000 + number, created=day(number), indexed=day(number + 30))


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    articles = "".join(map(article, range(20)))
    (tmp_path / "pubmed.xml").write_text(f"<PubmedArticleSet>{articles}</PubmedArticleSet>")
    with Simulator.open(tmp_path, FIRST_DAY, rate_limit=False) as opened:
        yield opened


@pytest.fixture
def pubmed(simulator: Simulator) -> PubMed:
    return PubMed(simulator.pubmed_url, email="me@example.org", retry=QUICK, interval=0.0)


def pmids(*numbers: int) -> list[str]:
    return [str(90000000 + number) for number in numbers]


def test_a_search_names_every_record_of_its_window(pubmed: PubMed, simulator: Simulator) -> None:
    window = Window(FIRST_DAY, FIRST_DAY + timedelta(days=2))
    answer = pubmed.search("stump[ti]", window)
    assert sorted(answer.pmids) == pmids(0, 1, 2)
    assert answer.count == 3
    assert answer.warnings == ()
    assert "stump" in answer.translation
    assert answer.query_sent == '(stump[ti]) AND ("2024/07/01"[crdt] : "2024/07/03"[crdt])'
    assert simulator.requests[-1].parameters["term"] == answer.query_sent


def test_a_window_by_indexing_finds_what_gained_headings_then(pubmed: PubMed) -> None:
    window = Window(FIRST_DAY + timedelta(days=30), FIRST_DAY + timedelta(days=31))
    assert pubmed.search("stump[ti]", window).pmids == ()
    assert sorted(pubmed.search("stump[ti]", window, by=(DateField.INDEXED,)).pmids) == pmids(0, 1)


def test_a_window_without_beginning_or_no_window_covers_everything(pubmed: PubMed) -> None:
    until = Window(None, FIRST_DAY + timedelta(days=4))
    assert pubmed.search("stump[ti]", until).count == 5
    everything = pubmed.search("stump[ti]", None)
    assert (everything.count, everything.query_sent) == (20, "stump[ti]")


def test_no_hits_is_an_answer(pubmed: PubMed) -> None:
    answer = pubmed.search("nothing[ti]", None)
    assert (answer.count, answer.pmids) == (0, ())


def test_an_empty_query_is_refused(pubmed: PubMed, simulator: Simulator) -> None:
    with pytest.raises(UnreadableInput, match="empty query"):
        pubmed.search("  ", None)
    assert simulator.requests == []


def test_a_part_that_pubmed_ignores_is_a_warning(pubmed: PubMed) -> None:
    answer = pubmed.search("stump[foo]", None)
    assert any("in all fields" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    "window",
    [Window(FIRST_DAY, FIRST_DAY + timedelta(days=40)), Window(None, date(2025, 1, 1)), None],
)
def test_more_than_pubmed_gives_at_once_is_asked_for_in_slices_that_add_up(
    simulator: Simulator, pubmed: PubMed, monkeypatch: pytest.MonkeyPatch, window: Window | None
) -> None:
    monkeypatch.setattr(pubmed_module, "MAX_PMIDS", 3)
    simulator.eutils.most_ids = 3
    answer = pubmed.search("stump[ti]", window)
    assert sorted(answer.pmids) == pmids(*range(20))
    assert answer.count == 20
    assert len(simulator.requests) > 20 / 3


def test_a_span_without_beginning_is_cut_where_half_of_pubmed_lies(
    simulator: Simulator, pubmed: PubMed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut in the middle of the years since 1800, the first four cuts would be for nothing."""
    monkeypatch.setattr(pubmed_module, "MAX_PMIDS", 15)
    simulator.eutils.most_ids = 15
    half = FIRST_DAY + timedelta(days=10) + pubmed_module.HALF_OF_PUBMED
    assert pubmed.search("stump[ti]", Window(None, half)).count == 20
    assert len(simulator.requests) == 3


def test_more_records_on_one_day_than_pubmed_gives_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed_module, "MAX_PMIDS", 2)
    one_day = [ARTICLE.format(pmid=pmid, created=day(0), indexed=day(0)) for pmid in pmids(1, 2, 3)]
    (tmp_path / "pubmed.xml").write_text(f"<PubmedArticleSet>{''.join(one_day)}</PubmedArticleSet>")
    with Simulator.open(tmp_path, FIRST_DAY, rate_limit=False, most_ids=2) as opened:
        pubmed = PubMed(opened.pubmed_url, email="me@example.org", retry=QUICK, interval=0.0)
        with pytest.raises(SourceFailed, match="3 records for 2024-07-01 alone"):
            pubmed.search("stump[ti]", Window(FIRST_DAY, FIRST_DAY + timedelta(days=9)))


def test_slices_that_do_not_add_up_are_asked_for_once_more_and_then_fail(
    simulator: Simulator, pubmed: PubMed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed_module, "MAX_PMIDS", 3)
    simulator.eutils.most_ids = 3
    whole = '{"esearchresult": {"count": "99", "idlist": [], "querytranslation": "x"}}'
    window = Window(FIRST_DAY, FIRST_DAY + timedelta(days=40))
    simulator.faults.append(Fault.status(200, whole))
    assert pubmed.search("stump[ti]", window).count == 20
    simulator.faults.extend([Fault.status(200, whole), Fault(times=2), Fault.status(200, whole)])
    with pytest.raises(SourceFailed, match=r"counted 99 records .* in its two halves"):
        pubmed.search("stump[ti]", window)


@pytest.mark.parametrize("most", [0, 5, 9_999])
def test_a_list_shorter_than_its_count_is_asked_for_once_more_and_then_fails(
    simulator: Simulator, pubmed: PubMed, most: int
) -> None:
    short = '{"esearchresult": {"count": "2", "idlist": ["1"], "querytranslation": "x"}}'

    def ask() -> int:
        return (pubmed.count("stump[ti]", None, most=most) if most else search()).count

    def search() -> PubMedAnswer:
        return pubmed.search("stump[ti]", None)

    simulator.faults.append(Fault.status(200, short))
    assert ask() == 20
    simulator.faults.extend([Fault.status(200, short)] * 2)
    with pytest.raises(SourceFailed, match="counted 2 records but named 1"):
        ask()


@pytest.mark.parametrize("times", [2, 3])
def test_what_pubmed_holds_but_does_not_deliver_is_not_taken_for_gone(
    simulator: Simulator, pubmed: PubMed, times: int
) -> None:
    simulator.faults.extend([Fault.article_missing()] * times)
    with pytest.raises(SourceFailed, match="holds 90000001 but did not deliver it, twice"):
        pubmed.fetch(pmids(1, 2))


def test_what_became_another_is_not_taken_for_gone_where_an_answer_is_short(tmp_path: Path) -> None:
    survivor = ARTICLE.format(pmid=90000002, created=day(0), indexed=day(0))
    (tmp_path / "pubmed.xml").write_text(f"<PubmedArticleSet>{survivor}</PubmedArticleSet>")
    (tmp_path / "merged.toml").write_text('90000001 = "90000002"\n')
    with Simulator.open(tmp_path, FIRST_DAY, rate_limit=False) as opened:
        pubmed = PubMed(opened.pubmed_url, email="me@example.org", retry=QUICK, interval=0.0)
        assert pubmed.fetch(pmids(1)).merged == (("90000001", "90000002"),)
        opened.faults.extend([Fault(), Fault.article_missing()])
        with pytest.raises(SourceFailed, match="holds 90000002 but did not deliver it"):
            pubmed.fetch(pmids(1))


def test_records_come_in_the_order_asked_each_once(pubmed: PubMed) -> None:
    fetched = pubmed.fetch([*pmids(5, 2, 5), "90000007"])
    assert [item.record.pmid for item in fetched.captured] == pmids(5, 2, 7)
    assert (fetched.missing, fetched.deleted) == ((), ())
    assert b"The stump 90000005" in fetched.captured[0].payload.content


def test_pmids_that_pubmed_does_not_have_are_named_after_a_second_request(
    pubmed: PubMed, simulator: Simulator
) -> None:
    fetched = pubmed.fetch([*pmids(1), "99999999"])
    assert [item.record.pmid for item in fetched.captured] == pmids(1)
    assert fetched.missing == ("99999999",)
    asked = [one.parameters.get("id") or one.parameters["term"] for one in simulator.requests]
    assert asked == ["90000001,99999999", "99999999", "99999999", "99999999[uid]"]


def test_an_answer_that_is_short_once_loses_nothing(pubmed: PubMed, simulator: Simulator) -> None:
    empty = "<PubmedArticleSet></PubmedArticleSet>"
    simulator.faults.append(Fault.status(200, empty, media_type="text/xml"))
    assert len(pubmed.fetch(pmids(1, 2)).captured) == 2


def test_many_pmids_are_fetched_in_batches_by_post(
    pubmed: PubMed, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed_module, "BATCH", 8)
    assert len(pubmed.fetch(pmids(*range(20))).captured) == 20
    assert [asked.parameters["id"].count(",") + 1 for asked in simulator.requests] == [8, 8, 4]
    assert {asked.method for asked in simulator.requests} == {"POST"}


def test_deleted_records_are_told_from_missing_ones(pubmed: PubMed, simulator: Simulator) -> None:
    deletion = "<DeleteCitation><PMID>90000001</PMID></DeleteCitation>"
    answer = f"<PubmedArticleSet>{deletion}</PubmedArticleSet>"
    simulator.faults.append(Fault.status(200, answer, media_type="text/xml"))
    fetched = pubmed.fetch(pmids(1))
    assert fetched.deleted == ("90000001",)
    assert len(simulator.requests) == 1


def test_nothing_asked_is_nothing_fetched(pubmed: PubMed, simulator: Simulator) -> None:
    assert pubmed.fetch([]).captured == ()
    assert simulator.requests == []


def test_what_is_no_pmid_is_refused_before_anything_is_asked(
    pubmed: PubMed, simulator: Simulator
) -> None:
    with pytest.raises(UnreadableInput, match="“12a” is not a PMID"):
        pubmed.fetch(["1", "12a"])
    assert simulator.requests == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(429, '{"error":"API rate limit exceeded"}', headers={"Retry-After": "0"}),
        Fault.status(200, '{"error":"API rate limit exceeded","api-key":"203.0.113.7"}'),
        Fault.status(200, '{"esearchresult":{"ERROR":"Search Backend failed: try again"}}'),
        Fault.status(200, "<html><body>Sorry</body></html>", media_type="text/html"),
        Fault.status(200, ""),
        Fault.status(502, "Bad gateway"),
        Fault.reset(),
        Fault.reset_midway(),
        Fault.truncated(),
        Fault.gzip_cut(),
        Fault.cut_inside_entry(),
        Fault.binary(),
    ],
)
def test_a_fault_that_passes_changes_nothing(
    pubmed: PubMed, simulator: Simulator, fault: Fault
) -> None:
    simulator.faults.extend([fault])
    assert pubmed.search("stump[ti]", None).count == 20
    simulator.faults.extend([fault])
    assert len(pubmed.fetch(pmids(1, 2)).captured) == 2
    assert len(simulator.requests) == 4


@pytest.mark.parametrize(
    "fault",
    [
        Fault.raw_newline(),
        Fault.invalid_json(),
        Fault.wrong_total(1),
        Fault.wrong_total(-1),
        Fault.zero_total(),
        Fault.id_missing(),
        Fault.empty_page(),
    ],
)
def test_an_answer_of_esearch_that_is_not_whole_once_changes_nothing(
    pubmed: PubMed, simulator: Simulator, fault: Fault
) -> None:
    simulator.faults.append(fault)
    assert pubmed.search("stump[ti]", None).count == 20
    simulator.faults.append(fault)
    assert len(pubmed.count("stump[ti]", None, most=9_999).pmids) == 20


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<PubmedArticleSet><PubmedArticle>", "busy or limits us"),
        ("<PubmedArticleSet><PubmedArticle></PubmedArticleSet>", "cannot be read"),
        ("<html><body>Sorry</body></html>", "Sorry"),
        ("", "busy or limits us"),
    ],
)
def test_records_that_stay_broken_fail_in_one_sentence(
    pubmed: PubMed, simulator: Simulator, body: str, says: str
) -> None:
    simulator.faults.extend([Fault.status(200, body, media_type="text/xml")] * 3)
    with pytest.raises(SourceFailed, match=says):
        pubmed.fetch(pmids(1))


def test_a_storm_of_429_fails_and_names_neither_key_nor_address(simulator: Simulator) -> None:
    keyed = PubMed(
        simulator.pubmed_url, email="me@example.org", api_key="k3y", retry=QUICK, interval=0.0
    )
    body = '{"error":"API rate limit exceeded","api-key":"k3y","count":"11","limit":"10"}'
    simulator.faults.extend([Fault.status(429, body)] * 3)
    with pytest.raises(SourceFailed, match="after 3 attempts") as failed:
        keyed.search("stump[ti]", None)
    assert "k3y" not in str(failed.value)
    assert "127.0.0.1" not in str(failed.value)


@pytest.mark.parametrize(
    "body",
    [
        '{"error":"API key invalid","api-key":"k3y","count":"11"}',
        '{"esearchresult":{"ERROR":"k3y is not a key of me@example.org"}}',
        '{"esearchresult":{"count":"x","idlist":[],"note":"k3y me@example.org"}}',
    ],
)
def test_an_answer_that_quotes_who_asked_is_neither_told_nor_kept(
    simulator: Simulator, body: str
) -> None:
    recorded: list[Exchange] = []
    keyed = PubMed(
        simulator.pubmed_url,
        email="me@example.org",
        api_key="k3y",
        retry=QUICK,
        interval=0.0,
        recorder=recorded.append,
    )
    simulator.faults.extend([Fault.status(200, body)] * 6)
    with pytest.raises(SourceFailed) as failed:
        keyed.search("stump[ti]", None)
    told = f"{failed.value}{recorded}"
    assert "k3y" not in told
    assert "me@example.org" not in told


def test_every_request_names_tool_and_email_and_the_key_where_there_is_one(
    simulator: Simulator,
) -> None:
    keyed = PubMed(
        simulator.pubmed_url, email="me@example.org", api_key="k3y", retry=QUICK, interval=0.0
    )
    keyed.search("stump[ti]", None)
    keyed.fetch(pmids(1))
    for asked in simulator.requests:
        assert asked.parameters["tool"] == "guidance-surveillance"
        assert asked.parameters["email"] == "me@example.org"
        assert asked.parameters["api_key"] == "k3y"


def test_ncbi_is_not_asked_without_an_email_but_a_stand_in_is(simulator: Simulator) -> None:
    live = PubMed("https://eutils.ncbi.nlm.nih.gov/entrez/eutils/", email="")
    with pytest.raises(UnreadableInput, match="SURVEIL_CONTACT_EMAIL"):
        live.search("stump[ti]", None)
    stand_in = PubMed(simulator.pubmed_url, email="", retry=QUICK, interval=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert stand_in.search("stump[ti]", None).count == 20


def test_the_pace_stays_under_the_rate_limit(tmp_path: Path) -> None:
    (tmp_path / "pubmed.xml").write_text(f"<PubmedArticleSet>{article(1)}</PubmedArticleSet>")
    impatient = RetryPolicy(retries=0)
    with Simulator.open(tmp_path, FIRST_DAY, rate_limit=True) as strict:
        paced = PubMed(strict.pubmed_url, email="me@example.org", retry=impatient)
        for _ in range(6):
            assert paced.search("stump[ti]", None).count == 1
