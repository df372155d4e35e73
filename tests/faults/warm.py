"""Loaded once, in the process that the others are forked from: the language and the rules."""

from surveillance.screening.language import read

read("title", "A sentence that loads the language.")
