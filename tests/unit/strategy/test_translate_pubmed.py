"""Every dialect → PubMed: text and query, polarity, losses, and the grammar of the target."""

import re
from pathlib import Path

import pytest

from surveillance.strategy.nodes import Adjacency, Fielded, Heading, Phrase
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.pubmed import Translation, translate
from surveillance.strategy.translate.pubmed_words import MOST_PROXIMITIES

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"
ALNUM = "0123456789abcdefghijklmnopqrstuvwxyz"
CUT = "(cut[tiab] OR " + " OR ".join(f"cut{c}*[tiab]" for c in ALNUM) + ")"

QUERIES = {
    # words: ovid-semantics 11.5
    "TMR.tw.": "tmr[tiab]",
    "neurotizat*.tw.": "neurotizat*[tiab]",
    "cut*.tw.": CUT,
    "colo?r.tw.": "colo*[tiab]",
    "dog$1.tw.": "(dog[tiab] OR " + " OR ".join(f"dog{c}[tiab]" for c in ALNUM) + ")",
    "névralgie.tw.": "nevralgie[tiab]",
    # fields: ovid-semantics 5
    "pain.ti.": "pain[ti]",
    "pain.ab.": "pain[tiab]",
    "pain.ti,ab.": "pain[tiab]",
    "pain.ti,ab,kf.": "pain[tiab]",
    "pain.kf.": "pain[ot]",
    "pain.mp.": "(pain[tw] OR pain[tiab] OR pain[tt])",
    "pain": "(pain[tw] OR pain[tiab] OR pain[tt])",
    "pain.hw.": "pain[tw]",
    "humans.sh.": '"humans"[mh:noexp]',
    "(animals not (humans and animals)).sh.": (
        '("animals"[mh:noexp] NOT ("humans"[mh:noexp] AND "animals"[mh:noexp]))'
    ),
    "drug therapy.fs.": '"drug therapy"[sh]',
    "dt.fs.": '"drug therapy"[sh]',
    "review.pt.": '"review"[pt]',
    "random*.pt.": "random*[tw]",
    "randomized controlled trial.pt.": '"Randomized Controlled Trial"[pt]',
    "meta analysis.pt.": '"Meta-Analysis"[pt]',
    "made up type.pt.": "(up[tw] AND type[tw])",
    "english.la.": "english[la]",
    "smith j.au.": "smith j[au]",
    "smith j*.au.": "smith[au]",
    "smit*.au.": "smit*[au]",
    "lancet.jn.": '"lancet"[ta]',
    "journal of pain.jn.": "(journal[all] AND pain[all])",
    "12345678.ui.": "(12345678[pmid] OR 12345678[aid])",
    "((pain.ti.) or limb).tw.": "(pain[ti] OR limb[tiab])",
    # phrases and adjacency: ovid-semantics 11.2 to 11.6
    "muscle reinnervation.tw.": '"muscle reinnervation"[tiab:~0]',
    "quality of life.tw.": '"quality life"[tiab:~1]',
    "the pain.tw.": "pain[tiab]",
    "re-rout*.tw.": "(re[tiab] AND rout*[tiab])",
    "(pain adj limb).tw.": '"pain limb"[tiab:~0]',
    "(pain adj1 limb).tw.": '"pain limb"[tiab:~0]',
    "(pain adj4 limb).tw.": '"pain limb"[tiab:~3]',
    "(pain adj4 limb).ti.": '"pain limb"[ti:~3]',
    "(pain adj4 (limb or stump)).tw.": '("pain limb"[tiab:~3] OR "pain stump"[tiab:~3])',
    "(pain adj2 limb adj4 stump).tw.": '"pain limb stump"[tiab:~4]',
    "(phantom limb adj3 pain).tw.": '"phantom limb pain"[tiab:~2]',
    "(pain adj3 pain).tw.": "pain[tiab]",
    "(nerve* adj4 transfer*).tw.": "(nerve*[tiab] AND transfer*[tiab])",
    "(phantom adj pain*).tw.": "(phantom[tiab] AND pain*[tiab])",
    "((a* or chronic) adj4 pain).tw.": "pain[tiab]",
    "(pain adj4 limb).mp.": (
        "((pain[tw] OR pain[tiab] OR pain[tt]) AND (limb[tw] OR limb[tiab] OR limb[tt]))"
    ),
    # headings: ovid-semantics 6
    "Nerve Transfer/": '"Nerve Transfer"[mh:noexp]',
    "exp Amputation, Surgical/": '"Amputation, Surgical"[mh]',
    "*Pain/": '"Pain"[majr:noexp]',
    "exp *Pain/": '"Pain"[majr]',
    "Muscle, Skeletal/ir": '"Muscle, Skeletal/innervation"[mh:noexp]',
    "exp Pain/su": '"Pain/surgery"[mh]',
    "Pain/dt, th": '("Pain/drug therapy"[mh:noexp] OR "Pain/therapy"[mh:noexp])',
    "*Pain/su": '("Pain/surgery"[mh:noexp] AND "Pain"[majr:noexp])',
    "exp Pain, Intractable/": '"Pain, Intractable"[mh]',
    # what can't be sent is left out of a conjunction: ovid-semantics 12
    "(with and pain).tw.": "pain[tiab]",
    "(a* and pain).tw.": "pain[tiab]",
    "pain.tw. and 2012.in.": "pain[tiab]",
    "β.tw. and pain.tw.": "pain[tiab]",
    # NOT: the operand is narrowed, or NOT is left out
    "pain.tw. not Humans/": '(pain[tiab] NOT "Humans"[mh:noexp])',
    "pain.tw. not exp Animals/": '(pain[tiab] NOT "Animals"[mh])',
    "pain.tw. not animal*.tw.": "pain[tiab]",
    "pain.tw. not Pain/su": '(pain[tiab] NOT "Pain/surgery"[mh:noexp])',
    "pain.tw. not exp Pain/su": '(pain[tiab] NOT "Pain/surgery"[mh:noexp])',
    "pain.tw. not *Pain/su": '(pain[tiab] NOT "Pain/surgery"[majr:noexp])',
    "pain.tw. not pain.kf.": "(pain[tiab] NOT pain[ot])",
    "pain.tw. not cut*.kf.": "pain[tiab]",
    "pain.tw. not 2012.ed.": "pain[tiab]",
    # dates and limits: ovid-semantics 7
    "pain.tw. and 2012.yr.": '(pain[tiab] AND ("2012"[dp] : "2012"[dp]))',
    "pain.tw. not (Humans/ or rats.tw.)": '(pain[tiab] NOT "Humans"[mh:noexp])',
    "pain.tw. not (Humans/ and rats.tw.)": "pain[tiab]",
    "pain.tw. not (Humans/ not rats.tw.)": '(pain[tiab] NOT ("Humans"[mh:noexp] NOT rats[tiab]))',
    "pain.tw. not (Humans/ not with.tw.)": "pain[tiab]",
    "pain.tw. not review.pt.": '(pain[tiab] NOT "review"[pt:noexp])',
    "pain.tw. not dt.fs.": '(pain[tiab] NOT "drug therapy"[sh:noexp])',
}


def translated(text: str) -> Translation:
    return translate(read_strategy(f"1. {text}"))


@pytest.mark.parametrize("text", QUERIES)
def test_a_line_has_its_query(text: str) -> None:
    translation = translated(text)
    assert translation.query == QUERIES[text]
    assert translation.diagnostics == ()


# Dialect and text: query, and what the losses say as (source, direction).
OTHERS = {
    ("cochrane", '"phantom limb":ti'): (
        '"phantom limb"[ti:~0]',
        [('"phantom limb"', "superset"), (":ti", "superset")],
    ),
    ("cochrane", "(phantom near/4 limb):ti"): ('"phantom limb"[ti:~4]', [(":ti", "superset")]),
    ("cochrane", "pain:kw"): ("(pain[tw] OR pain[ot])", [(":kw", "superset")]),
    ("cochrane", "review:pt"): ("review[tw]", [(":pt", "superset")]),
    ("cochrane", "phantom limb"): (
        "((phantom[all] OR phantom[tt]) AND (limb[all] OR limb[tt]))",
        [("limb", "superset"), ("phantom", "superset")],
    ),
    ("inahta", '"Nerve Transfer"[mh]'): ('"Nerve Transfer"[mh:noexp]', []),
    ("inahta", '"Nerve Transfer"[mhe]'): ('"Nerve Transfer"[mh]', []),
    ("inahta", "pain[title]"): ("pain[ti]", [("[title]", "superset")]),
    ("pubmed", "nerve transfer[tiab]"): ("nerve transfer[tiab]", []),
    ("pubmed", '"nerve transfer*"[tiab]'): ('"nerve transfer*"[tiab]', []),
    ("pubmed", '"a1 b1 c1"[ti:~2]'): ('"a1 b1 c1"[ti:~2]', []),
    ("pubmed", '"Pain/surgery"[majr]'): ('"Pain/surgery"[majr]', []),
    ("pubmed", "re-rout*[tiab]"): ('"re rout*"[tiab]', []),
    ("pubmed", "2000:2010[dp]"): ('("2000"[dp] : "2010"[dp])', []),
    ("pubmed", "pain[tiab] NOT limb[tiab]"): ("(pain[tiab] NOT limb[tiab])", []),
    ("pubmed", "nerve transfer"): ("(nerve transfer)", [("nerve transfer", "superset")]),
    ("pubmed", "systematic[sb]"): ("systematic[sb]", [("systematic", "equal")]),
    ("pubmed", "of[tiab] OR pain[tiab]"): ("pain[tiab]", [('"of"', "equal")]),
    ("pubmed", '"nerv* transfer"[tiab:~3]'): (
        "(nerv*[tiab] AND transfer[tiab])",
        [('"nerv* transfer"', "superset")],
    ),
}


@pytest.mark.parametrize(("dialect", "text"), OTHERS, ids=lambda value: value)
def test_other_dialects_have_their_query(dialect: str, text: str) -> None:
    translation = translate(read_strategy(text, dialect))
    query, losses = OTHERS[dialect, text]
    assert translation.query == query
    assert sorted((loss.source, loss.direction) for loss in translation.losses) == sorted(losses)


@pytest.mark.parametrize("text", ["with.tw.", "a*.tw.", "london.in.", "a*.tw. or β.tw."])
def test_what_would_find_everything_is_never_sent(text: str) -> None:
    translation = translated(text)
    assert translation.query == ""
    (found,) = translation.diagnostics
    assert (found.code, found.severity, found.line) == ("no-query", "error", 1)
    assert "everything" in found.message
    assert translation.losses


def test_behind_not_stays_what_has_a_narrower_bound() -> None:
    strategy = read_strategy("1. Humans/\n2. pain.tw.\n3. 1 not (2 or 1)")
    assert translate(strategy).query == '("Humans"[mh:noexp] NOT "Humans"[mh:noexp])'


# Text: every loss as (column, source, direction, verified locally); columns count from 1.
LOSSES = {
    "Nerve Transfer/": [],
    "exp *Pain/": [],
    "humans.sh.": [],
    "TMR.tw.": [(4, ".tw.", Direction.SUPERSET, True)],
    "(pain adj4 limb).tw.": [(4, ".tw.", Direction.SUPERSET, True)],
    "(pain adj limb).tw.": [
        (4, ".tw.", Direction.SUPERSET, True),
        (4, "pain adj limb", Direction.SUPERSET, True),
    ],
    "muscle pain.tw.": [
        (4, ".tw.", Direction.SUPERSET, True),
        (4, "muscle pain", Direction.SUPERSET, True),
    ],
    "(nerve* adj4 cut*).tw.": [
        (4, ".tw.", Direction.SUPERSET, True),
        (4, "nerve* adj4 cut*", Direction.SUPERSET, True),
        (17, "cut*", Direction.SUPERSET, True),
    ],
    "Pain/su": [],
    "pain.kf.": [],
    "exp Pain/su": [(4, "exp Pain/su", Direction.SUPERSET, True)],
    "*Pain/su": [(4, "*Pain/su", Direction.SUPERSET, True)],
    "pain": [(4, "pain", Direction.SUPERSET, True)],
    "Humans/ not animal*.tw.": [(16, "animal*.tw.", Direction.SUBSET, True)],
    "Humans/ not exp Pain/su": [(16, "exp Pain/su", Direction.SUBSET, True)],
    "Humans/ and lancet.jn.": [(16, "lancet", Direction.SUPERSET, True)],
    "Humans/ and london.in.": [(16, "london.in.", Direction.SUPERSET, False)],
    "Humans/ and 2012.ed.": [(16, "2012*.ed.", Direction.SUPERSET, True)],
    "Humans/ or (London.in. and pain.tw.)": [
        (16, "London.in.", Direction.SUPERSET, False),
        (31, ".tw.", Direction.SUPERSET, True),
    ],
    "Humans/ or London.in.": [
        (4, "Humans/ or London.in.", Direction.SUBSET, False),
        (15, "London.in.", Direction.SUPERSET, False),
    ],
}


@pytest.mark.parametrize("text", LOSSES)
def test_every_node_that_is_not_said_exactly_is_reported_once(text: str) -> None:
    found = [
        (loss.column, loss.source, loss.direction, loss.verified_locally)
        for loss in translated(text).losses
    ]
    assert sorted(found) == sorted(LOSSES[text])


def test_proximities_are_written_out_only_while_they_stay_few() -> None:
    few = " or ".join(f"pain{n}" for n in range(MOST_PROXIMITIES))
    assert translated(f"(limb adj3 ({few})).tw.").query.count(":~2]") == MOST_PROXIMITIES
    assert ":~" not in translated(f"(limb adj3 ({few} or ache)).tw.").query


def test_lines_are_written_out_with_the_lines_that_they_rest_on() -> None:
    strategy = read_strategy("1. a1.tw.\n2. b1.tw.\n3. or/1-2\n4. Pain/\n5. 3 and 4\n6. and/1-2")
    translation = translate(strategy, line=5)
    assert translation.query == '((a1[tiab] OR b1[tiab]) AND "Pain"[mh:noexp])'
    assert [line.number for line in translation.lines] == [1, 2, 3, 4, 5]
    assert [line.number for line in translate(strategy).lines] == [1, 2, 3, 4, 5, 6]
    assert translate(strategy).query == "(a1[tiab] AND b1[tiab])"


def test_a_line_used_on_both_sides_of_not_is_bounded_from_each() -> None:
    strategy = read_strategy("1. exp Pain/su\n2. Humans/\n3. 1 not (2 and 1)")
    translation = translate(strategy)
    assert translation.query == (
        '("Pain/surgery"[mh] NOT ("Humans"[mh:noexp] AND "Pain/surgery"[mh:noexp]))'
    )
    assert [loss.direction for loss in translation.losses] == ["subset", "superset"]


def test_a_line_that_lacks_relaxes_the_conjunction_and_shortens_the_disjunction() -> None:
    """Every record there is can't be asked for, so the disjunction goes without it, and says so."""
    both = translate(read_strategy("1. pain.tw.\n3. 1 and 2"))
    either = translate(read_strategy("1. pain.tw.\n3. 1 or 2"))
    assert (both.query, either.query) == ("pain[tiab]", "pain[tiab]")
    assert [loss.source for loss in both.losses if not loss.verified_locally] == ["#2"]
    assert both.diagnostics == ()
    assert [found.code for found in either.diagnostics] == ["finds-less"]
    assert [(loss.column, loss.direction) for loss in either.losses if loss.line == 2] == [
        (4, "subset"),
        (9, "superset"),
    ]


def test_headings_of_emtree_are_not_sent_as_mesh() -> None:
    text = "1. exp amputation/\n2. amputat*.tw.\n3. 1 or 2\n4. 2 and 1\n5. human.sh."
    strategy = read_strategy(text, "ovid-embase")
    assert translate(strategy, line=1).query == ""
    assert [found.code for found in translate(strategy, line=1).diagnostics] == [
        "unmapped-heading",
        "no-query",
    ]
    shortened = translate(strategy, line=3)
    assert shortened.query == "amputat*[tiab]"
    assert [found.code for found in shortened.diagnostics] == ["unmapped-heading", "finds-less"]
    assert translate(strategy, line=4).query == "amputat*[tiab]"
    assert translate(strategy, line=5).query == ""


def test_a_line_or_strategy_that_does_not_exist_is_an_error() -> None:
    assert translate(read_strategy("1. a1.tw."), line=7).diagnostics[-1].code == "no-line"
    assert [found.code for found in translate(read_strategy("")).diagnostics] == [
        "no-lines",
        "no-line",
    ]


def test_a_query_that_grows_without_end_is_cut_and_reported() -> None:
    doubling = [f"{n}. ({n - 1} and a{n}.tw.) or ({n - 1} and b{n}.tw.)" for n in range(2, 40)]
    translation = translate(read_strategy("\n".join(["1. x1.tw.", *doubling])))
    assert "query-too-long" in [found.code for found in translation.diagnostics]


@pytest.fixture(scope="module")
def published() -> Translation:
    return translate(read_strategy((TOPIC / "medline.ovid.txt").read_text("utf-8")))


def test_the_published_strategy_translates_the_same_each_time(published: Translation) -> None:
    again = translate(read_strategy((TOPIC / "medline.ovid.txt").read_text("utf-8")))
    assert again == published
    assert published.diagnostics == ()
    assert [line.number for line in published.lines] == list(range(1, 32))
    assert published.query == published.lines[-1].query


def test_the_published_strategy_keeps_its_not_exactly(published: Translation) -> None:
    assert published.query.endswith(' NOT ("Animals"[mh:noexp] NOT "Humans"[mh:noexp]))')


def test_the_loss_report_of_the_published_strategy_is_complete(published: Translation) -> None:
    strategy = read_strategy((TOPIC / "medline.ovid.txt").read_text("utf-8"))
    reported = [(loss.line, loss.column, loss.source) for loss in published.losses]
    assert len(reported) == len(set(reported))
    places = {(line, column) for line, column, _ in reported}
    for line in strategy.lines:
        assert line.tree is not None
        for node in line.tree.walk():
            relaxed = isinstance(node, Fielded | Adjacency | Phrase) or (
                isinstance(node, Heading) and bool(node.subheadings) and node.explode
            )
            if relaxed:
                assert (node.span.line, node.span.column) in places, node
    assert {loss.direction for loss in published.losses} == {Direction.SUPERSET}
    assert all(loss.verified_locally for loss in published.losses)


def check_grammar(query: str) -> None:
    """What PubMed would ignore or misread in silence (source-facts; ovid-semantics 11)."""
    assert query.count("(") == query.count(")")
    depth = 0
    for character in re.sub(r'"[^"]*"', '""', query):
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert depth >= 0
    assert not re.search(r"\)\[", query), "a tag on a group"
    for quoted, tag in re.findall(r'"([^"]*)"\[([^\]]*)\]', query):
        if "~" in tag:
            assert "*" not in quoted
            assert len(quoted.split()) >= 2
            assert tag.split(":")[0] in {"ti", "tiab"}
    for word, tag in re.findall(r'(?<!["\w/])([^\s()"\[\]]+)\[([^\]]*)\]', query):
        assert re.fullmatch(r"[a-z0-9]+\*?", word), word
        assert not word.endswith("*") or len(word) >= 5
        assert tag in {"ti", "tiab", "tw", "tt", "ot", "all", "la", "au", "pmid", "aid"}
    query = re.sub(r'\("\d[^"]*"\[\w+\] : "\d[^"]*"\[\w+\]\)', '"dates"[dp]', query)
    query = re.sub(r"[a-z0-9* ]+\[au\]", '"people"[au]', query)
    for group in re.findall(r"\(([^()]*)\)", re.sub(r'"[^"]*"', '""', query)):
        assert len(set(re.findall(r"\b(?:AND|OR|NOT)\b", group))) == 1, group


@pytest.mark.parametrize("query", QUERIES.values())
def test_each_query_keeps_to_the_grammar_of_pubmed(query: str) -> None:
    check_grammar(query)


def test_every_line_of_the_published_strategy_keeps_to_the_grammar(published: Translation) -> None:
    for line in published.lines:
        check_grammar(line.query)


@pytest.mark.shared
def test_what_is_sent_for_published_strategies_keeps_to_the_grammar(shared: Path) -> None:
    sent = 0
    for file in sorted((shared / "data" / "strategies").rglob("*.ovid.txt")):
        for line in translate(read_strategy(file.read_text("utf-8", "replace"))).lines:
            check_grammar(line.query)
            sent += bool(line.query)
    print(f"{sent} lines have a query")
    assert sent > 5000
