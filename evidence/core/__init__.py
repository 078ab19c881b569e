"""Decisions: querying, tagging, merging, importing. Imports model and ports only."""
