"""The source → the files of the snapshot, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from surveillance.simulator.snapshot_builder.europe_pmc import result_json
from surveillance.simulator.snapshot_builder.exports import ris
from surveillance.simulator.snapshot_builder.pubmed import pubmed_xml
from surveillance.simulator.snapshot_builder.source import Source, Week, read_source
from surveillance.simulator.snapshot_builder.studies import study_json

SNAPSHOT = Path(__file__).resolve().parent.parent / "snapshot"


def built_files(folder: Path = SNAPSHOT) -> dict[str, bytes]:
    """What `folder/source` says, by path relative to `folder`.

    Raises `UnreadableInput` with file, line and column where the source is not sound.
    """
    source = read_source(folder / "source")
    files = dict(_exports(source))
    for week in source.weeks:
        files.update(_week(week, source))
    return files


def write(folder: Path) -> None:
    """Write what `folder/source` says beside it; files that it no longer names go."""
    files = built_files(folder)
    for path in sorted(folder.glob("????-??-??/**/*.*")):
        if str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _week(week: Week, source: Source) -> Iterator[tuple[str, bytes]]:
    yield f"{week.day}/pubmed.xml", pubmed_xml(week.articles, source.vocabulary)
    for study in week.studies:
        yield f"{week.day}/studies/{study.nct}.json", study_json(study)
    for record in week.beside_pubmed:
        yield f"{week.day}/europepmc/{record.id}.json", result_json(record)


def _exports(source: Source) -> Iterator[tuple[str, bytes]]:
    first = source.weeks[0]
    articles = {article.key: article for article in first.articles}
    for export in dict.fromkeys(record.export for record in source.exports):
        records = [record for record in source.exports if record.export == export]
        yield f"{first.day}/exports/{export}.ris", ris(records, articles, source.vocabulary)
