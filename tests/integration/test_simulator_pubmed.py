"""The stand-in for PubMed's E-utilities over HTTP, held to what is known of the live service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from surveillance.errors import UnreadableInput
from surveillance.records.pubmed_xml import read_pubmed_xml
from surveillance.simulator import Fault, Simulator
from surveillance.simulator.rate_limit import RateLimit
from surveillance.strategy.mesh import MeshTree

MESH = MeshTree.of([("Pain", "C10"), ("Phantom Limb", "C10.1")], year=2024)


def article(pmid: int, title: str, created: str, *, mesh: str = "", version: int = 1) -> str:
    year, month, day = created.split("-")
    stamp = f"<Year>{year}</Year><Month>{month}</Month><Day>{day}</Day>"
    heading = (
        f"<MeshHeadingList><MeshHeading><DescriptorName UI='D1'>{mesh}</DescriptorName>"
        "</MeshHeading></MeshHeadingList>"
        if mesh
        else ""
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="{"MEDLINE" if mesh else "Publisher"}">'
        f'<PMID Version="{version}">{pmid}</PMID><DateRevised>{stamp}</DateRevised>'
        f"<Article><Journal><JournalIssue><PubDate><Year>{year}</Year></PubDate></JournalIssue>"
        f"<Title>Constructed</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
        f"<Language>eng</Language></Article>{heading}</MedlineCitation><PubmedData><History>"
        f'<PubMedPubDate PubStatus="entrez">{stamp}</PubMedPubDate>'
        f'<PubMedPubDate PubStatus="pubmed">{stamp}</PubMedPubDate></History>'
        f'<ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList>'
        "</PubmedData></PubmedArticle>"
    )


def write_set(folder: Path, *articles: str, extra: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = f"<PubmedArticleSet>{''.join(articles)}{extra}</PubmedArticleSet>"
    (folder / "pubmed.xml").write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_set(
        tmp_path / "2024-08-02",
        article(90000001, "Nerve transfer for pain", "2024-07-01"),
        article(90000002, "Nerve transfer &amp; <i>in vitro</i> work", "2024-07-20"),
        article(90000003, "Phantoms", "2024-06-01", mesh="Phantom Limb"),
        article(90000004, "Nerve grafts", "2024-07-10"),
    )
    write_set(
        tmp_path / "2025-01-31",
        article(90000001, "Nerve transfer for pain", "2024-07-01", mesh="Pain"),
        article(90000005, "A nerve transfer trial", "2025-01-20"),
        extra="<DeleteCitation><PMID>90000004</PMID></DeleteCitation>",
    )
    return tmp_path


@pytest.fixture
def simulator(folder: Path) -> Iterator[Simulator]:
    with Simulator.open(folder, date(2024, 8, 2), rate_limit=False, mesh=MESH) as opened:
        yield opened


def get(simulator: Simulator, tool: str, **parameters: str | int) -> requests.Response:
    return requests.get(f"{simulator.pubmed_url}{tool}.fcgi", params=parameters, timeout=5)


def search(simulator: Simulator, term: str, **parameters: str | int) -> dict[str, Any]:
    answer = get(simulator, "esearch", db="pubmed", retmode="json", term=term, **parameters)
    result: dict[str, Any] = json.loads(answer.text, strict=False)["esearchresult"]
    return result


def test_a_search_answers_with_the_keys_of_a_captured_answer(simulator: Simulator) -> None:
    answer = get(simulator, "esearch", db="pubmed", retmode="json", term='"nerve transfer"[tiab]')
    assert answer.status_code == 200
    assert answer.json() == {
        "header": {"type": "esearch", "version": "0.3"},
        "esearchresult": {
            "count": "2",
            "retmax": "2",
            "retstart": "0",
            "idlist": ["90000002", "90000001"],
            "translationset": [],
            "querytranslation": '"nerve transfer"[Title/Abstract]',
        },
    }


def test_the_same_search_answers_in_xml(simulator: Simulator) -> None:
    answer = get(simulator, "esearch", db="pubmed", term='"nerve transfer"[tiab]', usehistory="y")
    root = ElementTree.fromstring(answer.content)
    assert [child.tag for child in root] == [
        *("Count", "RetMax", "RetStart", "QueryKey", "WebEnv", "IdList", "TranslationSet"),
        "QueryTranslation",
    ]
    assert [found.text for found in root.findall("IdList/Id")] == ["90000002", "90000001"]


def test_warnings_stand_in_xml_as_captured(simulator: Simulator) -> None:
    answer = get(simulator, "esearch", term='abcXYZ OR "body battery"[tiab]')
    root = ElementTree.fromstring(answer.content)
    assert root.findtext("ErrorList/PhraseNotFound") == "abcXYZ"
    assert root.findtext("WarningList/QuotedPhraseNotFound") == '"body battery"[tiab]'
    assert root.findtext("WarningList/OutputMessage") == "No items found."


def test_time_moves_on_later_folders_override_and_deleted_records_go(simulator: Simulator) -> None:
    assert search(simulator, "nerve[tiab]")["idlist"] == ["90000002", "90000004", "90000001"]
    assert search(simulator, '"Pain"[mh]')["idlist"] == ["90000003"]
    simulator.as_of = date(2025, 1, 30)
    assert search(simulator, "nerve[tiab]")["count"] == "3"
    simulator.as_of = date(2025, 1, 31)
    assert search(simulator, "nerve[tiab]")["idlist"] == ["90000005", "90000002", "90000001"]
    assert search(simulator, '"Pain"[mh]')["idlist"] == ["90000001", "90000003"]


def test_a_phrase_in_no_record_is_dropped_with_a_warning(simulator: Simulator) -> None:
    result = search(simulator, '"nerve transfer"[tiab] OR "body battery"[tiab]')
    assert result["count"] == "2"
    assert result["querytranslation"] == '"nerve transfer"[Title/Abstract]'
    assert result["warninglist"] == {
        "phrasesignored": [],
        "quotedphrasesnotfound": ['"body battery"[tiab]'],
        "outputmessages": [],
    }


def test_without_the_phrase_index_nothing_is_warned_of(folder: Path) -> None:
    with Simulator.open(folder, date(2024, 8, 2), phrase_index=False) as simulator:
        result = search(simulator, '"nerve transfer"[tiab] OR "body battery"[tiab]')
    assert "warninglist" not in result


def test_an_unknown_tag_searches_all_fields_and_leaves_fieldsnotfound_empty(
    simulator: Simulator,
) -> None:
    result = search(simulator, "nerve[tiabb]")
    assert result["count"] == "3"
    assert result["errorlist"] == {"phrasesnotfound": [], "fieldsnotfound": []}


def test_counting_alone_drops_every_warning(simulator: Simulator) -> None:
    assert search(simulator, '"No Such Heading"[mh]', rettype="count") == {"count": "0"}
    assert "warninglist" in search(simulator, '"No Such Heading"[mh]')


def test_a_page_holds_what_was_asked_for(simulator: Simulator) -> None:
    result = search(simulator, "nerve[tiab]", retstart=1, retmax=1)
    assert (result["count"], result["retmax"], result["retstart"]) == ("3", "1", "1")
    assert result["idlist"] == ["90000004"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"mindate": "2024/07/05", "maxdate": "2024/07/15", "datetype": "edat"}, ["90000004"]),
        ({"mindate": "2024/07/05", "datetype": "edat"}, ["90000002", "90000004", "90000001"]),
        ({"reldate": "15", "datetype": "edat"}, ["90000002"]),
        ({"mindate": "2025", "maxdate": "2025", "datetype": "mdat"}, []),
    ],
)
def test_dates_beside_the_term_limit_it(
    simulator: Simulator, dates: dict[str, str], expected: list[str]
) -> None:
    assert search(simulator, "nerve[tiab]", **dates)["idlist"] == expected


def test_an_error_comes_with_status_200(simulator: Simulator) -> None:
    answer = get(simulator, "esearch", db="fleegle", retmode="json", term="x")
    assert answer.status_code == 200
    assert answer.json()["esearchresult"] == {"ERROR": "Invalid db name specified: fleegle"}
    assert search(simulator, "boston[ad]")["ERROR"].startswith("Search Backend failed:")
    assert list(search(simulator, "")) == ["ERROR"]


def test_beyond_the_cap_the_json_is_invalid_and_says_why(simulator: Simulator) -> None:
    answer = get(simulator, "esearch", retmode="json", term="nerve", retstart=9999, retmax=1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    error = json.loads(answer.text, strict=False)["esearchresult"]["ERROR"]
    assert error.startswith(
        "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998."
    )


def test_the_cap_adjusts_a_page_that_straddles_it_and_no_history_lifts_it(folder: Path) -> None:
    with Simulator.open(folder, date(2024, 8, 2), rate_limit=False, most_ids=2) as simulator:
        first = search(simulator, "nerve[tiab]", retmax=10, usehistory="y")
        assert (first["count"], first["retmax"]) == ("3", "2")
        assert "warninglist" not in first
        second = search(simulator, "nerve[tiab]", retstart=1, retmax=10)
        assert second["warninglist"]["outputmessages"] == [
            "Restrictions achieved. start and count adjusted to 1, 1"
        ]
        kept = {"WebEnv": first["webenv"], "query_key": first["querykey"], "retmode": "xml"}
        assert len(fetched(get(simulator, "efetch", retstart=1, retmax=2, **kept))) == 1
        assert get(simulator, "efetch", retstart=2, **kept).status_code == 400


def fetched(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200
    root = ElementTree.fromstring(answer.content)
    return [found.text or "" for found in root.findall("PubmedArticle/MedlineCitation/PMID")]


def test_articles_come_as_stored_in_the_order_asked_and_unknown_ones_are_left_out(
    simulator: Simulator, folder: Path
) -> None:
    answer = get(simulator, "efetch", db="pubmed", retmode="xml", id="90000002,1,90000001,90000002")
    assert fetched(answer) == ["90000002", "90000001"]
    assert b"<i>in vitro</i>" in answer.content
    stored = (folder / "2024-08-02" / "pubmed.xml").read_bytes()
    root = ElementTree.fromstring(answer.content)
    first = ElementTree.tostring(root[0]).rstrip()
    assert first == ElementTree.tostring(ElementTree.fromstring(stored)[1])


def test_articles_can_be_asked_for_by_post(simulator: Simulator) -> None:
    answer = requests.post(
        simulator.pubmed_url + "efetch.fcgi",
        data={"db": "pubmed", "retmode": "xml", "id": "90000003"},
        timeout=5,
    )
    assert fetched(answer) == ["90000003"]
    assert simulator.requests[-1].method == "POST"
    assert simulator.requests[-1].parameters["id"] == "90000003"


def test_an_empty_set_has_the_205_bytes_of_the_live_service(simulator: Simulator) -> None:
    answer = get(simulator, "efetch", db="pubmed", retmode="xml", id="999999999")
    assert len(answer.content) == 205
    assert list(ElementTree.fromstring(answer.content)) == []


@pytest.mark.parametrize("ids", ["", "abc", "12x,-1"])
def test_a_list_without_a_single_pmid_is_a_bad_request(simulator: Simulator, ids: str) -> None:
    answer = get(simulator, "efetch", db="pubmed", retmode="xml", id=ids)
    assert answer.status_code == 400
    error = ElementTree.fromstring(answer.content).findtext("ERROR")
    assert error == "ID list is empty! Possibly it has no correct IDs."


def test_the_history_server_keeps_sets_and_intersects_them(simulator: Simulator) -> None:
    first = search(simulator, "nerve[tiab]", usehistory="y")
    second = search(simulator, "pain[tiab]", usehistory="y", WebEnv=first["webenv"])
    assert (first["querykey"], second["querykey"]) == ("1", "2")
    both = search(simulator, "transfer[tiab]", WebEnv=first["webenv"], query_key="1")
    assert both["idlist"] == ["90000002", "90000001"]
    answer = get(
        *(simulator, "efetch"), db="pubmed", retmode="xml", WebEnv=first["webenv"], query_key="2"
    )
    assert fetched(answer) == ["90000001"]


def test_an_unknown_set_is_refused(simulator: Simulator) -> None:
    assert get(simulator, "efetch", WebEnv="NONE", query_key="1").status_code == 400
    assert search(simulator, "", WebEnv="NONE", query_key="1")["ERROR"] == (
        "Unable to obtain query #1"
    )


def test_the_fourth_request_in_a_second_is_refused_without_a_key(folder: Path) -> None:
    with Simulator.open(folder, date(2024, 8, 2)) as simulator:
        simulator.rate_limit = RateLimit(window=60)
        answers = [get(simulator, "esearch", term="nerve") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        refused = answers[-1]
        assert refused.headers["Retry-After"] == "2"
        assert refused.headers["X-RateLimit-Limit"] == "3"
        assert refused.json() == {
            "error": "API rate limit exceeded",
            "api-key": "127.0.0.1",
            "count": "4",
            "limit": "3",
        }
        with_key = [get(simulator, "esearch", term="nerve", api_key="k") for _ in range(11)]
        assert [a.status_code for a in with_key] == [200] * 10 + [429]


def test_the_rate_limit_forgets_after_its_window() -> None:
    now = [0.0]
    limit = RateLimit(clock=lambda: now[0])
    assert [limit.refusal("a", "") is None for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert limit.refusal("a", "") is None
    assert limit.refusal("b", "") is None


def test_faults_are_answered_first_each_once_and_for_their_path_alone(
    simulator: Simulator,
) -> None:
    simulator.faults += [
        Fault.status(500, "<head>oops</head>", path="efetch.fcgi"),
        Fault.status(429, headers={"Retry-After": "0"}),
    ]
    assert get(simulator, "esearch", term="nerve").headers["Retry-After"] == "0"
    assert get(simulator, "esearch", term="nerve").status_code == 200
    assert get(simulator, "efetch", id="90000001").status_code == 500
    assert get(simulator, "efetch", id="90000001").status_code == 200


def test_a_reset_connection_is_a_connection_error(simulator: Simulator) -> None:
    simulator.faults.append(Fault.reset())
    with pytest.raises(requests.ConnectionError, match="reset"):
        get(simulator, "esearch", term="nerve")
    assert get(simulator, "esearch", term="nerve").status_code == 200


def test_a_truncated_body_announces_its_whole_length(simulator: Simulator) -> None:
    simulator.faults.append(Fault.truncated())
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(simulator, "efetch", id="90000001")


def test_a_slow_answer_comes_late(simulator: Simulator) -> None:
    simulator.faults.append(Fault.slow(0.3))
    begun = time.monotonic()
    assert get(simulator, "esearch", term="nerve").status_code == 200
    assert time.monotonic() - begun >= 0.3


def test_another_path_is_not_found(simulator: Simulator) -> None:
    assert get(simulator, "elink").status_code == 404
    assert requests.get(simulator.pubmed_url + "../../x", timeout=5).status_code == 404


def test_a_merged_pmid_is_fetched_as_what_it_became_and_found_no_more(folder: Path) -> None:
    (folder / "2025-01-31" / "merged.toml").write_text(
        '90000002 = "90000001"\n77 = "90000002"\n90000003 = "4"\n'
    )
    with Simulator.open(folder, date(2024, 8, 2), rate_limit=False) as simulator:
        assert fetched(get(simulator, "efetch", id="90000002")) == ["90000002"]
        simulator.as_of = date(2025, 1, 31)
        assert search(simulator, "nerve[tiab]")["idlist"] == ["90000005", "90000001"]
        for old in ("90000002", "77"):
            assert fetched(get(simulator, "efetch", id=old)) == ["90000001"]
        assert fetched(get(simulator, "efetch", id="90000003")) == []


def test_pmids_that_were_merged_in_a_circle_end(folder: Path) -> None:
    (folder / "2024-08-02" / "merged.toml").write_text('77 = "78"\n78 = "77"\n')
    with Simulator.open(folder, date(2024, 8, 2)) as simulator:
        assert fetched(get(simulator, "efetch", id="77")) == []


@pytest.mark.parametrize("text", ["x", "a = 1", '1 = "b"', '1 = ["2"]', "[table]"])
def test_a_list_of_merged_pmids_that_is_none_is_named(folder: Path, text: str) -> None:
    (folder / "2024-08-02" / "merged.toml").write_text(text)
    with (
        pytest.raises(UnreadableInput, match=r"merged\.toml"),
        Simulator.open(folder, date(2024, 8, 2)),
    ):
        pass


def test_a_deleted_record_is_neither_found_nor_fetched(simulator: Simulator) -> None:
    assert fetched(get(simulator, "efetch", id="90000004")) == ["90000004"]
    simulator.as_of = date(2025, 1, 31)
    assert "90000004" not in search(simulator, "nerve[tiab]")["idlist"]
    assert fetched(get(simulator, "efetch", id="90000004,90000005")) == ["90000005"]


def test_a_flat_folder_holds_on_every_day(tmp_path: Path) -> None:
    write_set(tmp_path, article(90000009, "Nerve", "2024-07-01"))
    with Simulator.open(tmp_path, date(1999, 1, 1)) as simulator:
        assert search(simulator, "nerve[ti]")["idlist"] == ["90000009"]


def test_the_highest_version_of_a_citation_counts(tmp_path: Path) -> None:
    write_set(
        tmp_path,
        article(90000009, "Second", "2024-07-01", version=2),
        article(90000009, "First", "2024-07-01"),
    )
    with Simulator.open(tmp_path, date(2024, 8, 2)) as simulator:
        assert search(simulator, "second[ti]")["count"] == "1"
        assert search(simulator, "first[ti]")["count"] == "0"


def test_a_folder_without_records_or_with_a_broken_file_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UnreadableInput, match="no PubMed XML and no study"),
        Simulator.open(tmp_path, date(2024, 8, 2)),
    ):
        pass
    (tmp_path / "broken.xml").write_text("<PubmedArticleSet><PubmedArticle>")
    with (
        pytest.raises(UnreadableInput, match=r"broken\.xml"),
        Simulator.open(tmp_path, date(2024, 8, 2)),
    ):
        pass


def test_what_is_fetched_can_be_read_again(simulator: Simulator) -> None:
    answer = requests.get(
        simulator.pubmed_url + "efetch.fcgi",
        params={"id": "90000003", "retmode": "xml"},
        stream=True,
        timeout=5,
    )
    with answer:
        [captured] = read_pubmed_xml(answer.raw)
    assert "Phantoms" in str(captured)
