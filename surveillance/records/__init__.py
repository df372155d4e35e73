"""What sources return, unchanged: bytes → `Record`."""

from surveillance.records.model import (
    Author,
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.records.payload import Captured, Deleted, Payload

__all__ = [
    "Author",
    "Captured",
    "Correction",
    "Deleted",
    "IndexedHeading",
    "Payload",
    "Qualifier",
    "Record",
    "RecordDates",
]
