"""The triage page: what a run brought, screened, compared and judged in a browser.

Views call what the command line calls; nothing is decided here.
"""
