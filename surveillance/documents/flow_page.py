"""The PRISMA flow as a page: the diagram where a format can show it, and its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.documents.diagram import flow_svg
from surveillance.documents.flow import PrismaFlow
from surveillance.documents.flow_boxes import FOOTNOTES, Boxes, Entry, boxes_of, state
from surveillance.documents.flow_squares import WIDTHS, squares_of
from surveillance.documents.page import Block, Heading, Listing, Page, Paragraph, Picture, Table


def flow_page(flow: PrismaFlow) -> Page:
    """The diagram, its numbers in tables by column, and what they mean."""
    about = flow.about
    return Page(
        f"PRISMA 2020 flow diagram for an updated review: {about.title}",
        about.banner,
        (
            Paragraph(f"{about.guidance} ({about.body}). {state(flow)}"),
            *flow_blocks(flow),
        ),
    )


def flow_blocks(flow: PrismaFlow, level: int = 2) -> tuple[Block, ...]:
    """The diagram, its numbers in tables by column, and what they mean, for any page."""
    boxes = boxes_of(flow)
    return (
        Picture(flow_svg(flow), squares_of(boxes), WIDTHS),
        Heading("The numbers of the diagram", level),
        *_tables(boxes),
        Listing(FOOTNOTES),
    )


def _tables(boxes: Boxes) -> Iterator[Table]:
    columns: dict[str, list[Entry]] = {}
    for box in boxes.values():
        columns.setdefault(box.column, []).extend(box.entries)
    for column, entries in columns.items():
        rows = tuple((f"{'… ' * one.depth}{one.words}", one.value) for one in entries)
        yield Table(column, ("box", "n"), rows)
