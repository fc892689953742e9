"""What a region folder is made into at run time."""

GROUND_VERSION = "1"
"""Raised whenever the same region folder would give another ground at run time.

That is when resampling to a cell size, the enforcement of courses or the placing of dams changes: the
folder's own `version` stays then, and answers computed before would pass for answers of the new ground. It
belongs into the identity of everything that is computed on a region.
"""
