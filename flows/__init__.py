"""Prefect flows: orchestration alone, no business code."""
