"""One entry per report: which records are the same publication, by rule or by a person.

Step one merges what is certain; step two leaves what is doubtful to a person. Nothing here knows
the store: entries and earlier decisions come in as values, decisions and clusters go out.
"""
