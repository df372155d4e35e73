"""The stand-ins' answers held against bodies captured from the live services."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from surveillance.simulator import Fault, Simulator
from surveillance.simulator.rate_limit import RateLimit
from surveillance.strategy.evaluate.pubmed import parse_query
from surveillance.strategy.mesh import MeshTree

pytestmark = pytest.mark.shared


@pytest.fixture
def simulator(shared: Path, tmp_path: Path) -> Iterator[Simulator]:
    """The stand-ins over real single-record answers and real studies."""
    for path in sorted((shared / "data/pubmed/efetch-single").glob("*.xml"))[:40]:
        shutil.copy(path, tmp_path / path.name)
    for path in (shared / "data/clinicaltrials/captured-2026").glob("get_*.json"):
        shutil.copy(path, tmp_path / f"NCT{path.name[7:15]}.json")
    mesh = MeshTree.of([("Atherosclerosis", "C14.907.137.126.307")], year=2024)
    with Simulator.open(tmp_path, date(2026, 10, 8), rate_limit=False, mesh=mesh) as opened:
        yield opened


@pytest.fixture
def captures(shared: Path) -> dict[str, Any]:
    text = (shared / "data/eutils/captured-2026/esearch_json_captures.json").read_text()
    captured: dict[str, Any] = json.loads(text, strict=False)
    return captured


@pytest.fixture
def errors(shared: Path) -> dict[str, Any]:
    text = (shared / "data/eutils/captured-2026/error_bodies.json").read_text()
    captured: dict[str, Any] = json.loads(text, strict=False)
    return captured


def search(simulator: Simulator, captured: dict[str, Any]) -> dict[str, Any]:
    answer = requests.get(
        simulator.pubmed_url + "esearch.fcgi",
        params={"db": "pubmed", "retmode": "json", "term": captured["term"], **captured["params"]},
        timeout=5,
    )
    result: dict[str, Any] = json.loads(answer.text, strict=False)["esearchresult"]
    return result


SAME_FINDINGS = [
    ("nonexistent_mesh", True),
    ("legitimate_zero", True),
    ("warning_lost_with_rettype_count", True),
    # PubMed has records on asthma, the forty here have none.
    ("stopword_phrase_not_found", False),
]


@pytest.mark.parametrize(("name", "phrase_index"), SAME_FINDINGS)
def test_a_search_without_hits_says_what_the_live_service_said(
    simulator: Simulator, captures: dict[str, Any], name: str, phrase_index: bool
) -> None:
    simulator.eutils.phrase_index = phrase_index
    ours, live = search(simulator, captures[name]), captures[name]["esearchresult"]
    for key in ("count", "warninglist", "errorlist", "querytranslation"):
        assert ours.get(key) == live.get(key), key


def test_a_tag_that_is_passed_over_leaves_the_same_error_list(
    simulator: Simulator, captures: dict[str, Any]
) -> None:
    for name in ("invalid_field_tag_silent", "unknown_tag_with_space", "tag_on_group_ignored"):
        captured = captures[name]
        answer = search(simulator, {**captured, "term": captured["term"].replace("copd", "asthma")})
        fields = answer.get("errorlist", {}).get("fieldsnotfound")
        assert fields == captured["esearchresult"]["errorlist"]["fieldsnotfound"], name


SAME_ECHO = [
    *("valid_query", "dropped_phrase_with_results", "modifier_ignored_mh_proximity"),
    *("brackets_inside_phrase_ok", "unicode_asterisk_U2217", "legitimate_zero"),
]


@pytest.mark.parametrize("name", SAME_ECHO)
def test_the_query_is_echoed_as_the_live_service_echoed_it(
    captures: dict[str, Any], name: str
) -> None:
    captured = captures[name]
    read = parse_query(captured["term"], known_phrases=lambda _, phrase: phrase != "body battery")
    live = captured["esearchresult"]["querytranslation"]
    assert read.translation.casefold() == live.casefold()


def test_the_error_past_the_cap_is_byte_for_byte_the_live_one(
    simulator: Simulator, captures: dict[str, Any]
) -> None:
    captured = captures["retstart_beyond_window_INVALID_JSON"]
    answer = requests.get(
        simulator.pubmed_url + "esearch.fcgi",
        params={"retmode": "json", "term": captured["term"], **captured["params"]},
        timeout=5,
    )
    live, ours = captured["raw"], answer.text
    assert ours.replace('": ', '":').replace(', "', ',"') == live


def test_efetch_errors_have_the_captured_status_and_body(
    simulator: Simulator, errors: dict[str, Any]
) -> None:
    url = simulator.pubmed_url + "efetch.fcgi"
    bad = requests.get(url, params={"id": "abc"}, timeout=5)
    assert bad.status_code == errors["efetch_malformed_id"]["status"]
    assert bad.text.endswith(errors["efetch_malformed_id"]["body"])
    unknown = requests.get(url, params={"id": "999999999"}, timeout=5)
    assert unknown.text.endswith(errors["efetch_unknown_pmid"]["body"])


def test_the_refusal_over_the_rate_has_the_captured_keys_and_headers(
    simulator: Simulator, errors: dict[str, Any]
) -> None:
    captured = errors["http_429"]
    simulator.faults.append(
        Fault.status(captured["status"], captured["body"], headers=captured["headers"])
    )
    url = simulator.pubmed_url + "esearch.fcgi"
    replayed = requests.get(url, params={"term": "x"}, timeout=5)
    simulator.rate_limit = RateLimit(window=60)
    refused = [requests.get(url, params={"term": "x"}, timeout=5) for _ in range(4)][-1]
    assert refused.status_code == replayed.status_code
    assert refused.json().keys() == replayed.json().keys()
    assert {k: v for k, v in refused.json().items() if k != "api-key"} == {
        k: v for k, v in replayed.json().items() if k != "api-key"
    }
    for name, value in captured["headers"].items():
        assert refused.headers[name] == value


def test_the_xml_has_the_elements_of_real_answers_in_their_order(
    simulator: Simulator, shared: Path
) -> None:
    folder = shared / "data/eutils/biopython-tests"
    url = simulator.pubmed_url + "esearch.fcgi"
    plain = requests.get(url, params={"term": "the OR patients"}, timeout=5)
    assert _tags(plain.text) == _tags((folder / "esearch1.xml").read_text())
    with_history = requests.get(url, params={"term": "patients", "usehistory": "y"}, timeout=5)
    assert _tags(with_history.text) == _tags((folder / "esearch2.xml").read_text())
    nothing = requests.get(url, params={"term": "abcXYZ"}, timeout=5)
    assert _tags(nothing.text) == _tags((folder / "esearch8.xml").read_text())
    assert nothing.text.split("<eSearchResult>")[0].split() == (
        (folder / "esearch8.xml").read_text().split("<eSearchResult>")[0].split()
    )


def _tags(xml: str) -> list[str]:
    return [child.tag for child in ElementTree.fromstring(xml)]


def test_real_articles_are_found_and_come_back_as_they_were_stored(
    simulator: Simulator, shared: Path
) -> None:
    pmid = sorted(path.stem for path in (shared / "data/pubmed/efetch-single").glob("*.xml"))[0]
    found = search(simulator, {"term": f"{pmid}[pmid]", "params": {}})
    assert found["idlist"] == [pmid]
    answer = requests.get(simulator.pubmed_url + "efetch.fcgi", params={"id": pmid}, timeout=5)
    stored = ElementTree.parse(shared / f"data/pubmed/efetch-single/{pmid}.xml").getroot()
    ours = ElementTree.fromstring(answer.content)
    assert ElementTree.canonicalize(
        ElementTree.tostring(ours[0]), strip_text=True
    ) == ElementTree.canonicalize(ElementTree.tostring(stored[0]), strip_text=True)


def test_pages_of_studies_have_the_captured_keys(simulator: Simulator, shared: Path) -> None:
    folder = shared / "data/clinicaltrials/captured-2026"
    url = simulator.clinicaltrials_url + "studies"
    first = requests.get(url, params={"pageSize": "1", "countTotal": "true"}, timeout=5).json()
    live = json.loads((folder / "search_phelan_limit5_20260811.json").read_text())
    assert first.keys() == live.keys()
    assert {key: type(first[key]) for key in first} == {key: type(live[key]) for key in live}
    following = requests.get(
        url, params={"pageSize": "1", "pageToken": first["nextPageToken"]}, timeout=5
    ).json()
    later = json.loads((folder / "search_phelan_next_20260811.json").read_text())
    assert following.keys() == later.keys()


def test_a_study_comes_as_it_was_captured(simulator: Simulator, shared: Path) -> None:
    path = shared / "data/clinicaltrials/captured-2026/get_nct06382129_20260811.json"
    answer = requests.get(simulator.clinicaltrials_url + "studies/NCT06382129", timeout=5)
    assert answer.json() == json.loads(path.read_text())


def test_clinicaltrials_errors_are_the_captured_ones(
    simulator: Simulator, errors: dict[str, Any]
) -> None:
    url = simulator.clinicaltrials_url + "studies"
    for name, parameters in (
        ("ctgov_400_unbalanced", {"query.term": "(phantom"}),
        ("ctgov_400_unknown_param", {"query.badfield": "x"}),
    ):
        answer = requests.get(url, params=parameters, timeout=5)
        assert answer.status_code == errors[name]["status"]
        assert answer.headers["Content-Type"].startswith(errors[name]["content_type"])
        assert answer.text == errors[name]["body"]
