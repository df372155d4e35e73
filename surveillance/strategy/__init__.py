"""A compiler for published search strategies: text → tree → query and loss report, or verdicts.

Imports nothing else of this project, opens no network connection and no database.
"""
