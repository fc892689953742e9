"""What a run's dam records mean: the capacity published for a state, and bowls that held more than level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: States in which the whole dam stands over its whole bowl: the published capacity is theirs.
_WHOLE: Final = frozenset({"in service", "clogged"})


def published_capacity_m3(record: Mapping[str, Any], inputs: Mapping[str, Any]) -> float | None:
    """Return the capacity that is published for the state a dam was in, m3.

    Parameters
    ----------
    record : mapping
        A dam's record in ``run.json``.
    inputs : mapping
        The run's ``inputs``, whose dam states carry a capacity where one is published for that state alone.

    Returns
    -------
    float or None
        None where nothing is published for that state: a part-built dam has not the finished one's.
    """
    change = inputs.get("changes", {}).get(record["id"], {})
    if "crest_elevation_m" in change or "capacity_m3" in change:
        # What is published is the volume behind another crest.
        return None
    own = inputs["dams"].get(record["id"], {}).get("capacity_m3")
    if own is not None:
        return float(own)
    published = record.get("capacity_published_m3")
    return float(published) if published is not None and record["state"] in _WHOLE else None


def holds_more_than_level(record: Mapping[str, Any]) -> bool:
    """Whether the bowl held more than its volume up to the lowest point of the crest."""
    capacity, stored = record.get("capacity_on_grid_m3"), record.get("stored_max_m3")
    return capacity is not None and stored is not None and bool(stored > capacity)
