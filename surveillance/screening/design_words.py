"""The words that show each design: publication types, phrases of titles and abstracts, MeSH.

Written as `wordings` reads them, from PRISMA's, CONSORT's and SPIRIT's own words and those of the
published filters for trials and reviews; tuned on half of the labelled sets (docs/screening.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Design(StrEnum):
    """The designs and kinds of publication that criteria.toml can name."""

    SYSTEMATIC_REVIEW = "systematic review"
    META_ANALYSIS = "meta-analysis"
    RANDOMISED_TRIAL = "randomised trial"
    CONTROLLED_TRIAL = "controlled trial"
    CLINICAL_TRIAL = "clinical trial"
    COHORT_STUDY = "cohort study"
    CASE_SERIES = "case series"
    CASE_REPORT = "case report"
    CROSS_SECTIONAL = "cross-sectional study"
    OBSERVATIONAL = "observational study"
    PROTOCOL = "protocol"
    GUIDELINE = "guideline"
    NARRATIVE_REVIEW = "narrative review"
    EDITORIAL = "editorial"
    COMMENT = "comment"
    LETTER = "letter"
    NEWS = "news"
    ERRATUM = "erratum"
    RETRACTION_NOTICE = "retraction notice"
    CONFERENCE_ABSTRACT = "conference abstract"
    ANIMAL_STUDY = "animal study"
    RODENT_STUDY = "rodent study"
    LABORATORY_STUDY = "laboratory study"
    NOT_STATED = "not stated"


# In the order in which they outrank each other; PubMed's and Embase's words, in lower case.
TYPES: Mapping[Design, frozenset[str]] = {
    Design.ERRATUM: frozenset({"published erratum", "erratum"}),
    Design.RETRACTION_NOTICE: frozenset({"retraction of publication", "retraction notice"}),
    Design.PROTOCOL: frozenset({"clinical trial protocol"}),
    Design.SYSTEMATIC_REVIEW: frozenset(
        {"systematic review", "meta-analysis", "network meta-analysis"}
    ),
    Design.META_ANALYSIS: frozenset({"meta-analysis", "network meta-analysis"}),
    Design.RANDOMISED_TRIAL: frozenset(
        {"randomized controlled trial", "pragmatic clinical trial", "equivalence trial"}
    ),
    Design.EDITORIAL: frozenset({"editorial"}),
    Design.COMMENT: frozenset({"comment"}),
    Design.GUIDELINE: frozenset({"practice guideline", "guideline"}),
    Design.CONTROLLED_TRIAL: frozenset({"controlled clinical trial"}),
    Design.CLINICAL_TRIAL: frozenset(
        {"clinical trial", "clinical study", "clinical trial, phase i",
         "clinical trial, phase ii", "clinical trial, phase iii", "clinical trial, phase iv"}
    ),
    Design.CASE_REPORT: frozenset({"case reports"}),
    Design.OBSERVATIONAL: frozenset({"observational study", "twin study"}),
    Design.LETTER: frozenset({"letter"}),
    Design.NEWS: frozenset({"news", "interview", "biography", "portrait", "newspaper article"}),
    Design.NARRATIVE_REVIEW: frozenset({"review", "scoping review", "short survey"}),
}  # fmt: skip

HEADINGS: Mapping[Design, frozenset[str]] = {
    Design.COHORT_STUDY: frozenset(
        {"Cohort Studies", "Retrospective Studies", "Prospective Studies", "Follow-Up Studies",
         "Longitudinal Studies", "Case-Control Studies"}
    ),
    Design.CROSS_SECTIONAL: frozenset({"Cross-Sectional Studies"}),
}  # fmt: skip

PROTOCOL_TITLE = (
    "study|trial|review|survey|cohort|research|evaluation protocol*", "meta analysis protocol",
    "statistical ~1 analysis plan", "rationale ~2 design", "design ~2 rationale",
    "design ~2 methods", "design ~2 protocol", "study design of", "design ~2 baseline",
    "design ~2 objectives", "design ~2 conduct", "experimental design of",
    "design of a|an|the ~6 trial|study|intervention|programme|program",
    "trial design", "study design and|for", "rationale for ~4 trial|study",
    "methods of ~4 trial|study|cohort", "trial|study methods|methodology|plan",
    "methods ~1 design", "aims ~2 design|methods", "objectives ~2 design", "trial in progress",
    "study|research proposal", "study concept", "design paper", "study rationale",
    "registered report protocol", "registered report stage 1",
)  # fmt: skip
#: A protocol may be one of the laboratory: the title must also speak of a study of people.
PROTOCOL_TITLE_WEAK = ("protocol for", "protocol of", "protocol", "protocols for")
STUDY_OF_PEOPLE = (
    "trial*", "study", "studies", "review*", "cohort*", "survey*", "evaluation", "patients",
    "people", "adults", "children", "women", "men", "participants", "randomi?ed", "meta analysis",
    "intervention*", "programme*", "program",
)  # fmt: skip
PROTOCOL_ABSTRACT = (
    "this|our|present study|trial|review protocol", "this|a study protocol",
    "this|our protocol ~6 review|meta analysis|trial|study|cohort",
    "purpose|aim|objective of ~2 protocol ~2 to",
    "describe*|present*|report*|outline* ~5 design|rationale ~6 trial|study|cohort|registry|survey",
    "paper|article ~2 we ~1 describe|present|report|outline the ~3 protocol|design|rationale",
    "study protocol ~2 describes|presents|outlines|reports",
    "protocol of|for a|an|the ~4 trial|study|review|cohort", "is the statistical analysis plan",
    "describe* the|our ~2 design of", "describe* the ~3 protocol",
    "paper|article describes|presents|reports|outlines the ~2 protocol|design|rationale",
    "will be randomi?ed", "will randomi?e", "will ~1 be randomly",
    "will ~2 recruit|recruited|enrol|enroll|enrolled|invited|allocated|interviewed",
    "patients|participants|people|women|men|children|adults will ~1 receive|undergo|complete",
)  # fmt: skip
#: What will be done: two of these tell of a study that has not been done yet.
FUTURE = (
    "will|shall ~3 recruit*|enrol*|randomi*|invite*|approache*|allocate*|assigne*|receive*"
    "|undergo*|complete*|interview*|administer*|collect*|observe*|record*|measure*|assess*"
    "|analy?e*|compare*|conduct*|perform*|evaluate*|search*|screen*|extract*|synthesi*|pilot*"
    "|deliver*|follow*|test*|consist*|calculate*|examine*|investigate*|carried|use|used|applied"
    "|include|included|obtained|adopt|adopted|implemented|employ|employed|monitored|estimated"
    "|pooled|registered",
    "aim* to recruit|enrol|randomi?e",
)
#: These go with it: one of them and one thing that will be done, or three of them.
PLANNED = (
    "primary ~2 outcome|outcomes|endpoint|endpoints|objective|hypothesis ~2 is|are",
    "secondary ~2 outcomes|outcome|endpoints|objectives ~2 is|are|include",
    "results|findings ~3 will ~2 disseminated|published|submitted|presented|reported|shared",
    "this|our|the|present study|trial|project will", "we will", "data ~2 will",
    "trial|study|project aims", "trial registration", "trial ~3 registered", "we anticipate",
    "proposed study|trial|intervention", "follow up will", "intervention will",
    "preferred reporting items ~9 protocol*", "prisma p",
    "spirit ~2 statement|guideline*|checklist|recommendations", "currently recruiting",
    "are ~1 randomi?ed|recruited|enrolled|allocated",
    "is|are being ~1 conducted|recruited|enrolled|randomi?ed|collected", "is underway|under way",
    "recruitment is", "participants|patients will", "ongoing trial|study",
)  # fmt: skip

SYSTEMATIC_TITLE = (
    "systematic* ~2 review", "systematic* ~2 overview", "systematic reviews ~2 meta",
    "meta analy*", "metaanaly*", "umbrella review", "integrative ~1 review",
    "systematic ~1 search", "cochrane ~1 review", "overview of systematic reviews",
    "evidence synthesis",
)  # fmt: skip
SYSTEMATIC_ABSTRACT = (
    "this|our|present ~1 systematic* ~2 review|search",
    "systematic* ~2 review|search ~4 was|were",
    "perform*|conduct*|undert*|carried|did|complet* ~3 systematic* ~3 review|search",
    "by|through|using|from a ~1 systematic ~2 review|search",
    "systematic review of", "systematic review and meta analysis",
    "systematic ~2 literature ~1 search|review|research",
    "systematic* search*", "systematically ~1 reviewed|searched", "integrative ~1 review",
    "comprehensive|extensive ~2 search* of",
    "prisma", "preferred reporting items", "were meta analy?ed", "this|our|present meta analysis",
    "meta analys?s ~3 was|were ~1 performed|conducted|done|used|carried|undertaken",
    "perform*|conduct*|undert*|carried|did ~4 meta analysis",
    "databases ~2 were|was ~2 searched", "searched ~6 databases", "search of ~6 databases",
    "searching ~4 databases", "cochrane library ~6 searched", "inclusion criteria ~3 studies",
    "studies ~4 met ~2 inclusion|eligibility", "articles ~4 met ~2 inclusion|eligibility",
    "eligible studies ~2 were|was|included",
)  # fmt: skip
#: A search in two named databases is as good as the word.
SEARCHED = ("search*", "literature review", "identified ~3 from", "retrieved")
DATABASES = (
    "pubmed", "medline", "embase", "cinahl", "psycinfo", "psychinfo", "scopus", "web of science",
    "web of knowledge", "cochrane", "lilacs", "scielo", "google scholar", "sciencedirect",
    "science direct", "scifinder", "cnki", "wanfang", "ovid", "pedro", "amed", "eric",
    "clinicaltrials", "national library of medicine",
)  # fmt: skip
META_ANALYSIS = ("meta analy*", "metaanaly*")
META_ANALYSIS_OWN = (
    "this|our|present|a|network|individual ~2 meta analysis ~2 of|was|were|included|showed",
    "perform*|conduct*|undert*|carried|did ~4 meta analys?s", "meta analy?ed",
    "meta analys?s ~3 was|were ~1 performed|conducted|done|used|carried|undertaken",
)  # fmt: skip
#: What a systematic review does that pools its studies.
POOLED = (
    "random|fixed effect*", "pooled ~3 estimate*|effect*|risk|odds|prevalence|analys?s|hazard|mean",
    "were|was pooled", "forest plot*", "funnel plot*", "network ~1 analys?s",
)  # fmt: skip
#: Of data rather than of a searched literature.
POOLED_DATA = (
    "genome wide", "gwas", "gene expression", "microarray*", "differentially expressed",
    "transcriptom*", "expression profil*",
)  # fmt: skip

_ARMS = "groups|arms|treatments|sequences|group|arm"
RANDOMISED_TITLE = (
    "randomi?ed", "randomi?ed ~6 trial|study", "rct", "randomly", "randomi?ation", "randomi?ing",
    "double blind*", "placebo controlled", "cross over|crossover ~2 trial|study",
    "controlled clinical trial", "controlled trial",
    "secondary|subgroup|exploratory|interim analys?s ~9 trial", "post hoc ~9 trial",
)  # fmt: skip
#: People were randomised: nobody else's trial reads so.
RANDOMISED = (
    "were|was|been|being ~3 randomi?ed", "randomi?ed to", "randomi?ed ~3 into", "we ~1 randomi?ed",
    "patients|participants|subjects|volunteers|women|men|children|adults|individuals randomi?ed",
    "randomly ~1 assigned|allocated|allotted|distributed|divided|grouped|received|assigning",
    "assigned|allocated|divided|separated|split|distributed|allotted ~3 randomly",
    "assigned|allocated|divided|separated|split|distributed|given|treated|received ~4 at random",
    f"random|randomly ~4 {_ARMS}",
    "random ~1 allocation|assignment", "randomi?ation ~2 was|were", "after randomi?ation",
    "randomi?ation to", "cluster randomi?ed", "block randomi?ation", "prospectively randomi?ed",
    "allocation concealment",
    "in random order", "random* order ~6 treatment*|drug*|dose*|placebo|condition*|intervention*",
    "random* ~2 crossover", "random* ~2 cross over", "in a|this|our ~5 randomi?ed ~6 trial|study",
)  # fmt: skip
#: A trial is spoken of, not always their own.
RANDOMISED_MENTION = (
    "randomi?ed ~7 trial|study|comparison|design|experiment", "randomi?ation", "rct",
    "double ~1 blind* ~6 trial|study|design|crossover|manner|comparison|fashion|conditions",
    "single blind* ~4 trial|study|design", "double blind", "double blinded", "double masked",
    "sham controlled", "vehicle controlled",
    "placebo", "randomi?ed ~3 protocol|manner|fashion|order|sequence|basis|prospective",
    "crossover|cross-over ~2 trial|study|design", "cross over ~2 trial|study|design",
    "controlled ~2 trial", "open label ~5 parallel", "secondary analys?s ~6 trial",
    "post hoc ~6 trial", "control|intervention|treatment|experimental|comparator arm|arms",
)  # fmt: skip
#: Not people but heredity, samples, and data for a computer were dealt out.
NOT_RANDOMISED = (
    "mendelian randomi?ation", "random forest*", "training|test|testing|validation|learning set*",
    "training|validation dataset*|cohort|cohorts|sample|data", "cross validation", "data set*",
    "random effects", "random sampling|sample|samples", "block design", "non randomi?ed",
    "nonrandomi?ed", "quasi randomi?ed",
)  # fmt: skip
#: "Randomised controlled trials of …" are a reviewer's.
TRIALS_OF_OTHERS = ("randomi?ed ~5 trials|studies", "rct|rcts ~1 trials|studies")
#: A notice about another report begins its title so.
NOTICES: Mapping[Design, tuple[str, ...]] = {
    Design.RETRACTION_NOTICE: ("retraction", "retraction notice", "notice of retraction"),
    Design.ERRATUM: (
        "correction", "corrections", "erratum", "errata", "corrigendum", "author correction",
        "publisher correction", "correction to", "erratum to", "corrigendum to",
    ),
}  # fmt: skip

CONTROLLED = (
    "non randomi?ed ~3 trial", "nonrandomi?ed ~3 trial", "quasi randomi?ed", "quasi experiment*",
    "quasiexperiment*", "controlled clinical trial", "controlled before ~1 after",
)  # fmt: skip

TITLE: Mapping[Design, tuple[str, ...]] = {
    Design.EDITORIAL: ("editorial",),
    Design.COMMENT: ("comment on", "comments on", "commentary", "reply to", "author reply"),
    Design.GUIDELINE: (
        "practice guideline*", "clinical guideline", "consensus statement",
        "consensus guideline*", "evidence based guideline*", "guideline on|for",
    ),
    Design.CASE_REPORT: ("case report", "case reports", "a case of"),
    Design.CASE_SERIES: ("case series", "consecutive series", "consecutive cases"),
    Design.COHORT_STUDY: ("cohort", "retrospective", "prospective", "propensity score"),
    Design.CROSS_SECTIONAL: ("cross sectional", "survey"),
    Design.NARRATIVE_REVIEW: (
        "narrative review", "literature review", "review of the literature", "scoping review",
        "current concepts", "state of the art", "a review", "an overview", "an update",
        "review article", "historical review",
    ),
}  # fmt: skip

NARRATIVE_ABSTRACT = (
    "narrative review", "this review", "this article reviews", "this paper reviews",
    "we review the", "we summari?e current", "current concepts", "this overview",
    "this editorial",
)  # fmt: skip

ABSTRACT: Mapping[Design, tuple[str, ...]] = {
    Design.NARRATIVE_REVIEW: NARRATIVE_ABSTRACT,
    Design.CASE_REPORT: (
        "we report a case", "we present a case", "we describe a case", "this case report",
    ),
    Design.CASE_SERIES: ("case series", "consecutive series", "consecutive patients"),
    Design.COHORT_STUDY: (
        "cohort", "retrospective*", "prospective*", "were followed", "were reviewed",
        "propensity score", "case control",
    ),
    Design.CROSS_SECTIONAL: ("cross sectional", "were surveyed", "questionnaire survey"),
}  # fmt: skip
