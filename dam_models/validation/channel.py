"""Running the engine on a channel one cell wide, as the exact solutions in one dimension want it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dam_models.boundaries import Boundaries, Side
from dam_models.result import Settings, State
from dam_models.rheology import Manning, Voellmy

Floats = NDArray[np.float64]

WALL = Side("wall")
OPEN = Side("open")
FRICTIONLESS = Manning(0.0)
_THIN = Settings(dry_depth_m=1e-7, threshold_depth_m=1e-6)


@dataclass(frozen=True, eq=False)
class Channel:
    """A problem in one dimension.

    The exact solutions of shallow water assume that the bed is nearly level, where the engine reduces gravity
    by the squared cosine of the slope. `stretch` takes that difference away: with all horizontal lengths and
    times multiplied by it, friction divided, and depths and speeds kept, the shallow-water equations are the
    same, while the slopes vanish.

    Parameters
    ----------
    cell_m : float
        Size of a cell, m, before stretching.
    bed_m, depth_m, speed_m_s : (n,) float64
        Bed, and depth and speed at the start.
    rheology : Voellmy or Manning
        Friction before stretching.
    west, east : Side
        Its ends.
    stretch : float
        See above.
    settings : Settings
        Numerical settings; intervals are stretched here.
    """

    cell_m: float
    bed_m: Floats
    depth_m: Floats
    speed_m_s: Floats
    rheology: Voellmy | Manning = FRICTIONLESS
    west: Side = WALL
    east: Side = WALL
    stretch: float = 1.0
    settings: Settings = _THIN

    def run(self, duration_s: float) -> tuple[Floats, Floats]:
        """Depth and speed after `duration_s`, each (n,)."""
        from dam_models.flow import simulate

        still = np.zeros((1, self.bed_m.size))
        result = simulate(
            self.bed_m[None, :],
            self.cell_m * self.stretch,
            [],
            self._friction(),
            duration_s=duration_s * self.stretch,
            initial=State(self.depth_m[None, :], self.speed_m_s[None, :], still, still),
            boundaries=Boundaries(WALL, WALL, self.west, self.east),
            settings=replace(self.settings, record_every_s=2.0 * duration_s * self.stretch),
        )
        return result.final.depth_m[0], result.final.u_m_s[0]

    def _friction(self) -> Voellmy | Manning:
        if isinstance(self.rheology, Manning):
            return Manning(self.rheology.n / self.stretch**0.5)
        return Voellmy(self.rheology.mu / self.stretch, self.rheology.xi_m_s2 * self.stretch)


def centres(length_m: float, cells: int) -> Floats:
    """Centres of the cells of a channel that begins at 0, (n,) m."""
    return np.asarray((np.arange(cells) + 0.5) * (length_m / cells), dtype=np.float64)
