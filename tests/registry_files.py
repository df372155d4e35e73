"""Made-up exports of registries in their real layouts."""

from __future__ import annotations

from xml.sax.saxutils import escape

NAMESPACE = "http://www.67bricks.com/isrctn"


def isrctn(*entries: str) -> str:
    """An answer of ISRCTN's API."""
    inside = "\n".join(entries)
    return f'<allTrials xmlns="{NAMESPACE}" totalCount="{len(entries)}">{inside}</allTrials>'


def isrctn_entry(
    number: str,
    *,
    title: str = "Nerve surgery after amputation",
    end: str = "2027-12-31",
    status: str = "",
    listed: str = "",
    updated: str = "2024-09-01",
    version: int = 3,
    assigned: str = "2024-08-20",
    outputs: str = "",
) -> str:
    """An entry of ISRCTN; `listed` is its number at ClinicalTrials.gov."""
    return f"""<fullTrial>
  <trial lastUpdated="{updated}T07:18:23.431Z" version="{version}"
    publicIdentifierCanonical="ISRCTN{number}">
    <isrctn dateAssigned="{assigned}T10:00:00Z">{number}</isrctn>
    <trialDescription><title>{title}</title>
      <scientificTitle>A randomised trial of nerve surgery</scientificTitle><acronym />
      <plainEnglishSummary>Not provided at time of registration</plainEnglishSummary>
      <studyHypothesis>Surgery prevents neuroma &amp; pain.</studyHypothesis>
      <primaryOutcomes><outcomeMeasure><variable>Phantom limb pain</variable>
        <method>NRS</method><timepoints>12 months</timepoints></outcomeMeasure></primaryOutcomes>
      <primaryOutcome>The old text</primaryOutcome>
      <secondaryOutcomes /><secondaryOutcome>Quality of life</secondaryOutcome>
    </trialDescription>
    <externalRefs><doi>10.1186/ISRCTN{number}</doi><eudraCTNumber /><irasNumber>N/A</irasNumber>
      <clinicalTrialsGovNumber>{listed}</clinicalTrialsGovNumber>
      <protocolSerialNumber>HTA 13/143, CPMS 4711</protocolSerialNumber>
      <secondaryNumbers /></externalRefs>
    <trialDesign><primaryStudyDesign>Interventional</primaryStudyDesign>
      <interventionalTrialDesign><allocation>Randomized controlled trial</allocation>
      </interventionalTrialDesign>
      <secondaryStudyDesign>Not applicable</secondaryStudyDesign>
      <overallStatusOverride>{status}</overallStatusOverride>
      <overallEndDate>{end}T00:00:00.000Z</overallEndDate></trialDesign>
    <participants><recruitmentCountries><country>England</country><country>Ireland</country>
      <country>United Kingdom</country></recruitmentCountries>
      <targetEnrolment>110</targetEnrolment><totalFinalEnrolment>0</totalFinalEnrolment>
      <recruitmentStart>2024-10-01T00:00:00.000Z</recruitmentStart></participants>
    <conditions><condition><description>Neuroma</description>
      <diseaseClass1>Surgery</diseaseClass1></condition></conditions>
    <interventions><intervention><description>TMR or burying</description>
      <phase>Not Applicable</phase><drugNames /></intervention></interventions>
    <outputs>{outputs}</outputs>
    <results><publicationStage /><basicReport /></results>
  </trial>
  <sponsor id="s"><organisation>A university</organisation></sponsor>
  <contact id="c"><contactTypes><contactType>Principal investigator</contactType></contactTypes>
    <forename>Ada</forename><surname>Nerve</surname></contact>
  <contact id="d"><contactTypes><contactType>Public</contactType></contactTypes>
    <forename>Bea</forename><surname>Press</surname></contact>
</fullTrial>"""


def ictrp(*trials: dict[str, str]) -> str:
    """An export of ICTRP's search portal as XML."""
    entries = (
        "".join(f"<{name}>{escape(text)}\n    </{name}>\n" for name, text in trial.items())
        for trial in trials
    )
    inside = "".join(f"<Trial>{fields}</Trial>\n" for fields in entries)
    return (
        "<?xml version='1.0' encoding='UTF-8' ?>\n"
        f"<Trials_downloaded_from_ICTRP>{inside}</Trials_downloaded_from_ICTRP>"
    )


def ictrp_trial(number: str, **fields: str) -> dict[str, str]:
    """An entry of ICTRP; other fields are given by the names of the portal's XML."""
    return {
        "Export_date": "12/31/2024 08:00:00",
        "Internal_Number": "16104120",
        "TrialID": number,
        "Last_Refreshed_on": "30 December 2024",
        "Public_title": "Nerve surgery after amputation",
        "Scientific_title": "A trial of nerve surgery  ",
        "Primary_sponsor": "A hospital",
        "Date_registration3": "20240820",
        "Date_registration": "2024-08-20",
        "Source_Register": "DRKS",
        "Recruitment_Status": "Not Recruiting",
        "Date_enrollement": "01/10/2024",
        "Target_size": "Surgery:55;Burying:55;",
        "Study_type": "Interventional study",
        "Study_design": "Allocation: Randomized. Masking: none.",
        "Phase": "N/A",
        "Countries": "Germany;Austria",
        "Condition": "Neuroma&#x0D;<br>Phantom limb",
        "Intervention": "Procedure: TMR;Procedure: burying",
        "Primary_outcome": "Phantom limb pain (0 < NRS < 10);",
        "Secondary_ID": "U1111-1234-5678;NCT99000009",
        "results_yes_no": "",
        **fields,
    }


def table(*rows: dict[str, str], delimiter: str = ",") -> str:
    """A table with the columns of the first row."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "\r\n".join(
        delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines
    )
