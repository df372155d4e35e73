"""Registration numbers as people print them, and the one spelling that is compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.studies.trial_numbers import compared, is_number, numbers_in, registry


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
        assert registry(found.number)


@pytest.mark.parametrize("own", ["ABCSG 42", "P60DK020579", "U1111-1183-1234", ""])
def test_a_sponsors_own_number_is_none(own: str) -> None:
    assert not is_number(own)
