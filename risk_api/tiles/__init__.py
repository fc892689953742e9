"""Tiles: runs as classes in palettes, layers as vectors, the ground as a shaded picture, each cut once."""
