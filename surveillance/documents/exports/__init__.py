"""A topic's reports for other programs, with decisions and where each field comes from."""
