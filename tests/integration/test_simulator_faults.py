"""Each fault of the simulator, over the wire: what comes is what the fault promises."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import requests

from surveillance.simulator import Answer, Delivery, Fault, Simulator, damage
from surveillance.simulator.answers import XML

STUDIES, PREPRINTS = 3, 3


def article(pmid: int) -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<ArticleTitle>Nerve {pmid}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("faults")
    articles = "".join(article(90000001 + n) for n in range(3))
    (folder / "pubmed.xml").write_text(f"<PubmedArticleSet>{articles}</PubmedArticleSet>")
    for kind in ("studies", "europepmc"):
        (folder / kind).mkdir()
    for n in range(STUDIES):
        named = {"nctId": f"NCT9000000{n}", "briefTitle": "Nerve"}
        study = {"protocolSection": {"identificationModule": named}}
        (folder / "studies" / f"{n}.json").write_text(json.dumps(study))
        result = {"id": f"PPR{n}", "source": "PPR", "title": "Nerve"}
        document = {"result": result, "cites": ["MED:90000001"]}
        (folder / "europepmc" / f"{n}.json").write_text(json.dumps(document))
    with Simulator.open(folder, date(2025, 1, 31), rate_limit=False) as simulator:
        yield simulator


@pytest.fixture
def simulator(served: Simulator) -> Iterator[Simulator]:
    served.requests.clear()
    yield served
    assert not served.faults, "a fault was left over"


def esearch(simulator: Simulator, **parameters: str) -> requests.Response:
    asked = {"db": "pubmed", "retmode": "json", "term": "nerve", **parameters}
    return requests.get(simulator.pubmed_url + "esearch.fcgi", params=asked, timeout=10)


def efetch(simulator: Simulator) -> requests.Response:
    asked = {"db": "pubmed", "retmode": "xml", "id": "90000001,90000002,90000003"}
    return requests.get(simulator.pubmed_url + "efetch.fcgi", params=asked, timeout=10)


def studies(simulator: Simulator, **parameters: str) -> requests.Response:
    asked = {"query.term": "nerve", "pageSize": "1", "countTotal": "true", **parameters}
    return requests.get(simulator.clinicaltrials_url + "studies", params=asked, timeout=10)


def preprints(simulator: Simulator, **parameters: str) -> requests.Response:
    asked = {"query": "TITLE:nerve AND SRC:PPR", "format": "json", "resultType": "core"}
    asked |= {"pageSize": "1", **parameters}
    return requests.get(simulator.europepmc_url + "search", params=asked, timeout=10)


def citing(simulator: Simulator, **parameters: str) -> requests.Response:
    asked = {"format": "json", "pageSize": "1", **parameters}
    url = simulator.europepmc_url + "MED/90000001/citations"
    return requests.get(url, params=asked, timeout=10)


Ask = Callable[..., requests.Response]
EVERY: list[Ask] = [esearch, efetch, studies, preprints, citing]
#: How each source's JSON names its count and its list.
LISTED: list[tuple[Ask, str, str]] = [
    (esearch, "count", "idlist"),
    (studies, "totalCount", "studies"),
    (preprints, "hitCount", "result"),
    (citing, "hitCount", "citation"),
]
PAGED: list[tuple[Ask, str]] = [(studies, "pageToken"), (preprints, "cursorMark"), (citing, "page")]


def told(answer: requests.Response, name: str) -> Any:
    """The value of a name anywhere in an answer's JSON."""
    return next(value for value in _named(json.loads(answer.text, strict=False), name))


def _named(part: Any, name: str) -> Iterator[Any]:
    if isinstance(part, dict):
        if name in part:
            yield part[name]
        for inner in part.values():
            yield from _named(inner, name)


@pytest.mark.parametrize("ask", EVERY)
@pytest.mark.parametrize(
    "fault",
    [
        *(Fault.web_page(), Fault.binary(), Fault.reset(), Fault.truncated(), Fault.huge(1)),
        *(Fault.gzip_cut(), Fault.limited(), Fault.limited(status=200), Fault.cut_inside_entry()),
    ],
)
def test_a_fault_of_every_source_is_over_after_one_request(
    simulator: Simulator, ask: Ask, fault: Fault
) -> None:
    genuine = ask(simulator).content
    simulator.faults.append(fault)
    with contextlib.suppress(requests.RequestException):
        assert ask(simulator).content != genuine
    assert ask(simulator).content == genuine


def test_a_storm_of_refusals_has_a_body_a_time_and_an_end(simulator: Simulator) -> None:
    simulator.faults.append(Fault.limited(times=3, retry_after="2"))
    storm = [esearch(simulator) for _ in range(4)]
    assert [answer.status_code for answer in storm] == [429, 429, 429, 200]
    assert storm[0].json()["error"] == "API rate limit exceeded"
    assert storm[0].headers["Retry-After"] == "2"


def test_the_same_refusal_comes_with_status_200(simulator: Simulator) -> None:
    simulator.faults.append(Fault.limited(status=200))
    answer = esearch(simulator)
    assert (answer.status_code, answer.json()["limit"]) == (200, "3")
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("ask", EVERY)
def test_a_reset_in_the_middle_breaks_the_body(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.append(Fault.reset_midway())
    with pytest.raises(requests.RequestException, match=r"reset|broken|IncompleteRead"):
        ask(simulator)


def test_xml_is_cut_inside_an_entry_and_announced_as_it_is(simulator: Simulator) -> None:
    whole = efetch(simulator).content
    simulator.faults.append(Fault.cut_inside_entry())
    cut = efetch(simulator)
    assert int(cut.headers["Content-Length"]) == len(cut.content)
    assert whole.startswith(cut.content)
    assert cut.content.count(b"<PubmedArticle>") == 3
    assert cut.content.count(b"</PubmedArticle>") == 2


def test_gzip_is_cut_short(simulator: Simulator) -> None:
    simulator.faults.append(Fault.gzip_cut())
    with requests.get(simulator.clinicaltrials_url + "studies", stream=True, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        packed = answer.raw.read(decode_content=False)
    assert packed.startswith(b"\x1f\x8b")
    assert int(answer.headers["Content-Length"]) == len(packed)


@pytest.mark.parametrize("ask", EVERY)
def test_a_web_page_comes_with_status_200(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.append(Fault.web_page())
    answer = ask(simulator)
    assert (answer.status_code, answer.text[:15]) == (200, "<!DOCTYPE html>")
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("ask", [esearch, studies, preprints, citing])
def test_a_raw_newline_makes_json_that_only_a_lenient_reader_takes(
    simulator: Simulator, ask: Ask
) -> None:
    genuine = ask(simulator).json()
    simulator.faults.append(Fault.raw_newline())
    text = ask(simulator).text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    read = json.loads(text, strict=False)
    assert read.pop("note") == "two\nlines"
    assert read == genuine


@pytest.mark.parametrize("ask", [esearch, studies, preprints, citing])
def test_invalid_json_is_invalid_for_every_reader(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.append(Fault.invalid_json())
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(simulator).text, strict=False)


def test_a_drip_takes_its_time_and_is_whole(simulator: Simulator) -> None:
    genuine = efetch(simulator).content
    simulator.faults.append(Fault.drip(1.5))
    begun = time.monotonic()
    with requests.get(
        simulator.pubmed_url + "efetch.fcgi",
        params={"id": "90000001,90000002,90000003"},
        stream=True,
        timeout=10,
    ) as answer:
        byte = answer.raw.read(1)
        early = time.monotonic() - begun
        assert byte + answer.raw.read() == genuine
    assert early < 1.0 < 1.5 <= time.monotonic() - begun


def test_a_hundred_megabytes_are_announced_and_sent_until_the_client_hangs_up(
    simulator: Simulator,
) -> None:
    simulator.faults.append(Fault.huge(100))
    with requests.get(simulator.clinicaltrials_url + "studies", stream=True, timeout=10) as answer:
        assert answer.headers["Content-Length"] == "104857600"
        assert len(answer.raw.read(5 * 1024**2)) == 5 * 1024**2
    assert studies(simulator).status_code == 200


@pytest.mark.parametrize(("ask", "count", "entries"), LISTED)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [(Fault.wrong_total(+1), 4), (Fault.wrong_total(-1), 2), (Fault.zero_total(), 0)],
)
def test_a_wrong_total_leaves_the_list_alone(
    simulator: Simulator, ask: Ask, count: str, entries: str, fault: Fault, expected: int
) -> None:
    genuine = ask(simulator)
    simulator.faults.append(fault)
    wrong = ask(simulator)
    assert int(told(genuine, count)) == 3
    assert int(told(wrong, count)) == expected
    assert type(told(wrong, count)) is type(told(genuine, count))
    assert told(wrong, entries) == told(genuine, entries) != []


def test_a_wrong_total_is_wrong_in_xml_too(simulator: Simulator) -> None:
    simulator.faults.append(Fault.wrong_total(+1))
    assert "<Count>4</Count>" in esearch(simulator, retmode="xml").text


@pytest.mark.parametrize(("ask", "count", "entries"), LISTED)
def test_a_list_lacks_one_that_its_count_promises(
    simulator: Simulator, ask: Ask, count: str, entries: str
) -> None:
    genuine = ask(simulator)
    simulator.faults.append(Fault.id_missing())
    short = ask(simulator)
    assert told(short, entries) == told(genuine, entries)[1:]
    assert told(short, count) == told(genuine, count)


def test_a_list_in_xml_lacks_one_too(simulator: Simulator) -> None:
    simulator.faults.append(Fault.id_missing())
    text = esearch(simulator, retmode="xml").text
    assert (text.count("<Id>"), "<Count>3</Count>" in text) == (2, True)


def test_efetch_leaves_out_one_of_the_articles_asked_for(simulator: Simulator) -> None:
    simulator.faults.append(Fault.article_missing())
    answer = efetch(simulator)
    assert b"90000001" not in answer.content
    assert answer.content.count(b"<PubmedArticle>") == 2
    assert answer.content.endswith(b"</PubmedArticleSet>")


def first(parameter: str) -> dict[str, str]:
    """The parameters of the first page: citations are numbered, the others have no mark yet."""
    return {"page": "1"} if parameter == "page" else {}


def second(simulator: Simulator, ask: Ask, parameter: str) -> dict[str, str]:
    """The parameters of the second page."""
    first = Answer(
        200, "", ask(simulator, **({"page": "1"} if parameter == "page" else {})).content
    )
    asked = {"page": "1"} if parameter == "page" else {}
    later = damage.next_page(first, asked)
    assert later is not None
    return later


@pytest.mark.parametrize(("ask", "parameter"), PAGED)
def test_a_page_comes_again(simulator: Simulator, ask: Ask, parameter: str) -> None:
    later = second(simulator, ask, parameter)
    before = ask(simulator)
    simulator.faults.append(Fault.page_again())
    assert ask(simulator, **later).content == before.content != ask(simulator, **later).content


@pytest.mark.parametrize(("ask", "parameter"), PAGED)
def test_a_page_is_skipped(simulator: Simulator, ask: Ask, parameter: str) -> None:
    later = second(simulator, ask, parameter)
    genuine = ask(simulator, **later)
    simulator.faults.append(Fault.page_skipped())
    skipped = ask(simulator, **first(parameter))
    _, _, entries = next(row for row in LISTED if row[0] is ask)
    assert told(skipped, entries) == told(genuine, entries)


@pytest.mark.parametrize("ask", [studies, preprints])
def test_after_the_last_page_the_one_that_is_skipped_to_is_empty(
    simulator: Simulator, ask: Ask
) -> None:
    simulator.faults.append(Fault.page_skipped())
    whole = ask(simulator, pageSize="10")
    _, _, entries = next(row for row in LISTED if row[0] is ask)
    assert told(whole, entries) == []


@pytest.mark.parametrize(
    ("ask", "mark"), [(studies, "nextPageToken"), (preprints, "nextCursorMark")]
)
def test_an_empty_page_keeps_its_mark_and_a_missing_one_says_that_it_is_the_last(
    simulator: Simulator, ask: Ask, mark: str
) -> None:
    _, _, entries = next(row for row in LISTED if row[0] is ask)
    simulator.faults.extend([Fault.empty_page(), Fault.page_missing()])
    empty, missing = ask(simulator), ask(simulator)
    assert told(empty, entries) == told(missing, entries) == []
    assert mark in empty.json()
    assert mark not in missing.json()


def test_an_expired_token_is_a_bad_request(simulator: Simulator) -> None:
    simulator.faults.append(Fault.token_expired())
    assert (studies(simulator, pageToken="x").status_code) == 400


def test_a_fault_can_be_any_change_and_any_answer(simulator: Simulator) -> None:
    simulator.faults.append(
        Fault.changed(lambda answer: Answer(203, XML, answer.body[::-1]), path="efetch.fcgi")
    )
    simulator.faults.append(Fault(lambda asked: asked.genuine(asked.asked), Delivery.WHOLE))
    assert esearch(simulator).status_code == 200
    assert efetch(simulator).status_code == 203


@pytest.mark.parametrize("change", [damage.empty_page, damage.raw_newline, damage.without_first])
def test_what_has_nothing_to_spoil_stays_as_it_is(change: damage.Change) -> None:
    for body in (b"", b"plain", b"[1]", b"{}", b"\xff"):
        answer = Answer(404, XML, body)
        assert change(answer) == answer
