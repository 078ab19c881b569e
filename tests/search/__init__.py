"""Tests of the full-text engines."""
