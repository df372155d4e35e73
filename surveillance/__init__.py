"""Automated literature surveillance for published guidance."""
