"""A sentence of ours on a page: commands are shown as such, and nothing in it is markup."""

from __future__ import annotations

import pytest

from surveillance.triage.pages import templates


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Try `surveil run x` again.", "Try <code>surveil run x</code> again."),
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("nothing here", "nothing here"),
        ("one ` alone <b>", "one ` alone &lt;b&gt;"),
        ("`<script>` & `x`", "<code>&lt;script&gt;</code> &amp; <code>x</code>"),
        ("a\x1b[31m `b`", "a [31m <code>b</code>"),
    ],
)
def test_commands_are_shown_as_such_and_all_else_is_escaped(sentence: str, shown: str) -> None:
    made = templates().from_string("{{ it|told }}").render(it=sentence)
    assert " ".join(made.split()) == shown
