"""The words by which a number is known to count people, or something else."""

from __future__ import annotations

import re
from enum import StrEnum


class Noun(StrEnum):
    """What a number is said to count."""

    PATIENTS = "patients"
    PERSONS = "persons"
    CONTROLS = "controls"
    SEXES = "sexes"
    PAIRS = "pairs"
    LIMBS = "limbs"
    SIZE = "n ="
    BARE = "not named again"


_CONTROLS = "controls|hcs|hc|comparators|counterparts|others"
_SEXES = "men|women|males|females|boys|girls"
_LIMBS = "limbs|amputations|extremities|legs"

#: Whoever takes part in a study because of what they are.
_PATIENTS = (
    "patients|inpatients|outpatients|amputees|survivors|recipients|diabetics|asthmatics|probands|"
    "carriers|responders|cases|decedents|donors|sufferers|victims"
)
#: Everybody else whom a study may count.
_PERSONS = (
    "people|persons|participants|subjects|adults|children|veterans|individuals|volunteers|"
    "respondents|adolescents|infants|soldiers|civilians|members|residents|inhabitants|enrollees|"
    "examinees|interviewees|informants|attendees|applicants|candidates|customers|clients|consumers|"
    "users|beneficiaries|citizens|adopters|neonates|newborns|babies|toddlers|preschoolers|youths|youth|"
    "teenagers|teens|kids|schoolchildren|pupils|students|undergraduates|graduates|freshmen|"
    "trainees|interns|fellows|learners|nurses|midwives|physicians|doctors|surgeons|clinicians|"
    "practitioners|gps|paramedics|pharmacists|dentists|therapists|physiotherapists|psychologists|"
    "psychiatrists|dietitians|nutritionists|anesthesiologists|"
    "anaesthesiologists|ophthalmologists|oncologists|urologists|cardiologists|"
    "neurologists|dermatologists|gynecologists|orthodontists|specialists|professionals|providers|"
    "staff|personnel|workers|employees|managers|leaders|experts|stakeholders|directors|brothers|sisters|humans|"
    "panelists|panellists|teachers|educators|instructors|coaches|farmers|"
    "miners|drivers|pilots|firefighters|policemen|officers|cadets|recruits|athletes|players|"
    "runners|swimmers|cyclists|dancers|gymnasts|footballers|mothers|fathers|parents|caregivers|"
    "carers|guardians|spouses|partners|siblings|relatives|twins|grandparents|smokers|nonsmokers|"
    "non-smokers|non-carriers|noncarriers|drinkers|nonusers|non-users|immigrants|migrants|refugees|"
    "offenders|inmates|prisoners|detainees|villagers|octogenarians|nonagenarians|"
    "centenarians|seniors|elders|homozygotes|heterozygotes|speakers|listeners|"
    "non-responders|nonresponders|dwellers|friends|peers|colleagues|mentors|mentees|protégés|tutors|supervisors|operators|executives|"
    "novices|faculty|bilinguals|husbands|wives|daughters|sons|grandmothers|americans|europeans|"
    "canadians|australians|africans|asians|hispanics|caucasians|"
    "veterinarians|coworkers|adoptees|vegetarians|vegans|visitors|travelers|travellers|passengers|"
    "pedestrians|retirees|musicians|singers|scholars|researchers|academics|"
    "radiographers|optometrists|hygienists|administrators|policymakers|counselors|"
    "counsellors|trainers|referees|skiers|divers|climbers|seafarers|rowers|triathletes|fishermen|"
    "hunters|parturients|primiparas|nulliparas|migraineurs|alcoholics|hypertensives|normotensives|"
    "completers|vaccinees|hcps|hcws|stutterers|widows|commuters"
)
#: Two people each.
_PAIRS = "couples|dyads|pairs"

# Between a number and its noun stand adjectives and other nouns, never these: "12 of the
# patients", "5 studies of patients", "15 years old patients", "20 eyes, patients".
_JOINING = (
    "of|to|or|in|with|from|at|by|for|per|the|than|as|that|which|who|whom|whose|on|into|after|before|"
    "during|among|between|within|without|through|under|over|about|because|when|while|where|if|but|"
    "however|then|thus|also|both|these|those|this|their|our|its|his|her|each|all|any|every|some|"
    "most|more|less|fewer|out|via|using|including|versus|vs|compared|against|not|no|until|since|up|"
    "down|following|being|regarding|toward|towards|only"
)
_VERBS = (
    "was|were|is|are|be|been|had|has|have|having|did|do|does|can|could|may|might|must|should|will|"
    "would|showed|shown|found|received|underwent|developed|died|reported|included|enrolled|"
    "achieved|required|completed|improved|increased|decreased|reduced|presented|experienced|"
    "revealed|remained|identified|compared|represented|allowed|helped|led|occurred|predicted|"
    "demonstrated|indicated|suggested|agreed|randomly|significantly|we|they|it|i|there"
)
_MEASURES = (
    "years|year|yrs|yr|months|month|weeks|week|days|day|hours|hour|hrs|minutes|minute|mins|min|seconds|sec|mg|kg|g|ml|dl|l|mm|cm|"
    "m|k|km|nm|μm|µm|hz|gy|iu|mmhg|mmol|kcal|percent|points|point|times|fold|degrees|"
    "january|february|march|april|june|july|august|september|october|november|december|"
    "per|cent|scores|score|items|doses|dose|visits|sessions|cycles|stages|grades|steps|rounds|waves|"
    "cups|levels|copies|ages|age|aged|p|q|n|r|t|f|s"
)
#: What is counted in studies and is not people.
_THINGS = (
    "studies|trials|articles|papers|publications|reviews|reports|abstracts|databases|meta-analyses|"
    "rcts|experiments|surveys|questionnaires|questions|interviews|responses|records|charts|files|"
    "procedures|operations|surgeries|interventions|treatments|injections|admissions|"
    "hospitalizations|hospitalisations|discharges|encounters|consultations|prescriptions|calls|"
    "claims|episodes|events|deaths|births|deliveries|pregnancies|centres|centers|hospitals|clinics|"
    "sites|practices|units|departments|institutions|schools|classes|homes|facilities|villages|"
    "households|families|countries|cities|regions|provinces|districts|communities|companies|"
    "arms|teams|groups|subgroups|clusters|categories|types|subtypes|classes|themes|subthemes|domains|"
    "factors|variables|predictors|outcomes|measures|parameters|characteristics|features|symptoms|"
    "complications|conditions|diseases|disorders|criteria|models|methods|approaches|strategies|"
    "tests|measurements|observations|assessments|examinations|scans|images|recordings|reconstructions|mris|cts|ecgs|radiographs|slides|"
    "specimens|samples|swabs|sera|biopsies|tissues|cells|lines|isolates|strains|genes|proteins|"
    "variants|mutations|snps|loci|alleles|genomes|sequences|metabolites|compounds|drugs|eyes|ears|"
    "knees|hips|shoulders|hands|feet|wrists|ankles|elbows|joints|teeth|implants|tumors|tumours|"
    "cancers|lesions|nodules|nodes|fractures|wounds|ulcers|aneurysms|kidneys|livers|lungs|hearts|"
    "nerves|muscles|vessels|stents|grafts|flaps|screws|oocytes|embryos|blastocysts|follicles|"
    "cadavers|rats|mice|dogs|cats|pigs|piglets|sheep|rabbits|monkeys|animals|horses|cows|calves|goats|birds|"
    "chickens|fish|zebrafish|larvae|flies|bees|plants|hens|broilers|lambs|"
    "limbs|amputations|extremities|person-years|patient-years|tweets|posts|videos|apps|websites|"
    "products|brands|policies|guidelines|programs|programmes|datasets|trees|plots|quadrats"
)
# Before "(n = 12)" a group says that people follow, though the word is none for people.
_GROUPS = (
    "sample|cohort|group|arm|study|survey|trial|population|registry|patient|child|individual|"
    "subject|participant|control|adult|person|woman|man|human|data|dataset|interviews|program|class|school|total|experiment"
)

NOUNS = {
    word: noun
    for noun, words in (
        (Noun.PATIENTS, _PATIENTS),
        (Noun.PERSONS, _PERSONS),
        (Noun.CONTROLS, _CONTROLS),
        (Noun.SEXES, _SEXES),
        (Noun.PAIRS, _PAIRS),
        (Noun.LIMBS, _LIMBS),
    )
    for word in words.split("|")
}
#: Professions are too many to be listed.
PROFESSION = re.compile(r"[a-z](?:ologists|iatrists|iatricians|therapists|dontists|scientists)$")
#: These may be of a class of things, too.
MEMBERS = frozenset({"members"})
#: Said of people before they are named: "68 consecutively enrolled patients".
ATTRIBUTES = frozenset({"included", "enrolled", "reported", "identified", "randomly", "completed"})
THINGS = frozenset(_THINGS.split("|"))
GROUPS = frozenset(_GROUPS.split("|"))
NOT_BETWEEN = frozenset(f"{_JOINING}|{_VERBS}|{_MEASURES}".split("|")) | THINGS - NOUNS.keys()
