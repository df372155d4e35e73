"""PubMed's own words: search fields and their tags, stop words.

Source: NLM, PubMed User Guide ("Search field tags", "Stopwords", "MeSH Subheadings").
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from surveillance.strategy.subheadings import (
    subheading_family as subheading_family,  # noqa: PLC0414 (data, found here by its first users)
)


class Field(StrEnum):
    """A search field by the name that PubMed echoes."""

    ALL = "All Fields"
    TITLE = "Title"
    ABSTRACT = "Abstract"
    TITLE_ABSTRACT = "Title/Abstract"
    TEXT_WORD = "Text Word"
    OTHER_TERM = "Other Term"
    TRANSLITERATED_TITLE = "Transliterated Title"
    MESH = "MeSH Terms"
    MAJOR_TOPIC = "MeSH Major Topic"
    SUBHEADING = "MeSH Subheading"
    PUBLICATION_TYPE = "Publication Type"
    LANGUAGE = "Language"
    AUTHOR = "Author"
    JOURNAL = "Journal"
    SUBSTANCE = "Supplementary Concept"
    PMID = "PMID"
    ARTICLE_IDENTIFIER = "Article Identifier"
    SECONDARY_SOURCE = "Secondary Source ID"
    PUBLISHED = "Date - Publication"
    ENTERED = "Date - Entry"
    CREATED = "Date - Create"
    INDEXED = "Date - MeSH"
    REVISED = "Date - Modification"


_TAGS_BY_FIELD: Mapping[Field, tuple[str, ...]] = {
    Field.ALL: ("all", "all fields"),
    Field.TITLE: ("ti", "title"),
    Field.ABSTRACT: ("ab", "abstract"),
    Field.TITLE_ABSTRACT: ("tiab", "title/abstract"),
    Field.TEXT_WORD: ("tw", "text word", "text words"),
    Field.OTHER_TERM: ("ot", "other term"),
    Field.TRANSLITERATED_TITLE: ("tt", "transliterated title"),
    Field.MESH: ("mh", "mesh", "mesh terms"),
    Field.MAJOR_TOPIC: ("majr", "mesh major topic"),
    Field.SUBHEADING: ("sh", "subheading", "mesh subheading", "mesh subheadings"),
    Field.PUBLICATION_TYPE: ("pt", "publication type"),
    Field.LANGUAGE: ("la", "lang", "language"),
    Field.AUTHOR: ("au", "author"),
    Field.JOURNAL: ("ta", "jour", "journal"),
    Field.SUBSTANCE: ("nm", "supplementary concept", "substance name"),
    Field.PMID: ("pmid", "uid"),
    Field.ARTICLE_IDENTIFIER: ("aid", "article identifier"),
    Field.SECONDARY_SOURCE: ("si", "secondary source id"),
    Field.PUBLISHED: ("dp", "pdat", "publication date", "date - publication"),
    Field.ENTERED: ("edat", "entry date", "date - entry", "date - entrez"),
    Field.CREATED: ("crdt", "create date", "date - create"),
    Field.INDEXED: ("mhda", "mesh date", "date - mesh"),
    Field.REVISED: ("lr", "mdat", "modification date", "date - modification"),
}

FIELDS: Mapping[str, Field] = {tag: f for f, tags in _TAGS_BY_FIELD.items() for tag in tags}

DATE_FIELDS = frozenset(
    {Field.PUBLISHED, Field.ENTERED, Field.CREATED, Field.INDEXED, Field.REVISED}
)

# Fields in which `:noexp` means something ("[mh:noexp]", "[sh:noexp]", "[pt:noexp]").
EXPLODING_FIELDS = frozenset(
    {Field.MESH, Field.MAJOR_TOPIC, Field.SUBHEADING, Field.PUBLICATION_TYPE}
)

# "Proximity searching is only available in the Title, Title/Abstract, and Affiliation fields."
PROXIMITY_FIELDS = frozenset({Field.TITLE, Field.TITLE_ABSTRACT})

# Tags of fields that PubMed has but our records don't carry: searching all fields instead, as
# for a tag that PubMed doesn't know, would be a wrong answer, so they are refused.
FIELDS_NOT_CARRIED = frozenset(
    {
        *("ad", "affiliation", "1au", "lastau", "fau", "ir", "fir", "cn", "auid", "ed", "ps"),
        *("book", "cois", "dcom", "rn", "gr", "isbn", "ip", "issue", "jid", "lid", "pg", "pa"),
        *("pl", "pubn", "filter", "sb", "subset", "vi", "volume", "epdat", "ppdat", "ctdt"),
    }
)

STOPWORDS = frozenset(
    """
    a about again all almost also although always among an and another any are as at be because
    been before being between both but by can could did do does done due during each either enough
    especially etc for found from further had has have having here how however i if in into is it
    its itself just kg km made mainly make may mg might ml mm most mostly must nearly neither no
    nor obtained of often on our overall perhaps pmid quite rather really regarding seem seen
    several should show showed shown shows significantly since so some such than that the their
    theirs them then there therefore these they this those through thus to upon various very was
    we were what when which while with within without would
    """.split()  # noqa: SIM905 (a list literal of these would fill a page)
)
