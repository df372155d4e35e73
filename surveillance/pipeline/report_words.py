"""Which of a topic's reports hold some words, found without going through all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

#: A part that stands in more words than these is looked for in each report instead.
MANY_WORDS = 2_000
_BETWEEN = "\n"


class ReportWords:
    """The words of each report, and by word the reports that hold it.

    Somebody who looks for “10.1097/” or “reinnerv” has a part of a word, so that each word is
    looked at; they are far fewer than the reports.
    """

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts: dict[int, str] = {}
        self._reports: dict[str, list[int]] = {}
        self._every_word, self._listed = "", 0
        for report, text in texts.items():
            self._put(report, text)
        self._list_words()

    def renew(self, reports: Iterable[int], texts: Mapping[int, str]) -> None:
        """Have these reports' words be those in `texts`; one that is not there holds none."""
        for report in reports:
            for word in set(self._texts.pop(report, "").split()):
                self._reports[word].remove(report)
            if report in texts:
                self._put(report, texts[report])
        # A word that no report holds any more may stay: it finds nothing.
        if len(self._reports) > self._listed:
            self._list_words()

    def holding(self, looked_for: str) -> Collection[int] | None:
        """The reports with all these words or parts of words, without case; None: nothing asked."""
        found: set[int] | None = None
        # The longest first: it leaves the fewest for the others.
        for part in sorted(set(looked_for.casefold().split()), key=len, reverse=True):
            found = self._narrowed(found, part)
        return found

    def _put(self, report: int, text: str) -> None:
        self._texts[report] = text
        for word in set(text.split()):
            self._reports.setdefault(word, []).append(report)

    def _list_words(self) -> None:
        self._listed = len(self._reports)
        self._every_word = _BETWEEN.join(("", *self._reports, ""))

    def _narrowed(self, found: set[int] | None, part: str) -> set[int]:
        words = list(self._words_with(part))
        if len(words) < MANY_WORDS:
            holding = {report for word in words for report in self._reports[word]}
            return holding if found is None else found & holding
        left = self._texts if found is None else found
        return {report for report in left if part in self._texts[report]}

    def _words_with(self, part: str) -> Iterator[str]:
        """The words that hold a part, up to too many."""
        words, at = self._every_word, self._every_word.find(part)
        for _ in range(MANY_WORDS):
            if at < 0:
                return
            end = words.index(_BETWEEN, at)
            yield words[words.rindex(_BETWEEN, 0, at + 1) + 1 : end]
            at = words.find(part, end)
