"""Constructed registrations and reports without a number, of the same trial or of a sister's.

Everything is drawn by a seed from lists of words. A report is written from one trial and changed
as people change titles, years and sizes between registration and publication. For a report of a
*different* trial the one that it is really of is left out of the registry, and a sister stands
there in its place: the same sponsor with another condition, the same condition with another drug,
the other phase, the children's version, the first of two trials of one name, another team's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from surveillance.records import Author, Record
from surveillance.studies.one_trial import Trial
from surveillance.studies.registrations import RegistryDate

CONDITIONS = (
    "phantom limb pain", "knee osteoarthritis", "plaque psoriasis", "major depressive disorder",
    "type 2 diabetes", "heart failure", "chronic migraine", "rheumatoid arthritis",
    "ulcerative colitis", "bipolar depression", "neuropathic pain after amputation", "asthma",
    "atrial fibrillation", "ovarian cancer", "prostate cancer", "multiple sclerosis",
    "alcohol use disorder", "chronic obstructive pulmonary disease", "preeclampsia",
    "sickle cell pain",
    "atopic dermatitis", "hepatic steatosis", "lupus nephritis", "chronic kidney disease",
)  # fmt: skip
TREATMENTS = (
    "capsaicin patch", "ketamine infusion", "targeted muscle reinnervation", "mirror therapy",
    "ixekizumab", "semaglutide", "dapagliflozin", "botulinum toxin", "adalimumab", "vedolizumab",
    "cognitive behavioural therapy", "pregabalin", "apixaban", "olaparib", "enzalutamide",
    "ocrelizumab", "naltrexone", "tiotropium", "aspirin", "crizanlizumab", "dupilumab",
    "resmetirom", "voclosporin", "finerenone", "spinal cord stimulation", "exercise training",
)  # fmt: skip
CONTROLS = ("placebo", "usual care", "sham treatment", "standard care", "waiting list")
NAMES = (
    "Abara", "Bergström", "Castellanos", "Dufour", "Eklund", "Farrokhzad", "Giordano", "Hartmann",
    "Ivanova", "Jovanović", "Kowalczyk", "Lindqvist", "Mbeki", "Nakagawa", "O'Rourke", "Petrov",
    "Quintero", "Rasmussen", "Sørensen", "Takahashi", "Ueda", "Verhoeven", "Wójcik", "Zimmermann",
    "Anand", "Boateng", "Chaudhry", "Demir", "Fonseca", "Gallagher", "Haugen", "Iyer",
)  # fmt: skip
ACRONYMS = (
    "ABLE", "BEACON", "CEDAR", "DELPHI", "ECHO", "FOCUS", "GLIDE", "HORIZON", "IRIS", "JUNO",
    "KITE", "LUMEN", "MERIDIAN", "NEXUS", "ORBIT", "PRISM", "QUEST", "RELAY", "SUMMIT", "TEMPO",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """A trial as it is, before anybody words it."""

    number: str
    condition: str
    treatment: str
    control: str
    people: str
    phase: int
    acronym: str
    investigators: tuple[str, ...]
    start: int
    years: int
    size: int


@dataclass(frozen=True, slots=True)
class Case:
    """A report, the registration that matters, and the number that it is of, if that is there."""

    kind: str
    report: Record
    trial: Trial
    of: str | None


def registry(random: Random, size: int) -> list[Trial]:
    """Trials that have nothing to do with a report but their field."""
    return [registered(facts(random, number)) for number in range(1, size + 1)]


def facts(random: Random, number: int) -> Facts:
    """One trial."""
    people = random.choice(("adults", "patients", "people", "women", "veterans"))
    named = random.random() < 0.6
    return Facts(
        number=f"NCT{number:08d}",
        condition=random.choice(CONDITIONS),
        treatment=random.choice(TREATMENTS),
        control=random.choice(CONTROLS),
        people=people,
        phase=random.choice((2, 3)),
        acronym=random.choice(ACRONYMS) if named else "",
        investigators=tuple(_person(random) for _ in range(random.randint(1, 2))),
        start=random.randint(2008, 2020),
        years=random.randint(1, 4),
        size=random.randint(24, 900),
    )


def registered(one: Facts) -> Trial:
    """A trial as its registration has it."""
    end = one.start + one.years
    return Trial(
        number=one.number,
        title=f"{one.treatment.capitalize()} for {one.condition} in {one.people}",
        official_title=_official(one),
        acronym=one.acronym,
        phases=(f"PHASE{one.phase}",),
        conditions=(one.condition.capitalize(),),
        interventions=(one.treatment.capitalize(), one.control.capitalize()),
        investigators=one.investigators,
        start=RegistryDate(f"{one.start}-03", "ACTUAL"),
        primary_completion=RegistryDate(f"{end}-06", "ACTUAL"),
        enrolment=one.size,
    )


def cases(random: Random, each: int) -> Iterator[Case]:
    """As many cases of every kind, the same trial's and a different one's."""
    for kind, change in SAME.items():
        for _ in range(each):
            of = facts(random, random.randint(90_000_000, 99_000_000))
            yield Case(kind, change(random, of), registered(of), of.number)
    for kind, sister in DIFFERENT.items():
        for _ in range(each):
            of = facts(random, random.randint(80_000_000, 89_000_000))
            there = sister(random, replace(of, number=f"NCT{random.randint(10**6, 7 * 10**7):08d}"))
            title = _official(of) if random.random() < 0.5 else _reworded(random, of)
            yield Case(kind, _report(random, of, title=title), registered(there), None)


def _official(one: Facts) -> str:
    return (
        f"A randomised, double-blind phase {one.phase} trial of {one.treatment} compared with "
        f"{one.control} in {one.people} with {one.condition}"
    )


def _reworded(random: Random, one: Facts) -> str:
    name = f" (the {one.acronym} trial)" if one.acronym and random.random() < 0.5 else ""
    return random.choice(
        (
            f"Efficacy and safety of {one.treatment} versus {one.control} for {one.condition}"
            f"{name}: a randomised controlled trial",
            f"{one.treatment.capitalize()} improves outcomes of {one.people} with {one.condition}"
            f"{name}",
            f"Effect of {one.treatment} on function in {one.condition}{name}: a randomized "
            "clinical trial",
            f"Does {one.treatment} help {one.people} who have {one.condition}?{name} A multicentre "
            "trial",
        )
    )


def _report(random: Random, one: Facts, **changed: object) -> Record:
    year = one.start + one.years + random.randint(0, 3)
    authors = [_author(name) for name in one.investigators if random.random() < 0.85]
    others = [_author(_person(random)) for _ in range(random.randint(2, 6))]
    size = one.size if random.random() < 0.6 else max(10, int(one.size * random.uniform(0.6, 0.98)))
    record = Record(
        source="pubmed",
        source_id=str(random.randint(10_000_000, 99_999_999)),
        title=_reworded(random, one),
        abstract=_abstract(one, size),
        authors=tuple(others[:1] + authors + others[1:]),
        year=year,
    )
    return replace(record, **changed)  # type: ignore[arg-type]


def _abstract(one: Facts, size: int) -> str:
    name = f"The {one.acronym} trial" if one.acronym else "This trial"
    return (
        f"BACKGROUND: Little is known of {one.treatment} in {one.condition}. METHODS: {name} was a "
        f"randomised phase {one.phase} comparison with {one.control}. RESULTS: {size} {one.people} "
        f"were randomised. The primary outcome favoured {one.treatment}. CONCLUSION: "
        f"{one.treatment.capitalize()} is an option for {one.condition}."
    )


def _same_title(random: Random, one: Facts) -> Record:
    return _report(random, one, title=_official(one))


def _protocol(random: Random, one: Facts) -> Record:
    title = (
        f"{one.treatment.capitalize()} for {one.condition}: study protocol of a randomised trial"
    )
    return _report(random, one, title=title, year=one.start + random.choice((-1, 0, 1)))


def _late_secondary(random: Random, one: Facts) -> Record:
    title = (
        f"Sleep and quality of life after {one.treatment} for {one.condition}: a secondary analysis"
    )
    return _report(random, one, title=title, year=one.start + one.years + random.randint(3, 8))


def _anonymous(random: Random, one: Facts) -> Record:
    return _report(random, replace(one, acronym="", investigators=()))


def _other_condition(random: Random, one: Facts) -> Facts:
    condition = random.choice([other for other in CONDITIONS if other != one.condition])
    return replace(one, condition=condition, acronym="", size=random.randint(24, 900))


def _other_treatment(random: Random, one: Facts) -> Facts:
    treatment = random.choice([other for other in TREATMENTS if other != one.treatment])
    people = tuple(_person(random) for _ in range(2))
    return replace(one, treatment=treatment, acronym="", investigators=people)


def _other_phase(random: Random, one: Facts) -> Facts:
    later = one.start + random.choice((-3, -2, 2, 3))
    size = one.size * random.choice((2, 3))
    return replace(one, phase=5 - one.phase, acronym="", start=later, size=size)


def _of_children(random: Random, one: Facts) -> Facts:
    return replace(
        one,
        people="children and adolescents",
        acronym="",
        start=one.start + 1,
        size=one.size + random.randint(5, 90),
    )


def _numbered(random: Random, one: Facts) -> Facts:
    """The second of two trials that are alike in all but their number and size."""
    acronym = f"{one.acronym or random.choice(ACRONYMS)}-2"
    return replace(one, acronym=acronym, size=one.size + random.randint(3, 40))


def _another_team(random: Random, one: Facts) -> Facts:
    people = tuple(_person(random) for _ in range(2))
    start = one.start + random.choice((-2, -1, 1, 2))
    return replace(
        one, investigators=people, acronym="", start=start, size=random.randint(24, 900),
        control=random.choice(CONTROLS),
    )  # fmt: skip


def _not_begun(random: Random, one: Facts) -> Facts:
    return replace(one, start=one.start + one.years + random.randint(4, 6), acronym="")


def _unrelated(random: Random, one: Facts) -> Facts:
    return facts(random, int(one.number[3:]))


SAME: dict[str, Callable[[Random, Facts], Record]] = {
    "results under the registered title": _same_title,
    "results, title reworded": _report,
    "protocol": _protocol,
    "secondary analysis, years later": _late_secondary,
    "no acronym, none of the investigators": _anonymous,
}
DIFFERENT: dict[str, Callable[[Random, Facts], Facts]] = {
    "same team and drug, another condition": _other_condition,
    "same condition, another drug": _other_treatment,
    "phase 2 and phase 3": _other_phase,
    "adults and children": _of_children,
    "first and second of one name": _numbered,
    "another team's trial of the same question": _another_team,
    "the same question, begun after the report": _not_begun,
    "another question": _unrelated,
}


def _person(random: Random) -> str:
    return f"{random.choice('ABCDEFGHJKLMNPRSTVW')}. {random.choice(NAMES)}"


def _author(name: str) -> Author:
    initials, _, last = name.partition(". ")
    return Author(last=last, fore=initials, initials=initials)
