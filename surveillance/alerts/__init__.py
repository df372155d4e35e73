"""Alerts: signals told to somebody, exactly once."""
