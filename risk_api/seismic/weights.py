"""Weights of models and branches: shares that sum to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum, isfinite
from typing import Final

from risk_api.seismic.errors import BadSeismicInput

_NEARLY: Final = 1e-6


def checked_weights(
    given: Mapping[str, float] | None, known: Iterable[str], field: str = "weights"
) -> dict[str, float]:
    """Weights by name, those of zero left out; equal ones where none are given.

    Parameters
    ----------
    given : mapping or None
        Shares between 0 and 1 that sum to 1 within one in a million.
    known : iterable of str
        Names that may be weighted.
    field : str
        What the input is called.

    Raises
    ------
    BadSeismicInput
        If a name is not known, a share is not between 0 and 1, or they do not sum to 1.
    """
    names = tuple(known)
    if given is None:
        return {name: 1.0 / len(names) for name in names}
    for name, share in given.items():
        if name not in names:
            listed = ", ".join(names)
            raise BadSeismicInput(
                f"{field}.{name}", f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed
            )
        if not (isfinite(share) and 0.0 <= share <= 1.0):
            words = {"value": f"{share:g}", "low": "0", "high": "1"}
            raise BadSeismicInput(
                f"{field}.{name}", f"{share:g} is not between 0 and 1", reason_key="value_band", **words
            )
    total = fsum(given.values())
    if abs(total - 1.0) > _NEARLY:
        raise BadSeismicInput(
            field, f"the shares sum to {total:g}, not to 1", reason_key="sum_to_one", total=f"{total:g}"
        )
    return {name: share / total for name, share in given.items() if share > 0.0}
