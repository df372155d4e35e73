"""What Europe PMC holds beside PubMed → results as its REST service gives them (`core`)."""

from __future__ import annotations

import json
from typing import Any

from surveillance.simulator.snapshot_builder.source import BANNER, BesidePubMed


def result_json(record: BesidePubMed) -> bytes:
    """One file of a layer; for want of comments the result's extra information has the banner."""
    document = {
        "result": _result(record),
        "cites": [f"MED:{pmid}" for pmid in record.cites],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _result(record: BesidePubMed) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": record.id,
        "source": record.source,
        "doi": record.doi,
        "title": record.title,
        "authorString": ", ".join(record.authors) + ".",
        "authorList": {"author": list(map(_author, record.authors))},
        "pubYear": str(record.year),
        "abstractText": record.abstract,
        "language": "eng",
        "pubTypeList": {"pubType": list(record.types)},
        "bookOrReportDetails": {
            "publisher": record.published_by,
            "yearOfPublication": record.year,
            "extraInformation": f"{BANNER}.",
        },
        "dateOfCreation": record.indexed.isoformat(),
        "firstIndexDate": record.indexed.isoformat(),
        "firstPublicationDate": record.indexed.isoformat(),
    }
    if record.keywords:
        result["keywordList"] = {"keyword": list(record.keywords)}
    if record.source == "PPR":
        result["versionNumber"] = 1
    return result


def _author(name: str) -> dict[str, str]:
    last, _, initials = name.rpartition(" ")
    return {"fullName": name, "lastName": last, "initials": initials}
