"""What should not have happened: told in words, with the headers, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from surveillance.accounts import Role
from surveillance.cli.topics import make_workspace
from surveillance.triage.views import people
from tests.triage_desk import Page, served
from tests.world import store_url

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("faults")
    make_workspace(folder)
    with served(folder, store_url(folder)) as made:
        yield made


def breaks(*_: object, **__: object) -> None:
    raise ZeroDivisionError("a secret of the server")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_that_nobody_foresaw_is_told_without_what_it_was(
    page: Page, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    monkeypatch.setattr(people, "_list", breaks)
    with page.signed_in(Role.ADMIN) as client:
        for _ in range(3):
            answer = client.get("/people", headers={"Accept": accept})
            assert answer.status_code == 500
            assert "this should not have happened" in answer.text
            assert "secret" not in answer.text
            assert "Traceback" not in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/people/x", 422)])
def test_an_error_of_http_is_told_in_words(page: Page, path: str, status: int) -> None:
    with page.signed_in(Role.ADMIN) as client:
        answer = client.get(path)
    assert answer.status_code == status
    assert '<p class="fault" role="alert">' in answer.text
    assert "detail" not in answer.text
