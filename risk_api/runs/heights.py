"""How high a dam of a question may be."""

from typing import Final

HIGHEST_DAM_M: Final = 250.0
"""Above the river bed where the axis crosses it, m; no level in a dam, and no drop of its crest, is more."""
