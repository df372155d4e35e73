"""Dates in every form that registries print, HTML, lists, sizes, and their words for the design."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.studies import vocabulary
from surveillance.studies.registry_text import count_of, iso_date, items_of, plain


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("31/12/2020", "2020-12-31"),
        ("1/2/2020", "2020-02-01"),
        ("12/31/2020", "2020-12-31"),
        ("21-10-2013", "2013-10-21"),
        ("21.10.2013", "2013-10-21"),
        ("20201231", "2020-12-31"),
        ("2020-12-31", "2020-12-31"),
        ("2020/12/31", "2020-12-31"),
        ("2020-12-31T00:00:00.000Z", "2020-12-31"),
        ("2020-12-31 10:00:00.0", "2020-12-31"),
        ("2020-12", "2020-12"),
        ("2020", "2020"),
        ("24 August 2026", "2026-08-24"),
        ("1st Sept 2026", ""),
        ("3rd Sep 2026", "2026-09-03"),
        ("August 24, 2026", "2026-08-24"),
        ("August 2026", "2026-08"),
        ("31/02/2020", ""),
        ("2020-13-01", ""),
        ("99999999", ""),
        ("soon", ""),
        ("Smarch 2020", ""),
        ("", ""),
        ("N/A", ""),
    ],
)
def test_a_date_is_read_in_every_form(printed: str, read: str) -> None:
    assert iso_date(printed) == read


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 12, 31)))
def test_the_day_stands_before_the_month(day: date) -> None:
    for form in ("%d/%m/%Y", "%Y%m%d", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y"):
        assert iso_date(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Pain<br>\nand  grief", "Pain and grief"),
        ("<p class='x'>Pain</p>", "Pain"),
        ("age < 18 years and > 3 months", "age < 18 years and > 3 months"),
        ("a&nbsp;b &lt;br&gt; c&#x0D;d", "a b c d"),
        ("10<sup>3</sup>", "103"),
        ("Not provided at time of registration", ""),
        ("Plain English summary of protocol not provided at time of registration", ""),
        ("N/A", ""),
        ("Nil known.", ""),
        ("None of them", "None of them"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_a_field_is_plain_text(printed: str, read: str) -> None:
    assert plain(printed) == read


def test_a_list_in_a_field_is_divided() -> None:
    assert items_of("A; B;;A<br>C; N/A;\nD") == ("A", "B", "C", "D")


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("110", 110),
        ("1,200", 1200),
        ("0", 0),
        ("110 participants", 110),
        ("Group 1:49;Group 2: 50;", 99),
        ("Group 1:49;Group two", None),
        ("about 100", None),
        ("9" * 30, None),
        ("", None),
    ],
)
def test_a_size_is_read_or_left_empty(printed: str, read: int | None) -> None:
    assert count_of(printed) == read


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Allocation: Randomized. Masking: Open.", "RANDOMIZED"),
        ("Allocation: N/A. Intervention model: single group, not randomised", ""),
        ("Allocation: Non-randomized. A randomised run-in.", "NON_RANDOMIZED"),
        ("Randomised controlled trial", "RANDOMIZED"),
        ("Non randomised study", "NON_RANDOMIZED"),
        ("nonrandomized, open", "NON_RANDOMIZED"),
        ("Controlled: yes Randomised: yes Open: no", "RANDOMIZED"),
        ("Controlled: no Randomised: no Open: yes", ""),
        ("Cohort study", ""),
        ("", ""),
    ],
)
def test_allocation_is_mapped_where_it_is_certain(printed: str, read: str) -> None:
    assert vocabulary.allocation(printed) == read


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Phase II/III", ("PHASE2", "PHASE3")),
        ("Phase 2/Phase 3", ("PHASE2", "PHASE3")),
        ("Phase I", ("PHASE1",)),
        ("Phase IIa", ("PHASE2",)),
        ("4", ("PHASE4",)),
        ("0", ("EARLY_PHASE1",)),
        ("Early Phase 1", ("EARLY_PHASE1",)),
        ("N/A", ("NA",)),
        ("Not Applicable", ("NA",)),
        ("Human pharmacology (Phase I): no\nTherapeutic exploratory (Phase II): yes", ("PHASE2",)),
        ("Diagnostic New Technique Clinical Study of 3 kinds of tests", ()),
        ("", ()),
    ],
)
def test_phases_are_mapped_where_they_are_certain(printed: str, read: tuple[str, ...]) -> None:
    assert vocabulary.phases(printed) == read


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Interventional clinical trial of medicinal product", "INTERVENTIONAL"),
        ("Observational study", "OBSERVATIONAL"),
        ("Expanded Access", "EXPANDED_ACCESS"),
        ("Basic science", "Basic science"),
        ("", ""),
    ],
)
def test_a_study_type_that_is_not_certain_stays_as_printed(printed: str, read: str) -> None:
    assert vocabulary.study_type(printed) == read
