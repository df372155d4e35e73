"""What sources return, unchanged: bytes → `Record`."""

from surveillance.records.model import (
    Author,
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)

__all__ = ["Author", "Correction", "IndexedHeading", "Qualifier", "Record", "RecordDates"]
