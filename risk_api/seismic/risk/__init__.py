"""Probabilistic risk: how often a year losses of which size, from every earthquake of the source model."""
