"""Whether the compiler packed a function's arithmetic: several numbers in one instruction, or one."""

from __future__ import annotations

import re
from typing import Any

from numba import njit

# x86: `vsqrtpd %ymm0, %ymm1` is packed, `vsqrtsd` is not. ARM: `fsqrt v0.2d, v1.2d` and `fsqrt d0, d1`.
_PACKED = {
    "root": re.compile(r"\bv?sqrtpd\b|\bfsqrt\s+v"),
    "division": re.compile(r"\bv?divpd\b|\bfdiv\s+v"),
    "simple": re.compile(r"\bv?mulpd\b|\bfmul\s+v"),
}


def assembly_of(function: Any) -> str:
    """Assembly of a compiled function for its first signature; compiled once more, as caches keep none."""
    options = {
        key: value for key, value in function.targetoptions.items() if key not in {"cache", "nopython"}
    }
    fresh = njit(**options)(function.py_func)
    fresh.compile(function.signatures[0])
    return str(fresh.inspect_asm(fresh.signatures[0]))


def packed(assembly: str) -> dict[str, bool]:
    """By kind of operation, whether a packed instruction of it occurs: then the loop's body uses it.

    Beside a packed loop the compiler keeps one for the last few elements: the other kind says nothing.
    """
    return {kind: pattern.search(assembly) is not None for kind, pattern in _PACKED.items()}
