from __future__ import annotations

import pytest

from surveillance.screening.criteria import Abbreviation
from surveillance.screening.language import read
from surveillance.screening.meanings import Meaning, meaning_of

TMR = Abbreviation(
    kind="abbreviation",
    name="meaning",
    reason="another TMR",
    abbreviation="TMR",
    means=("targeted muscle reinnervation", "targeted muscle re-innervation"),
    otherwise=(
        "total mixed ration*",
        "transmyocardial revasculari*",
        "targeted memory reactivation",
    ),
    context=("amput*", "neuroma*"),
    context_otherwise=("dairy", "silage", "sleep"),
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Targeted muscle reinnervation (TMR) after amputation", Meaning.MEANT),
        ("TARGETED MUSCLE REINNERVATION", Meaning.MEANT),
        ("Targeted muscle re-innervation was done.", Meaning.MEANT),
        ("TMR (targeted muscle reinnervation), not a total mixed ration", Meaning.MEANT),
        ("A total mixed ration (TMR) was fed.", Meaning.OTHERWISE),
        ("Total mixed rations were fed.", Meaning.OTHERWISE),
        ("Transmyocardial revascularization (TMR) by laser", Meaning.OTHERWISE),
        ("Transmyocardial revascularisation", Meaning.OTHERWISE),
        ("Targeted memory reactivation in sleep", Meaning.OTHERWISE),
        ("The tumour mutation rate (TMR) rose.", Meaning.OTHERWISE),
        ("Trimethyl rhodamine [TMR] stained the nerve.", Meaning.OTHERWISE),
        ("TMR was done in 30 people.", Meaning.UNDEFINED),
        ("The method of Smith (TMR) was used.", Meaning.UNDEFINED),
        ("Phantom limb pain after amputation", Meaning.UNUSED),
        ("", Meaning.UNUSED),
        ("HTMRX is a gene.", Meaning.UNUSED),
        ("A tmr of the dairy kind, with silage", Meaning.UNUSED),
        ("TMRs in amputees", Meaning.MEANT),
        ("TMR (total medial release) was done.", Meaning.OTHERWISE),
        ("TMR (n = 20) was done.", Meaning.UNDEFINED),
        ("Targeted muscle reinervation (TMR) was done.", Meaning.MEANT),
        ("Targeted muscle nerve reinnervation (TMR) was done.", Meaning.UNDEFINED),
        ("Treatment of arms' residual parts (TMR) was new.", Meaning.UNDEFINED),
        ("TMR after amputation", Meaning.MEANT),
        ("TMR fed to dairy cows with silage", Meaning.OTHERWISE),
        ("TMR fed to dairy herds after amputation", Meaning.UNDEFINED),
        ("TMR of a dairy kind", Meaning.UNDEFINED),
        ("TMR, dairy, and once more dairy", Meaning.UNDEFINED),
    ],
)
def test_an_abbreviation_means_what_the_text_spells_out(text: str, meaning: Meaning) -> None:
    assert meaning_of(TMR, [read("abstract", text)]).meaning is meaning


def test_the_meaning_may_stand_in_another_part() -> None:
    title, abstract = read("title", "TMR in amputees"), read("abstract", "A total mixed ration.")
    found = meaning_of(TMR, [title, abstract])
    assert found.meaning is Meaning.OTHERWISE
    assert found.evidence[0].part == "abstract"
