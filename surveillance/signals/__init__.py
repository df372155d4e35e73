"""Signals: what a guidance team should know, how much it matters, and what it touches."""
