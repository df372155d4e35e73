"""What a digest says, in what order, and what no title can do to it."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as page

from surveillance.alerts.coverage import Coverage
from surveillance.alerts.digest import (
    COLUMNS,
    MOST_SIGNALS,
    Digest,
    DigestContent,
    Waiting,
    WeekInNumbers,
    compose,
)
from surveillance.alerts.wording import one_line, shortened
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.studies.weight import Weight
from surveillance.triggers import Trigger
from tests.unit.signals.topics import PUBLISHED, TODAY, topic

BANNER = "CONSTRUCTED DEMONSTRATION DATA"


def a_signal(subject: str = "pubmed 1", **values: Any) -> Signal:
    kind = values.pop("kind", Kind.NEW_RANDOMISED_TRIAL)
    return Signal(
        **{
            "topic": "nerve_operations",
            "kind": kind,
            "subject": subject,
            "key": signal_key(kind, subject),
            "weight": Weight.HIGH,
            "headline": f"First randomised trial: {subject}",
            "sentence": "“Nerves” was found.",
            "recommendations": ("1.4", "1.6"),
            "words": ("pre-emptive",),
            "evidence": (Evidence(Shown.PUBMED, "7", "Nerves"),),
            **values,
        }
    )


def digest(*signals: Signal, **values: Any) -> Digest:
    return compose(
        DigestContent(
            **{
                "topic": topic(),
                "today": TODAY,
                "coverage": (
                    Coverage("PubMed", TODAY),
                    Coverage("Embase", PUBLISHED, exported=True),
                ),
                "signals": signals,
                "numbers": WeekInNumbers(
                    identified=1400,
                    duplicates=1,
                    matched=9,
                    cannot_tell=2,
                    not_matched=3,
                    screened_by_rule=10,
                    screened_by_people=4,
                ),
                "waiting": Waiting(doubtful_pairs=2, proposals=8),
                **values,
            }
        )
    )


def read_page(text: str) -> Any:
    """The page as lxml reads it; the stubs of its XPath answers say too little to go on."""
    return page.fromstring(text)


def shown(composed: Digest) -> str:
    """The words of the page as a reader sees them, styles left out."""
    body = read_page(composed.html).find("body")
    return " ".join(body.text_content().split())


def both(composed: Digest) -> tuple[str, str]:
    return shown(composed), " ".join(composed.text.split())


def test_it_opens_with_what_was_searched_when() -> None:
    for words in both(digest(a_signal())):
        assert "Embase: 2024-08-02, 26 weeks ago (exported file)" in words
        assert "PubMed: 2025-01-31, today" in words
        assert words.upper().index("EMBASE") < words.upper().index("WHAT YOU SHOULD KNOW")


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (0, "today"),
        (-3, "today"),
        (1, "1 day ago"),
        (6, "6 days ago"),
        (7, "1 week ago"),
        (13, "1 week ago"),
        (14, "2 weeks ago"),
        (182, "26 weeks ago"),
    ],
)
def test_the_age_of_a_search_is_told_in_whole_weeks(days: int, age: str) -> None:
    assert Coverage("Embase", TODAY - timedelta(days=days)).age(TODAY) == age


def test_a_source_that_was_never_searched_says_so() -> None:
    assert Coverage("INAHTA", None).said(TODAY) == "not searched yet"


def test_the_most_important_signal_comes_first() -> None:
    signals = [
        a_signal("late", weight=Weight.MEDIUM, kind=Kind.FOUND_LATE),
        a_signal("trial"),
        a_signal("note", weight=Weight.LOW, kind=Kind.REGISTRATION_CHANGED),
        a_signal("retraction", kind=Kind.KNOWN_ITEM_RETRACTED),
    ]
    for words in both(digest(*signals)):
        places = [words.index(f": {name}") for name in ("retraction", "trial", "late", "note")]
        assert places == sorted(places)


def test_a_signal_names_weight_trigger_recommendation_reason_and_link() -> None:
    composed = digest(a_signal(triggers=(Trigger.FIRST_RANDOMISED_TRIAL, Trigger.SAFETY_EVENT)))
    for words in both(composed):
        assert "“Nerves” was found." in words
        assert "To prevent pain, research." in words
        assert "high" in words
        assert "first randomised trial, safety event" in words
    assert "pre-emptive" in shown(composed)
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/7/"' in digest(a_signal()).html
    assert "https://pubmed.ncbi.nlm.nih.gov/7/\n" in digest(a_signal()).text


def test_new_evidence_says_what_it_measures_and_compares() -> None:
    named: dict[str, Any] = {
        "outcomes": ("phantom limb pain",),
        "comparators": ("amputation alone",),
    }
    told = "Outcomes: phantom limb pain. Compared with: amputation alone."
    for kind, expected in ((Kind.NEW_RANDOMISED_TRIAL, True), (Kind.REGISTRATION_CHANGED, False)):
        for words in both(digest(a_signal(kind=kind, **named))):
            assert (told in words) == expected


def test_a_search_is_no_link() -> None:
    overdue = a_signal(evidence=(Evidence(Shown.SEARCH, "Embase", "last searched"),))
    for words in both(digest(overdue)):
        assert "search Embase" not in words


@pytest.mark.parametrize(
    ("evidence", "address"),
    [
        (Evidence(Shown.REGISTRATION, "NCT05009394", ""), "https://clinicaltrials.gov/study/NCT05009394"),
        (Evidence(Shown.DOI, "10.5555/a<b>#c", ""), "https://doi.org/10.5555/a%3Cb%3E%23c"),
        (Evidence(Shown.PUBMED, "1?term=2", ""), "https://pubmed.ncbi.nlm.nih.gov/1%3Fterm%3D2/"),
    ],
    ids=["registration", "doi", "pubmed"],
)  # fmt: skip
def test_evidence_links_to_where_it_can_be_looked_up(evidence: Evidence, address: str) -> None:
    composed = digest(a_signal(evidence=(evidence,)))
    (link, *_) = read_page(composed.html).xpath("//ol//a/@href")
    assert link == address
    assert f"{address}\n" in composed.text


@pytest.mark.parametrize("kind", [Shown.RECORD, Shown.KNOWN_ITEM])
def test_evidence_without_an_address_is_named(kind: Shown) -> None:
    composed = digest(a_signal(evidence=(Evidence(kind, "embase L1", "Another title"),)))
    assert not read_page(composed.html).xpath("//ol//a")
    for words in both(composed):
        assert "embase L1: Another title" in words


def test_words_that_the_sentence_says_are_not_said_again() -> None:
    assert digest(a_signal(sentence="“Nerves” came.")).text.count("Nerves") == 1


def test_the_week_is_told_in_numbers_and_what_waits() -> None:
    for words in both(digest(a_signal())):
        assert "1,400 records identified, 1 duplicate" in words
        assert "9 match, 2 cannot tell yet, 3 no match" in words
        assert "10 by rule, 4 by people" in words
        assert "1 signal" in words
        assert "8 screening proposals" in words
        assert "2 doubtful pairs" in words


def test_a_quiet_week_is_one_plain_line_and_no_silence() -> None:
    quiet = digest(waiting=Waiting())
    line = "A quiet week: the searches ran, and nothing changed that you should know."
    for words in both(quiet):
        assert words.count(line) == 1
        assert words.count("nothing") == 2  # the line, and nothing waits
    assert "nothing new" in quiet.subject
    assert line not in digest(a_signal()).text


def test_the_banner_stands_on_top_of_everything() -> None:
    composed = digest(a_signal(), banner=BANNER)
    assert composed.subject.startswith(f"[{BANNER}] ")
    assert composed.text.startswith(f"*** {BANNER} ***\n")
    assert shown(composed).startswith(BANNER)
    assert BANNER in composed.html[: composed.html.index("</title>")]


def test_without_a_banner_there_is_none() -> None:
    composed = digest(a_signal())
    assert "***" not in composed.text
    assert 'class="banner"' not in composed.html
    assert composed.subject == "Nerve operations after amputation: 1 signal, week to 2025-01-31"


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raise %}",
    "</title></style><h1>x",
    "line\r\nBcc: everybody@example.org",
    "\x1b[31mred\x07",
    "right\u202eto left\u2066",
    "half \ud83d a pair",
    "nul\x00",
]


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_a_title_stays_text(title: str) -> None:
    signal = a_signal(
        title,
        headline=title,
        sentence=title,
        words=(title,),
        recommendations=("1.4", title),
        evidence=(Evidence(Shown.RECORD, title, title), Evidence(Shown.PUBMED, title, "x")),
    )
    hostile = replace(topic(), title=title)
    composed = digest(
        signal, topic=hostile, coverage=(Coverage(title, TODAY),), remarks=(title,), banner=title
    )
    plain = digest(
        a_signal(evidence=(Evidence(Shown.RECORD, "1", "1"),) * 2), banner="b", remarks=("r",)
    )
    tree = read_page(composed.html)
    assert not tree.xpath("//script | //img | //@onerror")
    assert len(tree.xpath("//h1")) == len(read_page(plain.html).xpath("//h1")) == 1
    assert one_line(title) in html.unescape(composed.html)
    assert "\n" not in composed.subject and "\r" not in composed.subject
    for output in (composed.subject, composed.html, composed.text):
        assert not set(output) & set("\r\x00\x07\x1b\u202e\u2066\ud83d")
        output.encode("utf-8")
    assert "Bcc:" not in [line.strip()[:4] for line in composed.text.splitlines()]


def test_the_page_needs_nothing_from_elsewhere_and_can_be_walked_by_headings() -> None:
    tree = read_page(digest(a_signal(), banner=BANNER, remarks=("slow",)).html)
    assert not tree.xpath("//link | //img | //script | //iframe | //@src")
    assert "@import" not in tree.xpath("string(//style)")
    assert "url(" not in tree.xpath("string(//style)")
    assert tree.get("lang") == "en"
    assert [h.tag for h in tree.xpath("//h1 | //h2 | //h3")] == [
        "h1", "h2", "h2", "h3", "h2", "h2", "h2",
    ]  # fmt: skip
    names = set(tree.xpath("//@id"))
    assert set(tree.xpath("//@aria-labelledby")) <= names
    assert "prefers-color-scheme: dark" in tree.xpath("string(//style)")


def test_colour_is_never_the_only_sign_of_weight() -> None:
    tree = read_page(digest(a_signal(weight=Weight.MEDIUM)).html)
    assert tree.xpath("string(//h3/span)") == "medium"


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_is_told_from_its_ground(scheme: int) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    style = read_page(digest().html).xpath("string(//style)")
    block = style.split(":root {")[scheme + 1].split("}")[0]
    colours = dict(
        part.strip().removeprefix("--").split(": ") for part in block.split(";") if "--" in part
    )
    pairs = [(ink, "sheet") for ink in ("ink", "soft", "link", "high", "medium", "low")]
    for ink, ground in [*pairs, ("banner-ink", "banner")]:
        light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_a_flood_of_signals_stays_a_note_and_is_counted() -> None:
    flood = digest(*(a_signal(f"pubmed {number}") for number in range(3570)))
    for words in both(flood):
        assert words.count("First randomised trial") == MOST_SIGNALS
        assert "And 3,540 more signals: surveil signals nerve_operations" in words
    assert len(flood.html) < 100_000


def test_a_long_sentence_is_cut_between_words() -> None:
    composed = digest(a_signal(sentence="word " * 1000))
    assert composed.text.count("word") == 600 // len("word ")
    assert "word…" in composed.text


texts = st.text(
    alphabet=st.characters(codec="utf-8") | st.sampled_from(" -<>&\n\u202e"), max_size=120
)


@given(texts, texts, texts)
def test_no_line_of_the_note_is_wider_than_a_mail(title: str, sentence: str, words: str) -> None:
    evidence = (Evidence(Shown.PUBMED, "7", words), Evidence(Shown.RECORD, words, title))
    composed = digest(
        a_signal(headline=title, sentence=sentence, words=(words,), evidence=evidence),
        remarks=(sentence,),
        banner="BANNER",
    )
    too_wide = [line for line in composed.text.splitlines() if len(line) > COLUMNS]
    assert [line for line in too_wide if "://" not in line] == []


@given(st.text(max_size=80), st.integers(2, 40))
def test_shortening_keeps_the_length_and_the_beginning(text: str, length: int) -> None:
    short = shortened(text, length)
    assert len(short) <= length
    assert one_line(text).startswith(short.removesuffix("…"))


def test_the_same_content_gives_the_same_digest() -> None:
    signals = [a_signal(str(number)) for number in range(5)]
    assert digest(*signals) == digest(*reversed(signals))


def test_a_date_of_any_age_is_told() -> None:
    assert Coverage("Embase", date.min).age(date.max).endswith("weeks ago")
