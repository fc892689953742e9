"""The pass after a time step in which a flow takes from its bed, or leaves something on it."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dam_models.entrainment import WATER_DENSITY_KG_M3, EntrainmentRecord, ErodibleBed
from dam_models.errors import InvalidBed, InvalidParameter
from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import GRAVITY_M_S2, Bytes, Floats, Indices, Ints
from dam_models.kernels.waves import mean_wave
from dam_models.mesh import Mesh
from dam_models.release import Release

EXCHANGE_GRIDS = 7
"""Arrays of the grid's size, float64, that an erodible bed costs at most, its result included."""

_ENTRAINED, _SOLIDS, _DEPOSITED, _ASKED, _REFUSED, _DENSEST, _BOUND = range(7)

_ROUNDING = 1e-9
"""A solids fraction may pass the cap by this much: a state that a run ended with can."""


@kernel()
def _exchange(
    chosen: Indices,
    row: Ints,
    col: Ints,
    z: Floats,
    gravity: Floats,
    h: Floats,
    u: Floats,
    v: Floats,
    solids: Floats,
    wave: Floats,
    block: Indices,
    changed: Bytes,
    depth_max: Floats,
    arrival: Floats,
    west: Indices,
    east: Indices,
    north: Indices,
    south: Indices,
    erodible: Floats,
    taken: Floats,
    laid: Floats,
    bound: NDArray[np.bool_],
    region: NDArray[np.int16],
    by_region: Floats,
    dt: float,
    time_after: float,
    dry_depth: float,
    threshold_depth: float,
    slowest: float,
    critical_shear: float,
    depth_per_shear: float,
    rate: float,
    bed_solids: float,
    bulk: float,
    cap: float,
    grain_excess: float,
    settling_speed: float,
    settling_below: float,
    settling_exponent: float,
    totals: Floats,
) -> None:
    """Erode, or settle, in every wet cell over `dt`.

    `totals` gathers depths summed over cells, `by_region` the first of them per region.
    """
    totals[_BOUND] = 0.0
    last_row = taken.shape[0] - 1
    last_col = taken.shape[1] - 1
    for i in chosen:
        depth = h[i]
        if depth < dry_depth:
            continue
        share = solids[i]
        speed = math.sqrt(u[i] * u[i] + v[i] * v[i])
        r = row[i]
        c = col[i]
        rise = 0.0
        if speed >= slowest:
            # What settled during the run lies on top: it is loose, full of water, and goes first.
            on_top = laid[r, c]
            left = on_top if on_top > 0.0 else erodible[r, c] - taken[r, c]
            if left <= 0.0:
                continue
            cos2 = gravity[i] / GRAVITY_M_S2
            density = WATER_DENSITY_KG_M3 * (1.0 + grain_excess * share)
            shear = density * GRAVITY_M_S2 * depth * math.sqrt(max(0.0, cos2 * (1.0 - cos2)))
            if shear <= critical_shear:
                continue
            room = (shear - critical_shear) * depth_per_shear - (taken[r, c] - on_top)
            asked = min(rate * dt, min(room, left))
            if asked <= 0.0:
                continue
            entering = 1.0 if on_top > 0.0 else bulk
            fall = asked
            denser = bed_solids - cap * entering
            capped = False
            if denser > 0.0:
                most = depth * max(0.0, cap - share) / denser
                if most < asked:
                    fall = most
                    capped = True
            totals[_ASKED] += asked
            if capped:
                totals[_REFUSED] += asked - fall
                totals[_BOUND] = 1.0
                bound[r, c] = True
            if fall <= 0.0:
                continue
            gain = fall * entering
            after = depth + gain
            mixed = (depth * share + fall * bed_solids) / after
            if capped:
                mixed = min(mixed, cap)
            # The bed was at rest: the momentum stays, the speed falls.
            u[i] *= depth / after
            v[i] *= depth / after
            h[i] = after
            solids[i] = mixed
            if on_top > 0.0:
                laid[r, c] = on_top - fall
            else:
                taken[r, c] += fall
            rise = -fall
            if after >= threshold_depth > depth_max[i]:
                arrival[i] = time_after
            depth_max[i] = max(depth_max[i], after)
            totals[_ENTRAINED] += gain
            totals[_SOLIDS] += fall * bed_solids
            by_region[region[r, c], _ENTRAINED] += gain
            by_region[region[r, c], _SOLIDS] += fall * bed_solids
            totals[_DENSEST] = max(totals[_DENSEST], mixed)
            wave[i] = mean_wave(u[i], v[i], math.sqrt(gravity[i] * after))
        elif settling_speed > 0.0 and speed < settling_below and 0.0 < share <= bed_solids:
            laying = settling_speed * share * (1.0 - share) ** settling_exponent / bed_solids * dt
            rise = min(laying, depth * share / bed_solids)
            after = depth - rise
            if after <= 0.0:
                rise = depth
                h[i] = 0.0
                u[i] = 0.0
                v[i] = 0.0
                solids[i] = 0.0
            else:
                h[i] = after
                solids[i] = max(0.0, (depth * share - rise * bed_solids) / after)
            laid[r, c] += rise
            totals[_DEPOSITED] += rise
            by_region[region[r, c], _DEPOSITED] += rise
        if rise != 0.0:
            z[i] += rise
            changed[block[i]] = 1
            # The ground beyond the rim of the grid follows.
            if r == 1 and north[i] > 0:
                z[north[i]] += rise
            if r == last_row - 1 and south[i] > 0:
                z[south[i]] += rise
            if c == 1 and west[i] > 0:
                z[west[i]] += rise
            if c == last_col - 1 and east[i] > 0:
                z[east[i]] += rise


class BedExchange:
    """Keeps what is left of an erodible bed, and what was taken from it, through a run.

    Parameters
    ----------
    bed : ErodibleBed
        What can be taken.
    shape : tuple of int
        Shape of the grid.
    cell_area_m2, dry_depth_m, threshold_depth_m : float
        Of the run.
    pools : sequence of (ny, nx) bool
        Cells for which the exchange is also summed apart; they may overlap.
    """

    def __init__(
        self,
        bed: ErodibleBed,
        shape: tuple[int, ...],
        cell_area_m2: float,
        dry_depth_m: float,
        threshold_depth_m: float,
        pools: Sequence[NDArray[np.bool_]] = (),
    ) -> None:
        if bed.depth_m.shape != shape:
            raise InvalidBed(
                f"the erodible depth_m has shape {bed.depth_m.shape}, the bed {shape}", field="depth_m"
            )
        self._bed, self._area = bed, cell_area_m2
        self._thresholds = (dry_depth_m, threshold_depth_m)
        self._erodible = np.pad(bed.depth_m, 1)
        self._taken, self._laid = np.zeros(self._erodible.shape), np.zeros(self._erodible.shape)
        self._bound = np.zeros(self._erodible.shape, dtype=np.bool_)
        # Cells that lie in the same pools are one region; region 0 lies in none.
        masks = np.array(pools, dtype=np.bool_).reshape(len(pools), *shape)
        inside = np.nonzero(masks.any(axis=0))
        members, region = np.unique(masks[:, inside[0], inside[1]], axis=1, return_inverse=True)
        self._region = np.zeros(self._erodible.shape, dtype=np.int16)
        self._region[1:-1, 1:-1][inside] = region.reshape(-1) + 1
        self._in_pool = np.pad(members.astype(np.float64), ((0, 0), (1, 0)))
        self._by_region = np.zeros((members.shape[1] + 1, 3))
        self._totals = np.zeros(7)
        self._cap_first_s = float("nan")

    def checked_solids(self, releases: tuple[Release, ...], depth: Floats, solids: Floats) -> Floats:
        """Solids fraction of the state at the start, cut to the cap where rounding has passed it.

        Refuses a flow that comes denser than the cap.

        Raises
        ------
        InvalidParameter
        """
        densest = max((float(np.max(release.solids_fraction)) for release in releases), default=0.0)
        densest = max(densest, float(np.max(solids[depth > 0.0], initial=0.0)))
        if densest > self._bed.solids_cap + _ROUNDING:
            raise InvalidParameter(
                f"the flow is released with a solids fraction of {densest:g}, above the cap of "
                f"{self._bed.solids_cap:g}",
                field="solids_cap",
            )
        return np.minimum(solids, self._bed.solids_cap)

    def exchange(self, mesh: Mesh, chosen: Indices, dt: float, time_after: float) -> None:
        """Let the flow take and leave bed over `dt` in the chosen cells."""
        bed, cells, settling = self._bed, mesh.cells, self._bed.settling
        _exchange(
            chosen,
            cells.row,
            cells.col,
            cells.z,
            cells.gravity,
            cells.h,
            cells.u,
            cells.v,
            cells.solids,
            cells.wave,
            cells.block,
            mesh.block_changed,
            cells.depth_max,
            cells.arrival,
            cells.west,
            cells.east,
            cells.north,
            cells.south,
            self._erodible,
            self._taken,
            self._laid,
            self._bound,
            self._region,
            self._by_region,
            dt,
            time_after,
            *self._thresholds,
            bed.slowest_m_s,
            bed.critical_shear_pa,
            bed.depth_per_shear_m_kpa / 1000.0,
            bed.rate_m_s,
            bed.bed_solids,
            bed.bulk,
            bed.solids_cap,
            bed.grain_density_kg_m3 / WATER_DENSITY_KG_M3 - 1.0,
            settling.speed_m_s if settling else 0.0,
            settling.below_m_s if settling else 0.0,
            settling.exponent if settling else 0.0,
            self._totals,
        )
        if self._totals[_BOUND] > 0.0 and not self._cap_first_s <= time_after:
            self._cap_first_s = time_after

    def pool_totals(self) -> Floats:
        """Per pool so far: mixture that entered the flow, grains in it, mixture that settled, m3."""
        return np.asarray(self._in_pool @ self._by_region * self._area)

    @property
    def change_m(self) -> Floats:
        """Rise of the bed since the start, without the ghost ring, m."""
        return (self._laid - self._taken)[1:-1, 1:-1].copy()

    def record(self) -> EntrainmentRecord:
        """Totals of the run."""
        volumes = self._totals * self._area
        return EntrainmentRecord(
            entrained_m3=float(volumes[_ENTRAINED]),
            entrained_solids_m3=float(volumes[_SOLIDS]),
            deposited_m3=float(volumes[_DEPOSITED]),
            asked_m3=float(volumes[_ASKED]),
            refused_m3=float(volumes[_REFUSED]),
            cap_bound_cells=int(self._bound.sum()),
            cap_first_s=self._cap_first_s,
            eroded_cells=int((self._taken > 0.0).sum()),
            largest_solids_fraction=float(self._totals[_DENSEST]),
        )
