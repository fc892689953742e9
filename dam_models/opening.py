"""Passages through a dam: an orifice, what blocks it, its gate, or the siphon that it is."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dam_models.errors import InvalidDam
from dam_models.kernels.fields import GRAVITY_M_S2
from dam_models.whole_numbers import indices


@dataclass(frozen=True, slots=True)
class Clogging:
    """How an opening is blocked by the solids and the debris that arrive at it.

    An assumption, no published law: every cubic metre of solids that arrives blocks the same share of what is
    still free of the part that can be blocked at all,

        blocked = initial + (largest - initial) (1 - 2^(-V / half_volume)),

    with V the volume of solids that has arrived. Wood is not computed; it is taken to come with the solids.
    What is blocked stays blocked: nobody clears a grating while the flow runs.

    Parameters
    ----------
    initial_share : float
        Share of the area that is blocked as the run begins, 0 to 1.
    largest_share : float
        Share that is blocked in the end, however much arrives, initial_share to 1.
    half_volume_m3 : float
        Volume of solids, without pores, that blocks half of what can be blocked, m3, above 0; infinite: what
        is blocked at the start is all.
    """

    initial_share: float = 0.0
    largest_share: float = 1.0
    half_volume_m3: float = float("inf")

    def __post_init__(self) -> None:
        for field, ok, allowed in (
            ("initial_share", 0.0 <= self.initial_share <= 1.0, "0 to 1"),
            ("largest_share", self.initial_share <= self.largest_share <= 1.0, "the initial share up to 1"),
            ("half_volume_m3", self.half_volume_m3 > 0.0, "above 0"),
        ):
            if not ok:
                raise InvalidDam(
                    f"clogging {field} is {getattr(self, field)!r}; allowed: {allowed}", field=field
                )

    def blocked_share(self, arrived_m3: float) -> float:
        """Share of the area that is blocked when a volume of solids has arrived, m3."""
        growth: float = 1.0 - 2.0 ** (-max(0.0, arrived_m3) / self.half_volume_m3)
        return self.initial_share + (self.largest_share - self.initial_share) * growth


@dataclass(frozen=True, slots=True)
class Gate:
    """How far an opening is open, as a table in time.

    Parameters
    ----------
    time_s : sequence of float
        Times, s, from 0, not decreasing, 2 or more; linear between them, steady before and after, a jump
        where two are equal.
    open_share : sequence of float
        Share of the area that is open at each, 0 to 1.
    """

    time_s: tuple[float, ...]
    open_share: tuple[float, ...]

    def __post_init__(self) -> None:
        times, shares = tuple(map(float, self.time_s)), tuple(map(float, self.open_share))
        ordered = all(a <= b for a, b in pairwise(times))
        for field, ok, rule in (
            (
                "time_s",
                len(times) >= 2 and len(times) == len(shares),
                "and open_share are two tables of one length, 2 or more",
            ),
            (
                "time_s",
                ordered and np.isfinite(times).all() and min(times, default=0.0) >= 0.0,
                "must be finite, from 0 on, and not decrease",
            ),
            ("open_share", all(0.0 <= share <= 1.0 for share in shares), "leaves 0 to 1"),
            ("open_share", len(set(shares)) > 1, "never changes: give a smaller area instead"),
        ):
            if not ok:
                raise InvalidDam(f"gate {field} {rule}", field=field)
        object.__setattr__(self, "time_s", times)
        object.__setattr__(self, "open_share", shares)

    def share_at(self, time_s: float) -> float:
        """Share of the area that is open at a time."""
        after = bisect_right(self.time_s, time_s)
        if after in (0, len(self.time_s)):
            return self.open_share[min(after, len(self.time_s) - 1)]
        begin, end = self.time_s[after - 1], self.time_s[after]
        part = (time_s - begin) / (end - begin)
        return (1.0 - part) * self.open_share[after - 1] + part * self.open_share[after]

    @property
    def changes_from_s(self) -> float:
        """Time at which it begins to move, s."""
        first = self.open_share[0]
        return self.time_s[next(k for k, share in enumerate(self.open_share) if share != first) - 1]

    def next_change_s(self, time_s: float) -> float:
        """The next point of the table after a time, s; infinite where there is none."""
        after = bisect_right(self.time_s, time_s)
        return self.time_s[after] if after < len(self.time_s) else float("inf")


@dataclass(frozen=True, slots=True)
class Siphon:
    """A siphon's hysteresis: it begins to draw at one level and stops at a lower one.

    Primed it runs full, driven by the whole height above its outlet, which is the opening's `sill_m`.

    Parameters
    ----------
    priming_level_m : float
        Level of the pool at which it begins, m.
    breaking_level_m : float
        Level below which air breaks it, m, below `priming_level_m`.
    """

    priming_level_m: float
    breaking_level_m: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.breaking_level_m) and self.breaking_level_m < self.priming_level_m < np.inf):
            raise InvalidDam(
                f"siphon breaking_level_m is {self.breaking_level_m!r}; it must be finite and lie below the "
                f"priming level, {self.priming_level_m!r}",
                field="breaking_level_m",
            )

    def runs(self, running: bool, level_m: float) -> bool:
        """Whether it draws at a level, after having drawn or not."""
        return level_m >= (self.breaking_level_m if running else self.priming_level_m)


@dataclass(frozen=True, slots=True)
class Opening:
    """A passage through the dam that lets fluid out of the pool.

    The passage is a square orifice on the river bed: full, it passes Cd A sqrt(2 g (H - a/2)), with H the
    water level above its sill and a = sqrt(A) its height; while it is not full the wetted share of it passes.
    Where the water below the dam, or the ground there, stands higher than the middle of what is wetted,
    only the difference of the two levels drives.

    Parameters
    ----------
    outfall : (row, col)
        Cell below the dam that receives what passes.
    sill_m : float
        Elevation of the bottom of the passage, m.
    area_m2 : float
        Free area, m2, above 0.
    discharge_coefficient : float
        Cd, 0 to 1.
    passed_solids_fraction : float
        Largest share of solids, by volume, that goes through; the rest is held back and packs in the pool.
    packing_fraction : float
        Solids fraction at which what is held back gives off no more fluid.
    discharge_max_m3_s : float
        Capacity of the passage where one is published, m3/s; what is blocked or shut takes its share of it.
    clogging : Clogging, optional
        What blocks it; without it stays clear.
    gate : Gate, optional
        How far it is open; without it is open.
    siphon : Siphon, optional
        Makes it a siphon: it runs full or not at all, and `sill_m` is the bottom of its outlet.
    """

    outfall: tuple[int, int]
    sill_m: float
    area_m2: float
    discharge_coefficient: float = 0.6
    passed_solids_fraction: float = 0.1
    packing_fraction: float = 0.65
    discharge_max_m3_s: float = float("inf")
    clogging: Clogging | None = None
    gate: Gate | None = None
    siphon: Siphon | None = None

    def __post_init__(self) -> None:
        row, col = (int(indices(part, "outfall", InvalidDam, "outfall")) for part in self.outfall)
        object.__setattr__(self, "outfall", (row, col))
        checks = (
            ("sill_m", np.isfinite(self.sill_m), "a finite elevation"),
            ("area_m2", 0.0 < self.area_m2 < 1e4, "above 0 and below 10 000 m2"),
            ("discharge_coefficient", 0.0 < self.discharge_coefficient <= 1.0, "above 0, up to 1"),
            ("packing_fraction", 0.0 < self.packing_fraction <= 1.0, "above 0, up to 1"),
            (
                "passed_solids_fraction",
                0.0 <= self.passed_solids_fraction < self.packing_fraction,
                "0 up to the packing fraction",
            ),
            ("discharge_max_m3_s", self.discharge_max_m3_s > 0.0, "above 0"),
        )
        for field, ok, allowed in checks:
            if not ok:
                raise InvalidDam(
                    f"opening {field} is {getattr(self, field)!r}; allowed: {allowed}", field=field
                )
        if self.siphon is not None and self.siphon.breaking_level_m <= self.sill_m:
            raise InvalidDam(
                f"siphon breaking_level_m is {self.siphon.breaking_level_m!r}; it must lie above its outlet, "
                f"{self.sill_m!r} m",
                field="breaking_level_m",
            )

    def discharge_m3_s(self, level_m: float, tail_m: float = -float("inf")) -> float:
        """Discharge at a pool level, m3/s, clear, open and primed, whatever fluid there is.

        `tail_m` is the level at the outfall, or its ground where it is dry, m.
        """
        head = level_m - self.sill_m
        if head <= 0.0:
            return 0.0
        height = self.area_m2**0.5
        wetted = min(1.0, head / height) if self.siphon is None else 1.0
        over_middle = max(head - 0.5 * height, 0.5 * head) if self.siphon is None else head - 0.5 * height
        driving = min(over_middle, level_m - tail_m)
        if driving <= 0.0:
            return 0.0
        discharge = self.discharge_coefficient * self.area_m2 * wetted * (2.0 * GRAVITY_M_S2 * driving) ** 0.5
        return float(min(self.discharge_max_m3_s, discharge))
