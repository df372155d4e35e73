"""One form for one number, however it is printed; where numbers stand in texts; what is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records.trial_numbers import (
    compared,
    is_number,
    may_hold_a_number,
    numbers_in,
    registries,
    registry_of,
    trial_number,
    trial_numbers,
)

PAGE = Path(__file__).parents[3] / "docs" / "registries.md"

PRINTED = [
    ("NCT05009394", "ClinicalTrials.gov", "NCT05009394"),
    ("nct 05009394", "ClinicalTrials.gov", "NCT05009394"),
    ("ISRCTN 12345678", "ISRCTN", "ISRCTN12345678"),
    ("ISRCTN: 12345678", "ISRCTN", "ISRCTN12345678"),
    ("2019-000123-45", "EUCTR", "EUCTR2019-000123-45"),
    ("EUCTR2019-000123-45-DE", "EUCTR", "EUCTR2019-000123-45"),
    ("EUCTR2019-000123-45-3rd", "EUCTR", "EUCTR2019-000123-45"),
    ("EudraCT No. 2019-000123-45", "EUCTR", "EUCTR2019-000123-45"),
    ("2022-500001-30-00", "CTIS", "CTIS2022-500001-30"),
    ("CTIS2022-500001-30-01", "CTIS", "CTIS2022-500001-30"),
    ("2022-500001-30", "CTIS", "CTIS2022-500001-30"),
    ("U1111-1234-5678", "UTN", "U1111-1234-5678"),
    ("ACTRN12605000123456", "ANZCTR", "ACTRN12605000123456"),
    ("ChiCTR2000031104", "ChiCTR", "ChiCTR2000031104"),
    ("chictr-trc-12002123", "ChiCTR", "ChiCTR-TRC-12002123"),
    ("ITMCTR2024000123", "ITMCTR", "ITMCTR2024000123"),
    ("CTRI/2021/05/012345", "CTRI", "CTRI/2021/05/012345"),
    ("KCT0001234", "CRiS", "KCT0001234"),
    ("DRKS00012345", "DRKS", "DRKS00012345"),
    ("IRCT20120101001234N5", "IRCT", "IRCT20120101001234N5"),
    ("JPRN-UMIN000012345", "UMIN-CTR", "UMIN000012345"),
    ("UMIN000012345", "UMIN-CTR", "UMIN000012345"),
    ("JPRN-C000012345", "UMIN-CTR", "C000012345"),
    ("JPRN-jRCTs031180001", "jRCT", "jRCTs031180001"),
    ("JapicCTI-123456", "JapicCTI", "JapicCTI-123456"),
    ("JPRN-JMA-IIA00123", "JMACCT", "JMA-IIA00123"),
    ("LBCTR2020043495", "LBCTR", "LBCTR2020043495"),
    ("NTR1234", "NTR", "NTR1234"),
    ("NL1234", "NL", "NL1234"),
    ("NL-OMON54321", "NL-OMON", "NL-OMON54321"),
    ("PACTR201808123456789", "PACTR", "PACTR201808123456789"),
    ("PER-012-18", "REPEC", "PER-012-18"),
    ("RBR-6fz9y7", "ReBec", "RBR-6fz9y7"),
    ("RPCEC00000123", "RPCEC", "RPCEC00000123"),
    ("SLCTR/2017/021", "SLCTR", "SLCTR/2017/021"),
    ("TCTR20160701002", "TCTR", "TCTR20160701002"),
]


@pytest.mark.parametrize(("printed", "registry", "written"), PRINTED)
def test_a_number_has_one_form(printed: str, registry: str, written: str) -> None:
    found = trial_number(f" {printed} ")
    assert found is not None
    assert (found.registry, found.text) == (registry, written)
    assert trial_numbers([f"see {printed}, and more"]) == (found,)
    assert trial_number(written) == found


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "NCT0500939",
        "NCT050093945",
        "XNCT05009394",
        "HTA 13/143",
        "2019-000123",
        "12019-000123-45",
        "2019-123456-45",
        "CPMS 47112",
        "NL12345.018.07",
        "NL1234.018.07",
        "ISRCTN1234567",
        "U1111",
    ],
)
def test_what_is_no_number_is_none(printed: str) -> None:
    assert trial_number(printed) is None
    assert trial_numbers([printed]) == ()


def test_several_numbers_in_one_text_are_each_found_once() -> None:
    text = "ISRCTN12345678; EudraCT: 2019-000123-45 (EUCTR2019-000123-45-GB), ISRCTN 12345678"
    assert [str(one) for one in trial_numbers([text])] == ["ISRCTN12345678", "EUCTR2019-000123-45"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("nct05009394", ["NCT05009394"]),
        ("ISRCTN, 22488978, and", ["ISRCTN22488978"]),
        ("ISRCTN 15535800", ["ISRCTN15535800"]),
        ("ISRCTN: ISRCTN11057518.", ["ISRCTN11057518"]),
        ("ISRCTN474042962", []),
        ("EudraCT 2016-002676-27", ["EUCTR2016-002676-27"]),
        ("EUDRACT n. 2005-000826-22", ["EUCTR2005-000826-22"]),
        ("EUCTR2016-002676-27-ES", ["EUCTR2016-002676-27"]),
        ("2022-501234-12-00", ["CTIS2022-501234-12"]),
        ("CTIS2022-501234-12-00", ["CTIS2022-501234-12"]),
        ("EU CT 2023-509999-41", ["CTIS2023-509999-41"]),
        ("2016-002676-27-30", []),
        ("on 2016-02-27", []),
        ("ID-RCB 2023-A00386-39", []),
        ("JPRN-UMIN000021353", ["UMIN000021353"]),
        ("UMIN000021353", ["UMIN000021353"]),
        ("NTR4132/NL3847", ["NTR4132", "NL3847"]),
        ("ChiCTR-OCB-15007326", ["CHICTR-OCB-15007326"]),
        ("试验ChiCTR2000030145。", ["CHICTR2000030145"]),
        ("CTRI/2019/03/018014", ["CTRI/2019/03/018014"]),
        ("ACTRN12619000219189", ["ACTRN12619000219189"]),
        ("ACTRN 12619000219189.", ["ACTRN12619000219189"]),
        ("Identifier: UMIN 000021353", ["UMIN000021353"]),
        ("Clinicaltrials.jp: JapicCTI-123456", ["JAPICCTI-123456"]),
        ("JapicCTI-1234567", []),
        ("ACTRN 12619", []),
        ("RBR-5q5t5z.", ["RBR-5Q5T5Z"]),
        ("PACTR201805003381361", ["PACTR201805003381361"]),
        ("IRCT20170802035460N2", ["IRCT20170802035460N2"]),
        ("nothing 12345678 here", []),
    ],
)
def test_numbers_are_found_as_registries_and_people_print_them(
    text: str, numbers: list[str]
) -> None:
    assert [found.number for found in numbers_in(text)] == numbers


@given(st.text(alphabet="NCTISR0123456789-: ,EUB/", max_size=60))
def test_the_spelling_that_is_compared_stays(text: str) -> None:
    for found in numbers_in(text):
        assert compared(found.number) == found.number
        assert is_number(found.number)
        assert registry_of(found.number)


@pytest.mark.parametrize("own", ["ABCSG 42", "P60DK020579", "U1111-1183-1234", ""])
def test_a_sponsors_own_number_is_none(own: str) -> None:
    assert not is_number(own)


@pytest.mark.parametrize(
    ("text", "number", "at"),
    [
        ("(NCT No. 05009394)", "NCT05009394", "NCT No. 05009394"),
        ("NCT-05009394.", "NCT05009394", "NCT-05009394"),
        ("ISRCTN, 22488978, and", "ISRCTN22488978", "ISRCTN, 22488978"),
        ("EudraCT: 2016-002676-27;", "EUCTR2016-002676-27", "2016-002676-27"),
        ("EudraCT2016-002676-27;", "EUCTR2016-002676-27", "EudraCT2016-002676-27"),
        ("(EUCTR2016-002676-27-3rd)", "EUCTR2016-002676-27", "EUCTR2016-002676-27-3rd"),
        ("as JPRN-C000000123.", "C000000123", "JPRN-C000000123"),
        ("ChiCTR-1900025319", "CHICTR1900025319", "ChiCTR-1900025319"),
        ("ChiCTR-IPR15007326", "CHICTR-IPR-15007326", "ChiCTR-IPR15007326"),
    ],
)
def test_a_number_stands_where_it_is_printed(text: str, number: str, at: str) -> None:
    (found,) = numbers_in(text)
    assert (found.number, text[found.start : found.end]) == (number, at)


@pytest.mark.parametrize("text", ["NTR1", "HCoV-NL63", "C000012345", "U1111-1183-1234"])
def test_what_is_mostly_something_else_is_a_number_only_where_one_is_expected(text: str) -> None:
    assert list(numbers_in(text)) == []
    assert trial_numbers([text]) != ()


def test_numbers_come_in_the_order_of_the_text() -> None:
    text = "UMIN000021353, NCT05009394 (2016-002676-27) and NCT05009394"
    numbers = ["UMIN000021353", "NCT05009394", "EUCTR2016-002676-27", "NCT05009394"]
    assert [one.number for one in numbers_in(text)] == numbers
    assert [str(one) for one in trial_numbers([text])] == numbers[:3]


def test_no_number_goes_on_from_one_text_to_the_next() -> None:
    assert trial_numbers(["NCT", "05009394"]) == ()


@pytest.mark.parametrize(("printed", "registry", "written"), PRINTED)
def test_a_number_has_one_registry_in_each_spelling(
    printed: str, registry: str, written: str
) -> None:
    assert may_hold_a_number(printed)
    assert registry_of(printed) == registry_of(written.upper()) == registry


def test_what_is_no_number_has_no_registry() -> None:
    assert registry_of("ABCSG 42") == ""


def test_every_registry_is_in_the_docs_and_tried_here() -> None:
    assert {registry for _, registry, _ in PRINTED} == set(registries())
    table = PAGE.read_text(encoding="utf-8").split("## Numbers")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| ([\w. -]+?) \| `", table, re.MULTILINE)) == set(registries())
