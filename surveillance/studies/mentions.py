"""How a text speaks of a trial whose number it prints: as its own, or as somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveillance.records.trial_numbers import Found, numbers_in

_AROUND = 40
#: Words between an adjective and the noun that it describes, at most.
_PHRASE = 9


class Stance(StrEnum):
    """What the words around a number make of the trial."""

    REGISTERED = "a statement of registration"
    STUDY = "named as the study or its participants"
    SAMPLES = "named as where samples came from"
    BACKGROUND = "named as another study"
    BARE = "named without a word that says which study it is"


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a text: the words around it, the sentence it stands in, and what that says.

    `name` is the study's name or acronym, where one stands right before the number.
    """

    number: str
    words: str
    sentence: str
    stance: Stance
    name: str = ""


# A point ends a sentence where a capital, a digit or a bracket follows, but not behind the
# abbreviations that stand before numbers.
_END = re.compile(r"[.!?][\"”)\]]*\s+(?=[A-Z0-9“\"(\[#])")
_NO_END = re.compile(r"(?:\b(?:no|nr|n|num|id|reg|vs|dr|st|approx|e\.g|i\.e|al|fig)|^\W*)$", re.I)

_NOUN = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|rcts?|cohorts?|experiments?|programmes?|programs?|protocols?"
    r"|registry|database|project|sub-?stud(?:y|ies))\b(?!\s*(?:registr|number|identif|no\b|id\b))",
    re.IGNORECASE,
)
# Names of registries hold such nouns, too, and so do headings of statements.
_REGISTRY_NAME = re.compile(
    r"\bclinical\s?trials?[\s.]*gov\b"
    r"|\b(?:clinical\s+)?trials?\s+(?:registry|register)\b(?!\s+number)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"\bregist(?:ered|rations?|rar)\b|\bidentifiers?\b|\bidentification (?:no|number|code)\b"
    r"|\bclinicaltrials?[\s._]*gov\b|\b(?:trials?|studies|registry_name) regist(?:er|ry)\b"
    r"|\b(?:clinical )?(?:trial|study) (?:no|number|nr|id)\b|\beudra ?ct\b|\bdrks\b|\bisrctn\b",
    re.IGNORECASE,
)
# "this open-label trial", "this was a post hoc analysis of …", but not "this led to a trial".
_OWN = re.compile(
    r"\b(?:this|these|our|(?:present|current)(?! ongoing))\b"
    r"(?:\s+(?:is|was|are|were)\s+(?:an?|the)\b)?"
    r"(?:(?!\b(?:an?|the|to|of|in|from|for|with|that|which|by)\b).)*$",
    re.IGNORECASE | re.DOTALL,
)
_OTHERS = re.compile(
    r"\b(?:previous(?:ly)?|earlier|prior|preceding|recent(?:ly)?|past|former|another|other|different"
    r"|separate|unrelated|independent|external|historical|ongoing|future|forthcoming|planned|planning"
    r"|upcoming|subsequent|next|follow-on|companion|sister|precursor|landmark|pivotal"
    r"|published|similar|respective|existing)\b",
    re.IGNORECASE,
)
# What is said of a trial that the text only looks at.
_LOOKED_AT = re.compile(
    r"\b(?:similar to|consistent with|in (?:line|contrast|agreement|accordance|keeping) (?:with|to)"
    r"|compar(?:ed|able|ison) (?:with|to)|unlike|as in|as (?:shown|reported|seen) (?:in|by)"
    r"|eligib\w+(?:\s\w+){0,3} (?:of|for|from|in)|(?:un)?like the|results? (?:of|from) the (?:phase"
    r"|pivotal|landmark)|led to|paved the way|follow(?:s|ing|ed by) the|(?:informed|inspired"
    r"|supported|motivated|preceded|succeeded) by|is not|are not|was not part of"
    r"|not (?:included|enrolled) in"
    r"|did not (?:participate|take part) in|replicat\w+ (?:of|in)|emulat\w+"
    r"|(?:support|inform|justif|warrant|enabl|prompt|motivat|await)(?:s|e|es|ed|ing|y|ies|ied)?"
    r"|(?:will|to|is|are) be(?:ing)? (?:further |now )?(?:tested|evaluated|examined|assessed"
    r"|studied|investigated|explored|confirmed|addressed)(?: further)? in)\b",
    re.IGNORECASE,
)
# Words behind the number that say that the trial is still to come or is somebody else's.
_GOES_ON = re.compile(
    r"^[^.;]{0,25}?\b(?:is|are|has been|was|were|will be)\s+(?:(?:currently|now|also|already|being"
    r"|recently|previously)\s+)*(?:ongoing|under ?way|planned|in progress|recruiting|launched"
    r"|started|initiated|reported|published|conducted to|designed to follow|warranted|evaluated"
    r"|evaluating|testing|investigating|tested|investigated|awaited)\b",
    re.IGNORECASE,
)
# "A larger trial is planned (": the same before the number.
_TO_COME = re.compile(
    r"\b(?:is|are)\s+(?:\w+\s+)?(?:ongoing|under ?way|planned|in progress|recruiting)\W*$",
    re.IGNORECASE,
)
_SAMPLES = re.compile(
    r"\b(?:sera|serum|plasma|blood|samples?|biops(?:y|ies)|specimens?|tissues?|tumou?rs?|isolates?"
    r"|cells?|sequences)\b[^.]{0,60}\b(?:from|of|in)\b",
    re.IGNORECASE,
)
# Sections that look beyond the study, and those that look back before it.
_SECTION = re.compile(
    r"(?:^|[.!?]\s+)(?P<label>(?P<back>background|introduction|context|importance|rationale)"
    r"|(?P<beyond>conclusions?|discussion|interpretation|significance|implications|perspectives?)"
    r"|[A-Z][A-Za-z/&, -]{2,40})(?: [A-Za-z]+){0,4}:",
    re.IGNORECASE,
)
# "the KEYNOTE-189 study (", "(BRAVE-AA1; ": the name that stands right before the number.
_NAME = re.compile(
    r"\b(?P<name>[A-Z][A-Za-z0-9-]*[A-Z0-9][A-Za-z0-9-]*)"
    r"(?:\s+(?:trial|study|programme|program|cohort|registry|project))?[\s,;:(\[]*$"
)
_WORD = re.compile(r"[^\s]+")
_BREAK = re.compile(r"[;:()\[\]]|, (?:and|but|while|whereas)\b|,(?= (?:in|as|unlike|similar)\b)")


def mentions(text: str) -> Iterator[Mention]:
    """Every number in a text with what the words around it say."""
    for found in numbers_in(text):
        start, end = _sentence(text, found)
        before, after = text[start : found.start], text[found.end : end]
        yield Mention(
            number=found.number,
            words=words_around(text, found.start, found.end),
            sentence=text[start:end],
            stance=_in_section(
                _stance(_without_numbers(before), _without_numbers(after)),
                text[: found.start],
                before,
            ),
            name=_name(before),
        )


def words_around(text: str, start: int, end: int) -> str:
    """A few whole words on either side: enough to judge a link, never the abstract."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if start > _AROUND:
        before = "…" + before.partition(" ")[2]
    if end + _AROUND < len(text):
        after = after.rpartition(" ")[0] + "…"
    return " ".join(f"{before}{text[start:end]}{after}".split())


def _name(before: str) -> str:
    found = _NAME.search(before)
    return found["name"] if found else ""


def _in_section(stance: Stance, upto: str, before: str) -> Stance:
    """A study that is not called the report's own, and stands in its outlook or background."""
    if stance is not Stance.STUDY or _OWN.search(_noun_phrase(before)[0] or ""):
        return stance
    sections = list(_SECTION.finditer(upto))
    aside = bool(sections) and (sections[-1]["back"] or sections[-1]["beyond"])
    return Stance.BACKGROUND if aside else stance


def _sentence(text: str, found: Found) -> tuple[int, int]:
    """Where the sentence with a number begins and ends."""
    start, end = 0, len(text)
    for match in _END.finditer(text):
        if _NO_END.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        if match.end() <= found.start:
            start = match.end()
        elif match.start() >= found.end - 1:
            end = match.start() + 1
            break
    return start, end


def _without_numbers(text: str) -> str:
    """The words without other numbers of trials, which say nothing of this one."""
    pieces, at = [], 0
    for found in numbers_in(text):
        pieces.append(text[at : found.start])
        at = found.end
    return _REGISTRY_NAME.sub(_kept_apart, "".join((*pieces, text[at:])))


def _kept_apart(match: re.Match[str]) -> str:
    """The name of a registry as one word that states a registration."""
    return "clinicaltrials.gov" if "gov" in match[0].casefold() else "registry_name registry"


def _stance(before: str, after: str) -> Stance:
    """The first that holds, from what speaks most plainly."""
    phrase, lead = _noun_phrase(before)
    stated = _STATEMENT.search(before) or _STATEMENT.search(after)
    own = phrase is not None and _OWN.search(phrase)
    if phrase is not None and not own and (_OTHERS.search(phrase) or _LOOKED_AT.search(lead)):
        return Stance.BACKGROUND
    if not stated and (_GOES_ON.search(after) or _TO_COME.search(before)):
        return Stance.BACKGROUND
    if phrase is not None and not own and not stated_itself(before) and _SAMPLES.search(lead):
        return Stance.SAMPLES
    if stated or not re.search(r"\w", before + after):
        return Stance.REGISTERED
    return Stance.STUDY if phrase is not None or _NOUN.search(after[:60]) else Stance.BARE


def stated_itself(before: str) -> bool:
    """Whether the words before a number are a heading of a statement, or say "registered"."""
    return re.search(r"\bregist(?:ration|ered)\b", before, re.IGNORECASE) is not None


def _noun_phrase(before: str) -> tuple[str | None, str]:
    """The words that describe the study nearest before the number, and all that lead to them."""
    nouns = list(_NOUN.finditer(before))
    if not nouns:
        return None, before
    last = nouns[-1]
    start = nouns[-2].end() if len(nouns) > 1 else 0
    for stop in _BREAK.finditer(before, start, last.start()):
        start = stop.end()
    if len(nouns) > 1 and before[nouns[-2].end() : start].strip() == "(":
        # "a previous trial (the ABC trial, NCT…)": the bracket only gives the name.
        return _noun_phrase(before[: nouns[-2].end()])
    words = list(_WORD.finditer(before, start, last.end()))
    first = words[max(0, len(words) - _PHRASE)].start() if words else start
    return before[first : last.end()], before[: last.end()]
