"""What the words around a number say of it: enrolled, a part, screened only, or no people at all.

Each expression looks at the text right before a number or right after it and its noun.
"""

from __future__ import annotations

import re

_FILLER = (
    r"(?:(?:a|an|the|of|in|on|from|with|by|for|among|total|sum|overall|altogether|only|all|about|"
    r"around|approximately|nearly|almost|over|some|more|than|at|least|up|to|data|our|these|"
    r"another|additional|records|files|charts|medical|clinical|sample|us|both)[ ,:]+){0,6}"
)
_ENROLLING = (
    r"(?:includ(?:ed|ing|es)|enrol+(?:ed|ing|s)?|recruit(?:ed|ing)?|randomi[sz](?:ed|ing)|"
    r"analy[sz](?:ed|ing)|stud(?:ied|ying)|evaluat(?:ed|ing)|examin(?:ed|ing)|"
    r"investigat(?:ed|ing)|assess(?:ed|ing)|survey(?:ed|ing)|interview(?:ed|ing)|treat(?:ed|ing)|"
    r"review(?:ed|ing)|follow(?:ed|ing)|compris(?:ed|ing|es)|consist(?:ed|ing|s)|"
    r"involv(?:ed|ing|es)|collected|obtained|performed|conducted|carried out|compar(?:ed|ing)|"
    r"tested|observed|were|was|based|using|used|report(?:ed)?|present(?:ed)?|describe[ds]?|"
    r"operated|implanted|measured|administered|completed|identified|found|accrued|assigned|"
    r"allocated|selected)"
)
_SAMPLE = (
    r"(?:stud(?:y|ies)|cohorts?|samples?|series|groups?|analys[ie]s|data|dataset|survey|trials?|"
    r"rcts|"
    r"population|interviews|review|participants|subjects|experience|questionnaires?)"
)
#: "The first one".
PRONOUN_BEFORE = re.compile(r"\b(?:first|second|third|other|this|that|latter|former|each) $", re.I)
ENROLLED_BEFORE = re.compile(
    rf"\b(?:{_ENROLLING}[^.;:,()]{{0,60}}[ ]\d[\d,]*[ ](?:[\w-]+ ){{1,3}}(?:of|from|in|among)"
    rf"[ ]{_FILLER}|{_ENROLLING}[ :,]+{_FILLER}|(?:{_ENROLLING}|{_SAMPLE})[^.;:,\d()]{{0,60}}[ ]"
    rf"(?:for|of|from|in|on|among)[ ]{_FILLER}|{_SAMPLE}[ ]+(?:of|on|in|with|from|among|for|were|"
    rf"was|included)[ :,]+{_FILLER})$",
    re.IGNORECASE,
)
WE_ENROLLED = re.compile(
    r"\bwe (?:\w+ly )?(?:included|enrol+ed|recruited|studied|examined|investigated|"
    r"randomi[sz]ed) $",
    re.IGNORECASE,
)
ENROLLED_WITHIN = re.compile(
    r"\b(?:enrolled|included|recruited|randomi[sz]ed|participating|analy[sz]ed|studied)\b",
    re.IGNORECASE,
)
#: Those who were matched to others or followed up are not all who took part.
MATCHING = re.compile(
    r"\b(?:propensity|after matching|follow-up data|at follow-up|matching (?:process|analysis)|"
    r"matched (?:pairs|cohorts?))\b",
    re.IGNORECASE,
)
#: "n = 12" stands far from its verb.
ENROLLED_NEAR = re.compile(rf"\b{_ENROLLING}\b", re.IGNORECASE)
ENROLLED_AFTER = re.compile(
    r"^[^.;:]{0,140}?\b(?:included|enrolled|recruited|randomi[sz]ed|participated|participating|"
    r"took part|analy[sz]ed|studied|evaluated|interviewed|surveyed|responded|consented|agreed|"
    r"selected|reviewed|considered|investigated|examined|randomly|assigned|allocated|divided|"
    r"tested|assessed|met (?:the )?(?:inclusion|eligibility)|identified|"
    r"collected|accrued|evaluable|fulfilled|"
    r"admitted|used|served as|acted as)\b",
    re.IGNORECASE,
)
#: They did something in it.
TREATED_AFTER = re.compile(
    r"^[^.;:]{0,80}?\b(?:underwent|received|treated|had|completed)\b",
    re.IGNORECASE,
)
TOTAL_BEFORE = re.compile(
    r"\b(?:total(?: sample| number)?(?: of)?|in all|overall|altogether|whole|entire|all|"
    r"sample size (?:of|was|is))[ ,:]+(?:the )?$",
    re.IGNORECASE,
)
WHOLE_BEFORE = re.compile(
    r"(?:(?:^|[.:;,)]|\bthat|\bwhile|\bwhereas)\s*(?:out of|of|among(?:st)?|in|from)|"
    r"\band (?:out of|of|among(?:st)?)(?= (?:the|these|those|our|all)\b)|"
    r"(?:\d|[)%]|\b(?:hundred|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|(?:twen|"
    r"thir|for|fif|"
    r"six|seven|eigh|nine)ty|all|"
    r"most|none|half|some|majority|proportion|quarter|any|each))\s+(?:out )?(?:of|in)|\bamong|"
    r"\bout of)(?:[ ]+(?:the|these|those|our|all|a|total|overall|of|included|enrolled|sample))*"
    r"[ ]+$",
    re.IGNORECASE,
)
#: Those whom others are compared with are not all who took part.
COMPARED_WITH = re.compile(r"\bcompared (?:with|to)(?: that of| those of)? $", re.IGNORECASE)
#: "A total of 12 patients died": what befell some of them.
BEFELL_AFTER = re.compile(
    r"^[^.;:,]{0,30}?\b(?:remained|died|developed|experienced|suffered|relapsed|survived|"
    r"discontinued|withdrew|achieved|showed|reported)\b",
    re.IGNORECASE,
)
#: Those were spoken of before.
INCLUDED_RIGHT_AFTER = re.compile(r"^ (?:who were )?(?:included|enrol+ed|recruited)\b")
KNOWN_BEFORE = re.compile(r"\b(?:the|these|those|both)[ ]+$", re.IGNORECASE)
PART_BEFORE = re.compile(
    r"\b(?:(?:of|among|from) (?:whom|which|them|these|those)|remaining|rest|other|another|"
    r"additional|such as|only|died)[ ,:]+"
    r"(?:(?:the|of|in|were|was)[ ]+)?$",
    re.IGNORECASE,
)
# After another number of the sentence these begin its parts.
PARTS_BEGIN = re.compile(
    r"[(\[:]|\b(?:including|of whom|of which|of these|of those|of them|among whom|among them|"
    r"divided|comprising|consisting|composed|namely|i\.e|split|classified|categori[sz]ed|"
    r"stratified|grouped|respectively)\b",
    re.IGNORECASE,
)
SHARE_AFTER = re.compile(
    r"^[^.;,()\[\]\d]{0,40}[(\[]\s?(?:\d+(?:[.,·]\d+)?\s?%\s?[)\],;:]|\d+\s?/\s?\d+)"
    r"|^\s?[,;(]\s?\d+(?:[.·]\d+)?\s?%\s?[),;]"
)
PERCENT_AFTER = re.compile(r"^[^.;,()\[\]\d]{0,20}[(\[]\s?(?P<percent>\d{1,2}(?:[.·]\d+)?)\s?%")
SHARE_WITHIN = re.compile(r"%|\d\s?/\s?\d")
SHARE_BEFORE = re.compile(r"%\s?[(\[,;]\s?$|%\s?\([^()]{0,20}$")
#: What is left when some were excluded.
FINAL_BEFORE = re.compile(
    r"\b(?:leaving|yielding|final(?:ly)?(?: \w+){0,3}?|remaining for)[ ]+"
    r"(?:(?:of|included|comprised|consisted|was|were|with|a|total)[ ]+){0,4}$",
    re.IGNORECASE,
)
#: "After exclusion of those without a scan, 1,558 were analysed".
FINAL_ONCE = re.compile(
    r"\b(?:were|was) excluded, [^.;,\d]{0,60}$|"
    r"(?:^|: )after (?:the )?(?:exclu(?:sion|ding)|applying|application|removing)\b[^;]{0,140}, "
    r"(?:a total of )?$",
    re.IGNORECASE,
)
FINAL_AFTER = re.compile(
    r"^[^.;,:]{0,40}\b(?:remained(?=[.,;]|$| for| in the| after)|(?:were|was) (?:finally|"
    r"ultimately|eventually)|"
    r"(?:in|for) (?:the )?final)\b",
    re.IGNORECASE,
)
BASE_WITHIN = re.compile(
    r"\b(?:eligible|invited|screened|approached|contacted|registered|potential|"
    r"patient (?:records|charts|files|data))\b",
    re.IGNORECASE,
)
BASE_BEFORE = re.compile(
    r"\b(?:(?:screen(?:ed|ing)|invit(?:ed|ing)|approach(?:ed|ing)|contact(?:ed|ing)|"
    r"(?:sent|mailed|emailed|distributed)[^.;,]{0,40} to)[^.;,]{0,60}|"
    r"(?:registry|registries|database|census|biobank)[ ](?:of|with|includ\w+|contain\w+|"
    r"compris\w+|hold\w*|cover\w*)[ ](?:\w+[ ]){0,4})$",
    re.IGNORECASE,
)
BASE_AFTER = re.compile(
    r"^[^.;,]{0,60}\b(?:screened|invited|approached|contacted|sent|mailed|e-?mailed|asked to|"
    r"assessed for eligibility|"
    r"surveyed|were eligible(?! for (?:the )?(?:\w+ )?(?:analysis|evaluation))|in (?:the|our|"
    r"this) (?:database|registry))\b"
    r"|^[^.;,]{0,120}\bto (?:identify|find|select) (?:the |those |eligible )?"
    r"(?:patients|cases|those|people|participants|subjects)\b",
    re.IGNORECASE,
)
REGISTERED_AFTER = re.compile(r"^[^.;,]{0,60}\bregistered\b", re.IGNORECASE)
#: The data of those who were registered are what was studied.
DATA_BEFORE = re.compile(
    r"\b(?:extracted|analy[sz]ed|used|included|obtained)(?: the)? data (?:for|of|from|on) $",
    re.IGNORECASE,
)
#: What those who took part did, after those who were screened, invited or registered.
JOINED = (
    r"(?:included|enrolled|recruited|randomi[sz]ed|agreed|participated|responded|consented|replied|"
    r"accepted|took part|returned|re-?assessed|re-?evaluated|interviewed|"
    r"eligible for(?! (?:the )?(?:\w+ )?(?:analysis|evaluation))|selected|"
    r"(?:met|fulfilled|satisfied)(?: \w+){0,2} (?:inclusion|eligibility|study|entry)|"
    r"completed)"
)
JOINING = re.compile(rf"\b{JOINED}\b|;", re.IGNORECASE)
JOINED_AFTER = re.compile(rf"^[^.;:]{{0,90}}?\b{JOINED}\b", re.IGNORECASE)
BARE_AFTER = re.compile(
    rf"^(?: \([^()]{{1,60}}\))?[ ]+(?:(?:\w+ ){{0,3}}?{JOINED}|with|without|from|who|receiv\w+|"
    r"under\w+|in (?:the|group|arm|cohort|each)|(?:were|was) (?:\w+ ){0,2}?(?:assigned|allocated|"
    r"treated|controls|given|healthy))\b",
    re.IGNORECASE,
)
OF_WHOLE = re.compile(r"^(?: \([^()]{1,20}\))? (?:out )?of (?:(?:the|these|our|all|a) )*$", re.I)
#: Before a number these say that it counts nobody of the study.
NOBODY_BEFORE = re.compile(
    r"(?:(?-i:\b[a-z] )|\baged? \d{1,3} (?:and|to|or)[ ]|"
    r"\b(?:exclu(?:ding|sion of)|type|grade|stage|class|phase|"
    r"level|group|covid|coronavirus|aged?|ages|"
    r"score|per|every|top|day|week|month|year|version|estimated|worldwide|globally|one in|1 in|"
    r"ratio of|table|figure|disease|simulat\w+(?: for| on| with)?|hypothetical|virtual|each|"
    r"(?:area|region|city|country|catchment|district) of"
    r"(?: (?:about|around|over|approximately|nearly|almost))?)[ -]+|"
    r"[<>≥≤=/×]\s?)$",
    re.IGNORECASE,
)
NOBODY_WITHIN = re.compile(r"\b(?:simulated|hypothetical|virtual|synthetic)\b", re.IGNORECASE)
NOBODY_AFTER = re.compile(
    r"^[^.;,]{0,80}?\b(?:were|was) (?:not included|not eligible|excluded)\b|"
    r"^[^.;,]{0,40}\b(?:(?:were|was) (?:excluded|lost|withdrawn|ineligible)|dropped out|withdrew|"
    r"declined|refused)\b|"
    r"^[^.;]{0,70}\b(?:worldwide|globally|(?:a(?:round|cross)|throughout) the (?:world|globe|"
    r"country|nation)|"
    r"living in the (?:u\.?s|united|country|world)|simulated|in the world|"
    r"in the \w+(?: \w+)? (?:live|suffer|have|die))\b"
    r"|^\s?(?:years?|months?|weeks?|-years?|samples|specimens|visits|files|data\s?sets|records)\b",
    re.IGNORECASE,
)
#: Observers, not those who are observed: "two radiologists independently read …".
OBSERVING_AFTER = re.compile(
    r"^[^.;]{0,60}?\b(?:independent(?:ly)?|separately|blinded)\b|"
    r"^,? (?:who )?(?:independently|reviewed|evaluated|assessed|"
    r"read|measured|scored|rated|interpreted|performed|extracted|screened)\b",
    re.IGNORECASE,
)
#: The day of a month, or the year after it.
CALENDAR_BEFORE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?[ ](?:\d{1,2}(?:st|nd|rd|"
    r"th)?,?[ ])?$",
    re.IGNORECASE,
)
#: "The 2010 Healthy Kids Act" is a name.
NAME_WITHIN = re.compile(r" [A-Z][a-z]+ [A-Z]")
PER_EACH_AFTER = re.compile(r"^[^.;,\d]{0,40}\bper (?:case|patient|child|participant|person)\b")
#: Rates of a country, where they are large.
RATE_AFTER = re.compile(
    r"^[^.;]{0,70}\b(?:annually|each year|every year|per year|a year|per day)\b", re.IGNORECASE
)
EXCLUDED_BEFORE = re.compile(
    r"\b(?:excluded|ineligible|not included|lost)[^.;,]{0,12}$", re.IGNORECASE
)
DATE_BEFORE = re.compile(
    r"\b(?:in|since|from|during|until|to|and|between|year|january|february|march|april|may|june|"
    r"july|august|september|october|november|december)[ ,]+$",
    re.IGNORECASE,
)
BOUND_BEFORE = re.compile(
    r"(?:\b(?:more than|over|at least|about|around|approximately|approx\.?|nearly|almost|up to|"
    r"exceeding|roughly|circa|close to)|[~≈])\s?$",
    re.IGNORECASE,
)
#: People whom nobody counts stand beside them.
UNCOUNTED_AFTER = re.compile(
    r"^[^.;:]{0,60}\band their (?:\w+ )?(?:parents?|mothers|fathers|caregivers|carers|partners|"
    r"spouses|families|siblings|relatives|children|infants|babies)\b",
    re.IGNORECASE,
)
#: Between two numbers: they are counted together, not one after the other.
LINK = re.compile(
    r",|;|/|\b(?:and|or|versus|vs|plus|compared|matched|against|as well as|with)\b", re.IGNORECASE
)
NO_LINK = re.compile(
    r"\b(?<!who )(?:had|have|has|developed|died|showed|improved|achieved|experienced|reported|"
    r"required|presented|remained|whereas|while|did|of whom|of which|"
    r"completed|follow-?up|suffered|survived|recovered|relapsed|"
    r"(?:were|was) (?!(?:\w+ly )?(?:paired|compared|matched|set|random|assigned|allocated|"
    r"recruited|enrolled|collected|"
    r"included|treated|age|sex|healthy|used|implanted|given|tested|examined|studied|evaluated|"
    r"diagnosed|selected|analy|administered|operated|reviewed|assessed|interviewed|validated)))",
    re.IGNORECASE,
)
PEOPLE_OF_PAIRS = re.compile(
    r"^ of (?:[\w-]+ ){0,2}?(?:individuals|participants|people|persons|students|patients|subjects|"
    r"adults|"
    r"children|twins|siblings|parents|mothers|friends|strangers|women|men|players|volunteers)\b",
    re.IGNORECASE,
)
#: Two people each, unless they are pairs of things.
PAIRS_OF_PEOPLE = re.compile(
    r"\b(?:mother|maternal|parent|father|child|infant|patient|caregiver|carer|twin|sibling|spous|"
    r"donor|matched|couples|dyads)",
    re.IGNORECASE,
)
#: "Two groups of 45 patients each", "three groups (n = 20)".
GROUPS_OF = re.compile(
    r"\b(?P<groups>two|three|four|five|six|[2-6]) (?:[\w-]+ )?(?:groups|arms)"
    r"(?: (?:of|with) |(?P<size> ?\())$",
    re.IGNORECASE,
)
#: "Each of the matched groups included 45 patients": of how many groups, if it says so.
EACH_OF_GROUPS = re.compile(
    r"\b(?:each of(?: the)?(?: (?P<groups>two|three|four|five|six|[2-6]))?|both)(?: [\w-]+)?"
    r" (?:groups|arms|cohorts) (?:included|comprised|consisted of|contained|had|with|of) $",
    re.IGNORECASE,
)
EACH_AFTER = re.compile(r"^[^.;,]{0,20}\beach\b")
#: What was seen in some: "it was observed in seven patients".
OBSERVED_BEFORE = re.compile(
    r"\b(?:observed|found|seen|shown|noted|detected|eliminated|achieved|performed|carried out|"
    r"reported|used|obtained|identified|all|were|was)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
#: A disease in short: "18 ALS subjects".
ACRONYM = re.compile(r"\b[A-Z][A-Z\d]+(?:-[A-Z\d]+)*\b(?! ?\))")
ILL = re.compile(
    r"\b(?:with|diagnosed|suffering|patients|survivors|recipients|cases)\b", re.IGNORECASE
)
#: Words that name all people of a study, not one kind of them.
ANYBODY = re.compile(
    r"(?:patients|participants|subjects|people|persons|individuals|adults|children|respondents|"
    r"volunteers|cases|women|men|students|infants|adolescents)$",
    re.IGNORECASE,
)
#: Those of one group are held against those of another: "of 40 …, whereas of 42 …".
COMPARING = re.compile(
    r"\b(?:whereas|while|versus|vs|compared (?:with|to)|as opposed to|against)\b", re.IGNORECASE
)
#: "We compared 32 musicians to 30 others".
COMPARES_BEFORE = re.compile(r"\bcompar(?:es|ed|ing) [^.;,]{0,60}$", re.IGNORECASE)
AMONG_THESE = re.compile(r"^,? (?:among|from|out of) (?:(?:the|all|a|total|of) )*$", re.IGNORECASE)
RECRUITED_BEFORE = re.compile(
    r"\b(?:recruited|enrol+ed|selected|included|sampled|invited)(?: a total of)? $", re.IGNORECASE
)
#: Those who answered, of all who were asked.
ANSWERING = re.compile(r"\b(?:respondents|responders)$", re.IGNORECASE)
#: "72 older patients and 71 younger ones".
ONLY_AND = re.compile(r"^,? (?:and|plus) $", re.IGNORECASE)
#: They are others than those before.
ALSO_AFTER = re.compile(r"^[^.;,\d]{0,30}\balso\b", re.IGNORECASE)
#: One person beside those who are counted.
ONE_MORE = (
    r"(?:\band (?:of |from |in )?(?:an?|one) (?:[\w-]+ ){0,3}?(?:control|sibling|brother|"
    r"sister|donor|parent|mother|father|relative|volunteer|healthy individual|control individual)"
    r"(?= ?(?:[.,;:()]|$| carrying| without| who| individual| subject))|"
    r"\band (?:his|her) (?:[\w-]+ )?(?:newborn|infant|baby|son|daughter|child|twin|brother|sister|"
    r"mother|father)\b)"
)
ONE_MORE_AFTER = re.compile(rf"[^.;]{{0,140}}?{ONE_MORE}", re.IGNORECASE)
#: "A total of 84 were enrolled": people, where no documents or samples are spoken of.
WERE_INCLUDED = re.compile(
    r" (?:were|was) (?:\w+ly )?(?:included|enrol+ed|recruited|randomi[sz]ed|interviewed|treated)\b"
)
WERE_ENROLLED = re.compile(
    r"^[^.;:]{0,80}?\b(?:were|was) (?:\w+ly )?(?:included|enrol+ed|recruited|randomi[sz]ed)\b",
    re.IGNORECASE,
)
OF_THINGS = re.compile(
    r"\b(?:stud(?:y|ies) (?:were|was|that|which)|articles|papers|publications|databases|abstracts|"
    r"trials|citations|"
    r"eyes|samples|specimens|teeth|implants|lesions|knees|hips|limbs|fractures|hospitals|centers|"
    r"centres|clinics|departments|units|institutions|practices|countries|schools|households|mice|rats|animals|dogs|cells|genes|pregnancies|systematic)\b",
    re.IGNORECASE,
)
#: What is said of the number before holds of this one, too: "20 patients with it, 20 without".
LIKE_THE_LAST = re.compile(r"^ (?:with|without|in|from|receiving|given|on)\b", re.IGNORECASE)
#: "272 patients and their spouses (N = 544)": the sum is told, too.
ALL_TOLD = re.compile(r"^ and (?:their|his|her) [^.;,()]{1,40} \($")
#: Another group begins: what follows is counted on top.
OTHER_GROUP = re.compile(r"\b(?:group|arm|cohort|set|sample|population)\b", re.IGNORECASE)
ONE_GROUP = re.compile(r"\b(?:group|arm|cohort|sample)\b", re.IGNORECASE)
#: Whose people are pooled.
OF_STUDIES = re.compile(r"\b(?:trials|studies|rcts|articles)\b", re.IGNORECASE)
#: Several studies in one paper have people of their own.
NUMBERED_STUDY = re.compile(
    r"\b(?:(?:Study|Experiment|Sample|Survey|Cohort|Trial|Phase|[Gg]roup) ?(?=[1-6A-D]\b)|"
    r"[A-Z][a-z]+[ -](?=[1-4] "
    r"(?:study|trial)\b))(?P<name>[1-6A-D])\b"
)
#: Right before a number, after another: it splits that one up.
SPLITS_BEFORE = re.compile(r"\b(?:and|which|that|who) (?:included|comprised|consisted of) $")
FURTHER_AFTER = re.compile(
    r"^[^.;]{0,80}?\b(?:external|independent) (?:validation|test|replication)\b", re.IGNORECASE
)
#: Controls whom their own sentence tells of: "Control samples were taken from 14 patients".
CONTROLS_BEGIN = re.compile(
    r"^(?:[A-Z &]+: )?(?:the |healthy |normal |matched )*controls?\b", re.IGNORECASE
)
#: One more person for each: "seven pupils and one parent for each".
ONE_EACH_AFTER = re.compile(
    r"^[^.;\d]{0,100}\b(?:and|with) (?:one|a) (?:of their |[\w-]+ ){0,3}?(?:partner|parent|"
    r"caregiver|carer|mother|"
    r"father|relative|sibling|spouse|friend|control)s? (?:for|of|per) each\b",
    re.IGNORECASE,
)
#: As many others as the ratio says, or nobody knows how many.
MATCHED_TO = re.compile(
    r"^[^.;\d]{0,80}\bmatched\b(?: (?:in a |at a )?1 ?: ?[1-9])?[^.;\d]{0,60}\b(?:to|with) "
    r"[^.;\d]{0,60}\b(?:controls?|without|peers|individuals|subjects|patients|"
    r"counterparts)\b[^\d]*$",
    re.IGNORECASE,
)
MATCHED_RATIO = re.compile(
    r"\bmatched\b[^.;]{0,60}\b1 ?: ?(?P<others>[1-9])\b|"
    r"\b1 ?: ?(?P<more>[1-9])\b[^.;]{0,40}\bmatch",
    re.I,
)
MATCHED_EQUAL = re.compile(r"\bmatched (?:to|with) (?:an )?equal numbers?\b", re.IGNORECASE)
#: As many in each group: "30 patients in each group".
IN_EACH_AFTER = re.compile(
    r"^ (?:[\w-]+ ){0,2}?(?:(?:in|per|for) (?:each|every|"
    r"both) (?:of the )?(?:[\w-]+ ){0,2}?(?:group|arm)s?|"
    r"per (?:group|arm))\b",
    re.IGNORECASE,
)
GROUPS_TOLD = re.compile(
    r"\b(?P<groups>two|three|four|five|six|[2-6]) (?:[\w-]+ ){0,2}(?:groups|arms)\b", re.IGNORECASE
)
#: Questionnaires that came back are as many people, where nobody else says how many answered.
FORMS_AFTER = re.compile(
    r"^(?: \([^()]{1,20}\))? (?:[\w-]+ ){0,3}?(?:questionnaires|surveys|responses|forms)\b",
    re.IGNORECASE,
)
FORMS_BEFORE = re.compile(
    r"\b(?:questionnaires|surveys|responses|forms)(?: \w+)? (?:numbered|totall?ed|were) $",
    re.IGNORECASE,
)
FORMS_RETURNED = re.compile(
    r"\b(?:completed|returned|received|collected|conducted|valid|usable|obtained|response rate|"
    r"analy[sz]ed)\b",
    re.IGNORECASE,
)
#: Only people do this: "106 responded".
ANSWERED = re.compile(
    r" \((?:mean|median) age\b| (?:\w+ly )?(?:responded|participated|consented|replied|took part|"
    r"completed (?:the|this|our) (?:\w+ )?(?:survey|questionnaire|study|interview))\b"
)
#: People of their own beside those of the sentences before.
FURTHER_BEFORE = re.compile(
    r"\b(?:another|additional|second|independent|external)(?: \w+){0,3} (?:cohort|group|sample|set|"
    r"dataset|population)s?\b[^.;\d]{0,60}$"
    r"|\b(?:external(?:ly)?|independent(?:ly)?|further) (?:validat|replicat|"
    r"confirm)\w+[^.;\d]{0,60}$",
    re.IGNORECASE,
)
#: Where controls are counted apart: "a control group from the population (n = 420)".
CONTROL_NEAR = re.compile(
    r"(?<!local )\b(?:controls?(?! (?:failure|rate|of|over))|comparators|"
    r"(?:control|comparison|reference) (?:group|cohort|population|"
    r"subjects))\b[^.;\d]{0,70}$",
    re.IGNORECASE,
)
#: "20 patients in the severe group and 30 in the other group".
IN_GROUP = re.compile(r"^ in (?:the )?(?:[\w-]+ ){0,3}(?:group|arm|cohort)\b", re.IGNORECASE)
#: Studies with all their people: "178 trials, started between …, with 237,132".
POOLED_BEFORE = re.compile(
    r"\b(?:trials|studies|articles|papers|publications|reports|rcts|"
    r"cohorts)\b[^.;]{0,120}[ ,](?:with|including|"
    r"involving|comprising|encompassing|totall?ing|consisting of|containing|covering|enrolling)[ ]"
    r"(?:a total of |data (?:from|on|of) |an? \w+ of |altogether |overall )*$",
    re.IGNORECASE,
)
#: From these some were chosen: "from 169 patients, 70 were identified".
FROM_BEFORE = re.compile(
    r"(?:^|[.:] )(?:from|out of) (?:a total of |the |our |all )*$", re.IGNORECASE
)
#: Whoever met the criteria was chosen from the others, wherever these come from.
MET_CRITERIA_AFTER = re.compile(
    r"^[^.;:\d]{0,40}?\b(?:met|fulfill?ed|satisfied) (?:(?:the|our|all) )?(?:\w+ )?"
    r"(?:inclusion|eligibility|study|entry|selection)\b",
    re.IGNORECASE,
)
FROM_AFTER = re.compile(
    r"^[^.;:\d]{0,60}?\b(?:were|was) (?:identified|selected|included|enrolled|recruited|found|"
    r"eligible)\b",
    re.IGNORECASE,
)
HEALTHY = re.compile(r"\b(?:healthy|controls?|normal|unaffected)\b", re.IGNORECASE)
