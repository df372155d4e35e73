"""One form for one number, however it is printed; and what is no number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveillance.records.trial_numbers import (
    registries,
    same_number,
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


def test_numbers_are_the_same_however_printed() -> None:
    assert same_number("JPRN-UMIN000012345", "UMIN000012345")
    assert same_number("a study of ours", "a study of ours")
    assert not same_number("NCT05009394", "NCT05009395")
    assert not same_number("x", "y")


def test_every_registry_is_in_the_docs_and_tried_here() -> None:
    assert {registry for _, registry, _ in PRINTED} == set(registries())
    table = PAGE.read_text(encoding="utf-8").split("## Numbers")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| ([\w. -]+?) \| `", table, re.MULTILINE)) == set(registries())
