"""Slopes under an earthquake: Newmark displacements, and the share of ground that slides."""
