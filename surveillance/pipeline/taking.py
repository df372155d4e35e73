"""A file that somebody brought to a topic, taken as what it holds: records or registrations."""

from __future__ import annotations

from surveillance.pipeline.importing import (
    Brought,
    Imported,
    ImportRequest,
    import_export,
    read_import,
)
from surveillance.pipeline.importing_registries import (
    BroughtRegistrations,
    import_registrations,
    read_registrations,
)
from surveillance.pipeline.walk import Walk
from surveillance.studies.exports import registry_named
from surveillance.topics import Topic


def read_file(topic: Topic, request: ImportRequest) -> Brought | BroughtRegistrations:
    """What somebody brought; raises `UnreadableInput`.

    A strategy of the topic that has the name of a registry takes its files as records.
    """
    registry = registry_named(request.database)
    if registry is None or _has_strategy(topic, request.database):
        return read_import(topic, request)
    return read_registrations(request, registry)


def take_file(walk: Walk, brought: Brought | BroughtRegistrations) -> Imported:
    """Keep what was brought, unless the run has; what that came to."""
    if isinstance(brought, BroughtRegistrations):
        return import_registrations(walk, brought)
    return import_export(walk, brought)


def _has_strategy(topic: Topic, database: str) -> bool:
    names = {
        name.casefold()
        for strategy in topic.strategies
        for name in (strategy.name, strategy.database)
        if strategy.route == "file"
    }
    return database.casefold() in names
