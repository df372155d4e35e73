"""Options that take several files, as shells write `--records *.xml` out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from typer.core import TyperCommand, TyperOption


class SeveralFiles(TyperCommand):
    """A command that reads `--records a b` as `--records a --records b`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, each file behind its option, handed on to be parsed."""
        options = [param for param in self.params if isinstance(param, TyperOption)]
        several = {name for param in options if param.multiple for name in param.opts}
        flags = {"--help"} | {name for param in options if param.is_flag for name in param.opts}
        return super().parse_args(ctx, repeated(args, several, flags))


def repeated(args: list[str], several: Collection[str], flags: Collection[str]) -> list[str]:
    """Each value of an option in `several` with that option before it.

    The last of them is the command's own argument where nothing else can be it: `--records a FILE`.
    """
    groups = [_opened(option, values, several) for option, values in _by_option(args)]
    if not any(_left_over(option, values, several, flags) for option, values in groups):
        _set_last_apart(groups, several)
    written: list[str] = []
    for option, values in groups:
        if option in several and values:
            written += [word for value in values for word in (option, value)]
        else:
            written += [option, *values] if option else values
    return written


def _by_option(args: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each option with all that stands between it and the next; first what stands before any."""
    option, values = "", list[str]()
    for place, arg in enumerate(args):
        if arg.startswith("-") and arg != "-":
            yield option, values
            option, values = arg, []
            if arg == "--":
                values = args[place + 1 :]
                break
        else:
            values.append(arg)
    yield option, values


def _opened(option: str, values: list[str], several: Collection[str]) -> tuple[str, list[str]]:
    """`--records=a` as `--records` and `a`."""
    name, equals, value = option.partition("=")
    return (name, [value, *values]) if equals and name in several else (option, values)


def _left_over(
    option: str, values: list[str], several: Collection[str], flags: Collection[str]
) -> bool:
    """True where a value stands that its option does not take."""
    if option in several:
        return False
    takes_one = option not in {"", "--", *flags} and "=" not in option
    return len(values) > takes_one


def _set_last_apart(groups: list[tuple[str, list[str]]], several: Collection[str]) -> None:
    """Take the last value of the last list of several for itself."""
    for place in reversed(range(len(groups))):
        option, values = groups[place]
        if option in several and len(values) > 1:
            groups[place] = option, values[:-1]
            groups.insert(place + 1, ("", values[-1:]))
            return
