"""NCBI's key and the contact's address are in the requests, and nowhere else."""

from __future__ import annotations

import logging

import pytest

from tests.faults.cases import LARGE, Attempt, Case, Kind
from tests.faults.weather import VISIBLE
from tests.faults.workshop import Workshop
from tests.faults.workspaces import CONTACT, KEY, leaks, listening

AT_PUBMED, AT_TRIALS, AT_EUROPE_PMC = 1, 6, 9


def test_no_secret_is_logged_stored_told_or_sent_out(shop: Workshop) -> None:
    names = ("429 without end", "403", "binary", "100 MB", "reset midway", "invalid JSON")
    assert set(names) <= VISIBLE.keys()
    attempts = tuple(
        Attempt(Kind.FOUL, ((number, name),))
        for name in names
        for number in (AT_PUBMED, AT_TRIALS, AT_EUROPE_PMC)
    )
    shop.healthy(LARGE)
    with listening() as log:
        outcome = shop.carry_out(Case(0, LARGE, 1, (attempts,)))
    assert (log.leaks, outcome.leaks) == ([], [])
    assert log.read > 300
    assert outcome.ends["failed"] >= len(names)


def test_the_secrets_are_really_sent_and_would_be_seen(shop: Workshop) -> None:
    shop.simulator.requests.clear()
    shop.carry_out(Case(0, LARGE, 1, ((),)))
    asked = [one.parameters for one in shop.simulator.requests if "eutils" in one.path]
    assert {one["api_key"] for one in asked} == {KEY}
    assert {one["email"] for one in asked} == {CONTACT}
    assert len(leaks({"here": f"{KEY} {CONTACT}".encode()})) == 2
    with listening() as log:
        logging.getLogger("somewhere").debug("sent with %s", KEY)
    assert len(log.leaks) == 1


@pytest.mark.parametrize("place", ["exchange", "payload", "file"])
def test_a_secret_in_the_workspace_would_be_seen(shop: Workshop, place: str) -> None:
    assert leaks({f"{place} 1": CONTACT.encode()}) == [f"{CONTACT} in {place} 1"]
