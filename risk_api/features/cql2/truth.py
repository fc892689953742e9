"""Three-valued truth over all features at once (Kleene: what is not known stays unknown)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Truth:
    """Where a predicate is true and where it is false; where it is neither, nothing is known."""

    yes: NDArray[np.bool_]
    no: NDArray[np.bool_]

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.yes)


def always(value: bool, count: int) -> Truth:
    """Return the same truth for every feature."""
    import numpy as np

    whole = np.full(count, value)
    return Truth(whole, ~whole)


def compared(relation: Callable[[Any, Any], bool], left: Sequence[Any], right: Sequence[Any]) -> Truth:
    """Return where a relation holds between two columns; a pair with None in it is neither."""
    import numpy as np

    pairs = list(zip(left, right, strict=True))
    known = np.fromiter((a is not None and b is not None for a, b in pairs), bool, len(pairs))
    yes = np.fromiter(
        (a is not None and b is not None and relation(a, b) for a, b in pairs), bool, len(pairs)
    )
    return Truth(yes, known & ~yes)
