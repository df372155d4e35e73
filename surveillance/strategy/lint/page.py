"""The lint's page in the docs, printed from the rules."""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.strategy.lint import RULES
from surveillance.strategy.lint.rule import Press, Rule

_HEAD = "\n".join(
    [
        "# The lint",
        "",
        "Printed from the rules by `python -m surveillance.strategy.lint.page`; a test fails when "
        "it is stale. Each rule names the element of PRESS 2015 (McGowan et al., *J Clin "
        "Epidemiol* 2016;75:40–46) under which a peer reviewer would ask. An *error* changes what "
        "is found, a *warning* may, *info* does not by itself. Each example is tested: it breaks "
        "its rule, and the second one does not.",
        "",
        "What was repaired or not understood while the strategy was read is listed with the "
        "findings of the rules (codes such as `missing-line`, `unbalanced-parenthesis`, "
        "`count-unreadable`).",
        "",
    ]
)
_NEEDS = {
    "mesh": "a MeSH tree (`--mesh`, or the workspace's)",
    "known items": "the known items as records (`--known-items`)",
    "mapping": "the topic's mapping table",
}


def as_markdown() -> str:
    """The page: a table of the rules, then a section for each."""
    parts = [_HEAD, *_table()]
    for press in Press:
        rules = [rule for rule in RULES if rule.press is press]
        parts += [f"## {press}", *(_section(rule) for rule in rules)]
    return "\n".join(parts)


def _table() -> Iterator[str]:
    yield "| rule | severity |\n|---|---|"
    for rule in sorted(RULES, key=lambda rule: rule.code):
        yield f"| [`{rule.code}`](#{rule.code}) | {rule.severity} |"
    yield ""


def _section(rule: Rule) -> str:
    first, _, rest = rule.why.partition("\n\n")
    lines = [f"### {rule.code}", f"*{rule.severity}.* {_joined(first)}", ""]
    if rest:
        lines += [_joined(rest), ""]
    if rule.needs:
        lines += [f"Needs {_NEEDS[rule.needs]}.", ""]
    lines += [
        f"Found in ({rule.dialect}):",
        f"```\n{rule.example}\n```",
        "Not in:",
        f"```\n{rule.instead}\n```",
        f"What to do: {rule.hint}",
        "",
    ]
    return "\n".join(lines)


def _joined(text: str) -> str:
    """A paragraph on one line."""
    return " ".join(text.split())


if __name__ == "__main__":
    print(as_markdown(), end="")
