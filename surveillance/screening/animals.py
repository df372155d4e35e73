"""Whether a report is of animals: rodents apart from others, and people before either.

A word such as "mouse" is no mouse in "anti-mouse antibody" or "mouse cell line"; animals in one
sentence of a study of people are its background, so the words for both are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveillance.screening.language import Evidence
from surveillance.screening.wordings import Prose, mention, mentions

_RODENTS = (
    "rat", "rats", "mouse", "mice", "murine", "rodent", "rodents", "hamster*", "guinea pig*",
    "gerbil*", "vole", "voles", "chinchilla*",
)  # fmt: skip
#: Tests and operations that are done on rodents.
_RODENT_TESTS = (
    "forced swim*", "porsolt*", "tail suspension", "water maze", "plus maze", "radial ~1 maze",
    "barnes maze", "y maze", "t maze", "rotarod", "conditioned place preference",
    "hind paw|paws", "hindpaw*", "paw ~1 edema|oedema|withdrawal|licking",
    "intracerebroventricular*", "ovariectomi?ed",
)  # fmt: skip
#: Words that stand for the animals themselves, not for their cells, genes or diseases.
_RODENT_SUBJECTS = (
    "rats", "mice", "hamsters", "guinea pigs", "gerbils", "voles",
    "sprague dawley", "wistar", "c57*", "balb*", "f344*", "fischer 344", "long evans",
    "rat|mouse|murine|rodent|hamster|pig|gerbil ~3 model|models",
    "model ~3 rat|mouse|murine|rodent", "wild type mouse", "knockout mouse", "transgenic mouse",
    "rat|mouse brain|brains|pups|liver|livers|kidney|kidneys|heart|hearts|lung|lungs|retina"
    "|hippocamp*|slices|embryo*|oocyte*|islets|aorta|cortex|muscle",
    *_RODENT_TESTS,
)  # fmt: skip
#: A title on these may have tried them in animals as well: one word is not enough.
_MICROBES = (
    "virus*", "viral", "phage*", "bacteri*", "parasit*", "plasmodium", "vaccin*", "virulence",
    "antimicrobial", "antibacterial", "antifungal",
)  # fmt: skip
_OTHERS = (
    "rabbit*", "swine", "porcine", "pig", "pigs", "piglet*", "minipig*", "sheep", "ovine", "ewe",
    "ewes", "lamb", "lambs", "goat*", "dog", "dogs", "canine*", "feline", "cats", "macaque*",
    "monkey*", "marmoset*", "baboon*", "non human primate*", "nonhuman primate*", "cow", "cows",
    "cattle", "bovine", "calves", "heifer*", "horse", "horses", "equine", "zebrafish", "xenopus",
    "drosophila", "chick", "chicks", "chicken*", "broiler*", "poultry", "ferret*", "mink", "fish",
    "trout", "salmon", "frog*", "bird", "birds",
)  # fmt: skip
_ANY_ANIMALS = ("animal model*", "animal study", "animal studies", "experimental animals")
#: Words that go with animals in an experiment.
_HANDLING = (
    "animal*", "in vivo", "mg kg", "pups", "litter*", "body weight", "strain", "strains",
    "knockout", "transgenic", "euthani?ed", "sacrificed", "albino", "injected",
    "intraperitoneal*", "male", "mutant", "wild type", "were fed",
    "old rats|mice", "adult rats|mice", "were induced",
    *_RODENT_TESTS,
)  # fmt: skip
_OTHER_SUBJECTS = (
    "rabbits", "pigs", "piglets", "minipigs", "sheep", "ewes", "lambs", "goats", "dogs", "cats",
    "macaques", "monkeys", "marmosets", "baboons", "cows", "cattle", "heifers", "horses",
    "zebrafish", "broilers", "ferrets", "porcine|rabbit|canine|ovine|swine|pig|animal ~2 model",
)  # fmt: skip
#: Where such a word is no animal of the study.
_NO_ANIMAL = (
    "anti mouse|rat|rabbit|goat|sheep|hamster|horse|pig|bovine",
    "mouse|rat|rabbit|goat|murine|sheep|hamster|bovine ~1 antibod*|monoclonal|polyclonal"
    "|antiserum|anti|antisera|igg",
    "monoclonal|polyclonal ~1 mouse|murine|rabbit|goat|sheep|rat",
    "mouse|murine|rat|hamster|monkey|porcine|canine|bovine ~4 cell line|lines", "hamster ovary",
    "hamster kidney", "computer|optical|wireless mouse", "mouse click*|cursor|tracking|button*",
    "mouse and keyboard", "keyboard and mouse", "bovine|calf|horse|goat serum", "bovine albumin",
    "swine flu|influenza", "rat race", "cat|dog scratch|bite*", "dog bites", "horse riding",
    "bovine|goat|cow|sheep milk", "cow s milk", "porcine|bovine|equine ~1 pericard*|valve*|graft*"
    "|heparin|collagen|xenograft*|bioprosthe*|insulin|surfactant|thymocyte|antithymocyte",
    "rabbit ~1 antithymocyte|thymocyte",
    "studies|evidence|research|data in|with|from|using ~2 mice|mouse|rats|rodents|murine|animals",
    "humans and|or ~1 mice|mouse|rats|rodents|murine",
)  # fmt: skip
#: Nor are people where their cells are meant.
_NO_PEOPLE = (
    "human ~3 cell*|stem|fibroblast*|keratinocyte*|chondrocyte*|serum|plasma|gene|genes|protein*"
    "|receptor*|tissue*|virus*|monocyte*|macrophage*|islet*|recombinant|milk",
    "recombinant human", "subjects ~1 rats|mice|animals",
)  # fmt: skip
_PEOPLE = (
    "patient*", "people", "human", "humans", "amputee*", "men", "women", "participants",
    "volunteers", "subjects", "children", "adults", "infants", "individuals", "adolescents",
    "veterinarians", "farmers", "producers", "owners", "workers", "handlers", "students",
)  # fmt: skip
#: Words for the people of a study: "human" may be a cell's, "individuals" an animal.
_STUDIED_PEOPLE = (
    "patient*", "people", "amputee*", "men", "women", "participants", "volunteers", "children",
    "adolescents", "respondents", "farmers", "owners", "healthy subjects", "human subjects",
)  # fmt: skip
_MANY = 3


@dataclass(frozen=True, slots=True)
class Animals:
    """The words for animals and people in title and abstract, each in reading order.

    `rodents` and `others` hold words for the animals of a study; `named` are all words for
    animals in the title. `people` are counted only beside animals of the study.
    """

    named: tuple[Evidence, ...]
    rodents_named: tuple[Evidence, ...]
    others_named: tuple[Evidence, ...]
    people_named: tuple[Evidence, ...]
    rodents: tuple[Evidence, ...]
    others: tuple[Evidence, ...]
    people: int
    microbes_named: bool


def read_animals(title: Prose, abstract: Prose | None) -> Animals:
    """The words for animals and people in a report."""
    prose = [title] if abstract is None else [title, abstract]
    named = _meant(title, _RODENTS, _NO_ANIMAL)
    others_named = _meant(title, _OTHERS, _NO_ANIMAL)
    rodents = named + (_rodents_of(title, abstract) if abstract else ())
    others = tuple(it for part in prose for it in _meant(part, _OTHER_SUBJECTS, _NO_ANIMAL))
    return Animals(
        named=named + others_named + tuple(mentions(title, _ANY_ANIMALS)),
        rodents_named=named,
        others_named=others_named,
        people_named=_meant(title, _PEOPLE, _NO_PEOPLE),
        rodents=rodents,
        others=others,
        people=sum(1 for it in prose for _ in mentions(it, _STUDIED_PEOPLE))
        if rodents or others
        else 0,
        microbes_named=mention(title, _MICROBES) is not None,
    )


def _rodents_of(title: Prose, abstract: Prose) -> tuple[Evidence, ...]:
    """The rodents of an experiment: one word alone, with no other for animals, is background."""
    subjects = _meant(abstract, _RODENT_SUBJECTS, _NO_ANIMAL)
    words = _meant(abstract, _RODENTS, _NO_ANIMAL)
    if len(words) > 1 or len(subjects) > 1:
        return subjects or words
    handled = mention(abstract, _HANDLING) or mention(title, _HANDLING)
    return subjects if handled else ()


def of_rodents(animals: Animals, *, of_others: bool) -> Evidence | None:
    """What shows that rodents were studied, with people or without.

    `of_others`: the report is of other people's work, as a review is; one word is not enough.
    """
    side = bool(animals.others_named or animals.people_named) or animals.microbes_named
    fewest = _MANY if of_others or (side and not animals.rodents_named) else 1
    return animals.rodents[0] if len(animals.rodents) >= fewest else None


def of_animals_alone(animals: Animals, *, of_others: bool) -> Evidence | None:
    """What shows that animals were studied, and no people.

    `of_others`: the report is of other people's work, as a review is; its title alone tells.
    """
    if animals.people_named:
        return None
    if animals.named:
        return animals.named[0]
    if of_others:
        return None
    studied = animals.rodents or animals.others
    if len(animals.rodents) + len(animals.others) > animals.people:
        return studied[0]
    return None


def _meant(prose: Prose, words: tuple[str, ...], unless: tuple[str, ...]) -> tuple[Evidence, ...]:
    found = tuple(mentions(prose, words))
    if not found:
        return ()
    not_meant = [(word.start, word.end) for word in mentions(prose, unless)]
    return tuple(
        word for word in found if not any(a <= word.start and word.end <= b for a, b in not_meant)
    )
