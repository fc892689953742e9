"""Readers of what regions are built from, one file a source."""
