"""Columns of tables of records → the tags of RIS, by the names that each vendor gives them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: A header stands among the first lines: exports open with a title or the search.
HEADER_WITHIN = 20
_DELIMITERS = ",;\t|"

#: RIS tag → the columns that say the same, without case, blanks and signs. Where a record fills
#: several columns of a tag, the first here is the first value.
_NAMES = {
    "TI": "title articletitle primarytitle documenttitle itemtitle",
    "TT": "originaltitle originalnonenglishtitle translatedtitle",
    "AU": "authors author authornames authorlist creator",
    "PY": "year publicationyear publishedyear yearpublished yearofpublication",
    "DA": "date publicationdate dateofpublication datepublished",
    "JF": "journal sourcetitle journalbook journaltitle journalname fulljournalname"
    " publicationtitle publicationname secondarytitle parenttitle",
    "T2": "source",
    "JA": "journalabbreviation abbreviatedsourcetitle abbreviatedjournal altjournal"
    " sourcetitleabbreviation journalabbrev",
    "VL": "volume vol",
    "IS": "issue number issuenumber",
    "SP": "pages page pagerange pagination startpage pagestart firstpage",
    "EP": "endpage pageend lastpage",
    "DO": "doi digitalobjectidentifier electronicresourcenumber",
    "AB": "abstract abstracttext originalnonenglishabstract",
    "AN": "accessionnumber centralid cochranereviewid cochraneid embaseaccessionid"
    " embaseaccessionnumber uniqueidentifier pui eid",
    "ID": "recordid id key itemid",
    "PM": "pmid pubmedid medlinepmid",
    "C2": "pmcid pmc pubmedcentralid",
    "SN": "issn isbnissn isbn issnisbn issnlinking",
    "LA": "language languages languageofarticle articlelanguage originallanguage",
    "PT": "publicationtype publicationtypes documenttype typeofpublication typeofwork",
    "KW": "keywords keyword authorkeywords indexkeywords meshterms meshheadings"
    " emtreemedicalindexterms emtreedrugindexterms emtreemedicalindextermsmajorfocus"
    " emtreedrugindextermsmajorfocus subjectheadings",
    "DB": "database sourcedatabase nameofdatabase databasename",
    "CN": "clinicaltrialnumbers clinicaltrialnumber trialregistration registrationnumber"
    " trialregistrynumber",
    "UR": "url urls link articleurl",
    "N1": "notes note",
}
_TAGS = {name: tag for tag, names in _NAMES.items() for name in names.split()}
_RANKS = {name: rank for rank, name in enumerate(_TAGS)}
#: The column in which an export of this program carries each report, and its continuations.
CARRIED = "surveil"
_CARRIED = re.compile(rf"{CARRIED}(?: \d{{1,4}})?")
#: Fields that open a record in Embase.com's table with one field a row.
_OPENS_ROWS = frozenset({"TITLE", "SEARCH QUERY"})


#: The tags of a table's columns with their places, a tag's first column first.
Columns = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names a table's columns, and how its cells are divided."""

    delimiter: str
    names: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tag of each column; empty for a column that is only kept."""
        return tuple(map(tag_of, self.names))

    @property
    def carried(self) -> tuple[int, ...]:
        """The places of the columns in which an export of this program carries its reports."""
        return tuple(place for place, name in enumerate(self.names) if _CARRIED.fullmatch(name))

    @property
    def tagged(self) -> Columns:
        """The columns that have a tag."""
        known = [(tag, place) for place, tag in enumerate(self.tags) if tag]
        return tuple(sorted(known, key=lambda column: tag_rank(self.names[column[1]])))


def tag_of(name: str) -> str:
    """The RIS tag of a column (“Author(s)”, “Publication Year”), or nothing."""
    return _TAGS.get(_plain(name), "")


def tag_rank(name: str) -> int:
    """Where a column that has a tag stands among all of them."""
    return _RANKS[_plain(name)]


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def header_of(text: str) -> Header | None:
    """The header of a table of records: a row that names a title and one column more."""
    for delimiter in _DELIMITERS:
        if found := header_among(_first_rows(text, delimiter), delimiter):
            return found
    return None


def header_among(rows: Iterable[Sequence[str]], delimiter: str = "") -> Header | None:
    """The first of these rows that is a header."""
    for cells in rows:
        tags = set(filter(None, map(tag_of, cells)))
        if "TI" in tags and len(tags) > 1:
            return Header(delimiter, tuple(cell.strip() for cell in cells))
    return None


def columns_of(text: str) -> tuple[str, ...]:
    """The cells of the first row of whatever table this is; one cell where it is none."""
    rows = [tuple(next(_first_rows(text, delimiter), ())) for delimiter in _DELIMITERS]
    return max(rows, key=len)


def is_field_per_row(text: str) -> bool:
    """Whether this is Embase.com's table with one field a row, its name in the first cell."""
    rows = [row for row in _first_rows(text, ",") if row][:HEADER_WITHIN]
    if not rows or rows[0][0].strip().upper() not in _OPENS_ROWS:
        return False
    return sum(1 for row in rows if tag_of(row[0])) >= 2 and tag_of(rows[0][-1]) == ""


def _first_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = text.splitlines(keepends=True)[:HEADER_WITHIN]
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error:
        return
