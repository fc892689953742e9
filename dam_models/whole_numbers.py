"""Rows and columns are whole numbers: a position between cells is refused, not cut to the cell before it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.errors import FlowError

_LARGEST = 2**31


def is_whole(value: object) -> bool:
    """Whether a value is an integer by its type; True and False are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def indices(value: ArrayLike, what: str, error: type[FlowError], field: str) -> NDArray[np.int64]:
    """An index, or an array of them, as int64.

    Parameters
    ----------
    value : array_like
        Integers, or floats that are whole.
    what : str
        Name used in the message.
    error, field
        Raised, with `field`, where a number is not whole, not finite or beyond any grid.
    """
    numbers = np.asarray(value)
    if numbers.dtype.kind in "iu" or numbers.size == 0:
        return numbers.astype(np.int64)
    if numbers.dtype.kind != "f":
        raise error(f"{what} must be whole numbers, not {numbers.dtype}", field=field)
    # Not a number compares with nothing.
    bad = ~((np.abs(numbers) < _LARGEST) & (numbers == np.round(numbers)))
    if bad.any():
        raise error(f"{what} must be whole numbers; one is {float(numbers[bad].flat[0])!r}", field=field)
    return numbers.astype(np.int64)
