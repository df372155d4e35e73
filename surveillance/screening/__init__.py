"""Does a report fit the topic's criteria, and why: rules propose, people decide.

A rule's exclusion is a proposal until a person confirms or samples it
(docs/decisions/0008-screening-rules.md). spaCy is imported with the first text that is read.
"""
