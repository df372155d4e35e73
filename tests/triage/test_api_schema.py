"""The API held against its own document: unauthenticated and as each role, with odd input.

Schemathesis makes the requests; half of them are pointed at things that are there. Each caller has
a share of a minute. No answer is a fault of ours, none is beyond the role, and each is as the
document says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from db import reports as report_rows
from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE
from surveillance.pipeline import accounts
from surveillance.pipeline.demonstration import PUBLISHED_SEARCH
from surveillance.pipeline.running import run_topic
from tests.triage.test_api import WRITES
from tests.triage_desk import PEOPLE, Page, served
from tests.world import store_url, world

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Requests of each caller to each action.
EXAMPLES = 5
#: How a request is refused before anybody asks who sends it, because it is none.
REFUSED = {404, 405, 422}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with world(tmp_path_factory.mktemp("schema")) as made:
        for day in (PUBLISHED_SEARCH, date(2025, 1, 31)):
            made.simulator.as_of = day
            run_topic(made.topic, made.settings, until=day)
        with served(made.folder, store_url(made.folder)) as opened:
            yield opened


@pytest.fixture(scope="module")
def tokens(page: Page) -> dict[Role, str]:
    return {
        role: accounts.give_token(page.store, name, purpose=accounts.API, label="the schema")
        for role, name in PEOPLE.items()
    }


@pytest.fixture(scope="module")
def document(page: Page, tokens: dict[Role, str]) -> dict[str, Any]:
    sent = {"Authorization": f"Bearer {tokens[Role.ADMIN]}"}
    found: dict[str, Any] = httpx.get(f"{page.url}/api/v1/openapi.json", headers=sent).json()
    # The test says who calls; what is made up stands in the place of everything else.
    del found["components"]["securitySchemes"]
    for methods in found["paths"].values():
        for action in methods.values():
            assert action.pop("security") == [{"token": []}]
    return found


@pytest.fixture(scope="module")
def there(page: Page) -> dict[str, int]:
    """A report that is there, and a signal."""
    with page.store.snapshot() as session:
        reports = sorted(set(report_rows.report_places(session, EXAMPLE).values()))
    return {"report": reports[-1], "number": 1}


def allowed(method: str, path: str, role: Role) -> bool:
    named = path.format(slug=EXAMPLE, report=1, number=1)
    return role in WRITES.get((method.upper(), named), set(Role))


@dataclass
class Calls:
    """One caller's calls: each answer is held against the document and the caller's role."""

    url: str
    role: Role | None
    sent: dict[str, str]
    there: dict[str, int]
    seen: Counter[int] = field(default_factory=Counter)

    def make(self, operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), at_home=st.booleans())
        def each(case: Any, at_home: bool) -> None:
            self.call(case, operation.path, at_home=at_home)

        # An action without parameters cannot be asked wrongly.
        with suppress(Unsatisfiable):
            each()

    def call(self, case: Any, path: str, *, at_home: bool) -> None:
        if at_home and case.path_parameters:
            home = {"slug": EXAMPLE, **self.there}
            case.path_parameters = {name: home[name] for name in case.path_parameters}
        answer = case.call(base_url=self.url, headers=self.sent, timeout=30)
        case.validate_response(answer, checks=CHECKS, headers=self.sent)
        self.seen[answer.status_code] += 1
        if self.role is None:
            assert answer.status_code in REFUSED | {401}, answer.text
            assert set(answer.json()) == {"error", "kind"}
        elif not allowed(case.method, path, self.role):
            assert answer.status_code in REFUSED | {403}, answer.text


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_no_answer_is_a_fault_or_beyond_the_role(
    page: Page,
    tokens: dict[Role, str],
    document: dict[str, Any],
    there: dict[str, int],
    role: Role | None,
) -> None:
    sent = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
    calls = Calls(page.url, role, sent, there)
    operations = [
        found.ok()
        for found in schemathesis.openapi.from_dict(document).get_all_operations()
        if isinstance(found, Ok)
    ]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            calls.make(operation, mode)
    assert len(operations) == sum(len(methods) for methods in document["paths"].values())
    if role is None:
        assert calls.seen[401] > len(operations)
        assert calls.seen[200] == 0
    else:
        assert calls.seen[200] > 0
        assert calls.seen[401] == 0
