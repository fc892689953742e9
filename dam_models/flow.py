"""`simulate`: depth-averaged flow of a mudflow over a bed, past dams, until it rests or time is up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models import kernels
from dam_models.boundaries import Boundaries
from dam_models.dam import Dam
from dam_models.errors import FlowError, InvalidBed, InvalidDam, InvalidParameter, InvalidRelease
from dam_models.pools import PoolTracker
from dam_models.release import Release
from dam_models.result import FlowResult, Settings, State, VolumeBudget
from dam_models.rheology import FrictionLaw, Rheology
from dam_models.sections import FaceSet, Section, SectionRecord

Floats = NDArray[np.float64]
Progress = Callable[[float, str], None]

_PROGRESS_STEPS = 50


def simulate(
    bed_m: ArrayLike,
    cell_size_m: float,
    releases: Sequence[Release],
    rheology: Rheology,
    dams: Sequence[Dam] = (),
    duration_s: float = 7200.0,
    initial: State | None = None,
    boundaries: Boundaries | None = None,
    progress: Progress | None = None,
    *,
    sections: Sequence[Section] = (),
    settings: Settings | None = None,
) -> FlowResult:
    """Run a depth-averaged flow.

    Vertical depth and horizontal velocity are solved on the raster itself with gravity reduced per cell to
    g cos^2 of the bed slope (Hergarten & Robl 2015, doi:10.5194/nhess-15-671-2015), by a first-order Godunov
    scheme with HLL fluxes and surface reconstruction (see `dam_models.faces`), friction implicit in its
    quadratic part, and a static lock for material at rest.

    Parameters
    ----------
    bed_m : (ny, nx) array_like
        Bed elevation, m, finite, at least 3 x 3 cells, row 0 north.
    cell_size_m : float
        Side of a cell, m, above 0.
    releases : sequence of Release
        Pools and hydrographs; they add up.
    rheology : Voellmy, Manning or Mixture
        Friction of the flow.
    dams : sequence of Dam
        Each raises the bed along its axis to its crest.
    duration_s : float
        Time to simulate, s, above 0. The run ends earlier when everything rests and nothing more comes.
    initial : State, optional
        State to start from, to which pools are added.
    boundaries : Boundaries, optional
        The four sides; open by default.
    progress : callable, optional
        Called with (share of the duration, message); raise `RunCancelled` in it to stop.
    sections : sequence of Section
        Lines through which discharge is recorded.
    settings : Settings, optional
        Numerical settings.

    Returns
    -------
    FlowResult

    Raises
    ------
    InvalidBed, InvalidRelease, InvalidParameter, InvalidDam
        Before anything is computed; `field` names the input.
    RunCancelled
        From `progress`.
    """
    run = _Run(
        _checked_bed(bed_m, cell_size_m),
        float(cell_size_m),
        tuple(releases),
        rheology.law(),
        tuple(dams),
        boundaries or Boundaries(),
        tuple(sections),
        settings or Settings(),
    )
    if not (np.isfinite(duration_s) and duration_s > 0.0):
        raise InvalidParameter(f"duration_s is {duration_s!r}; it must be above 0", field="duration_s")
    run.start(initial)
    run.march(float(duration_s), progress)
    return run.result()


def _checked_bed(bed_m: ArrayLike, cell_size_m: float) -> Floats:
    bed = np.array(bed_m, dtype=np.float64)
    if bed.ndim != 2 or min(bed.shape) < 1 or bed.size < 3:
        raise InvalidBed(f"bed_m has shape {bed.shape}; it must be (ny, nx), 3 cells or more", field="bed_m")
    if not np.isfinite(bed).all():
        raise InvalidBed(f"bed_m holds {int((~np.isfinite(bed)).sum())} NaN or infinite cells", field="bed_m")
    if not (np.isfinite(cell_size_m) and cell_size_m > 0.0):
        raise InvalidBed(f"cell_size_m is {cell_size_m!r}; it must be above 0", field="cell_size_m")
    return bed


def _cos_squared(bed: Floats, cell_size_m: float) -> Floats:
    """Squared cosine of the bed slope by central differences; the bed before dams stand on it."""
    squared = np.zeros_like(bed)
    for axis in (0, 1):
        if bed.shape[axis] > 1:
            squared += np.gradient(bed, cell_size_m, axis=axis) ** 2
    return 1.0 / (1.0 + squared)


@dataclass
class _Run:
    """State of one simulation; fields are padded by a ghost cell on each side."""

    bed: Floats
    cell: float
    releases: tuple[Release, ...]
    law: FrictionLaw
    dams: tuple[Dam, ...]
    boundaries: Boundaries
    sections: tuple[Section, ...]
    settings: Settings
    time: float = 0.0
    steps: int = 0
    at_rest: bool = False
    released: float = 0.0
    outflow: float = 0.0
    clipped: float = 0.0
    trackers: list[PoolTracker] = field(default_factory=list)

    def __post_init__(self) -> None:
        ny, nx = self.bed.shape
        self.area = self.cell**2
        cos2 = np.pad(_cos_squared(self.bed, self.cell), 1, mode="edge")
        self.gravity = kernels.GRAVITY_M_S2 * cos2
        # Normal thickness and slope-parallel speed in the drag laws, written in vertical depth and
        # horizontal speed: 1/cos^2 for Voellmy, cos^(-7/3) for Manning.
        self.voellmy_metric = 1.0 / cos2
        self.manning_metric = cos2 ** (-7.0 / 6.0)
        bed = self._with_dams()
        self.z = np.pad(bed, 1, mode="edge")
        if min(ny, nx) > 1:
            self.boundaries.extend_bed(self.z)
        shape = self.z.shape
        self.h, self.u, self.v, self.solids = (np.zeros(shape) for _ in range(4))
        self.dh, self.dqx, self.dqy, self.dsolids = (np.zeros(shape) for _ in range(4))
        self.depth_max, self.speed_max, self.momentum_max = (np.zeros(shape) for _ in range(3))
        self.intensity_max, self.arrival = (np.zeros(shape) for _ in range(2))
        self.tiles_y, self.tiles_x = (-(-n // kernels.TILE) for n in (ny, nx))
        tiles = self.tiles_y * self.tiles_x
        self.flags, self.changed, self.changed_next = (np.zeros(tiles, np.uint8) for _ in range(3))
        self.tile_outflow = np.zeros(tiles)
        self.stamp = np.zeros(tiles, np.int64)
        self.active, self.active_other = (np.zeros(tiles, np.int64) for _ in range(2))
        self.active_count = 0
        border = np.zeros((self.tiles_y, self.tiles_x), dtype=bool)
        border[[0, -1], :] = True
        border[:, [0, -1]] = True
        self.border = border.ravel()
        sides = (self.boundaries.north, self.boundaries.south, self.boundaries.west, self.boundaries.east)
        self.feeding = any(side.kind in ("inflow", "level") for side in sides)
        parts = [tracker.faces for tracker in self.trackers] + [section.faces() for section in self.sections]
        self.faces = FaceSet.concatenate(parts)
        self.discharge, self.solids_discharge = np.zeros(self.faces.groups), np.zeros(self.faces.groups)
        count = len(self.sections)
        self.section_volume, self.section_peak = np.zeros(count), np.zeros(count)
        self.section_series: list[tuple[float, Floats]] = [(0.0, np.zeros(count))]
        self._check_releases()

    def _with_dams(self) -> Floats:
        bed = self.bed.copy()
        taken = np.zeros(bed.shape, dtype=bool)
        for dam in self.dams:
            dam.check_against(self.bed)
            if taken[dam.rows, dam.cols].any():
                raise InvalidDam(f"dam {dam.name}: another dam stands on one of its cells", field="dams")
            taken[dam.rows, dam.cols] = True
            bed[dam.rows, dam.cols] = np.maximum(bed[dam.rows, dam.cols], dam.crest_m)
        self.trackers = [PoolTracker(dam, bed, self.area) for dam in self.dams]
        return bed

    def _check_releases(self) -> None:
        ny, nx = self.bed.shape
        for release in self.releases:
            if release.depth_m is not None and release.depth_m.shape != self.bed.shape:
                raise InvalidRelease(
                    f"depth_m has shape {release.depth_m.shape}, the bed {self.bed.shape}", field="depth_m"
                )
            outside = (release.rows < 0) | (release.rows >= ny) | (release.cols < 0) | (release.cols >= nx)
            if outside.any():
                raise InvalidRelease(f"cells lie outside the grid of {ny} x {nx}", field="cells")
            for dam in self.dams:
                crest = set(zip(dam.rows.tolist(), dam.cols.tolist(), strict=True))
                if crest & set(zip(release.rows.tolist(), release.cols.tolist(), strict=True)):
                    raise InvalidRelease(f"a released cell lies under the crest of {dam.name}", field="cells")

    def start(self, initial: State | None) -> None:
        """Fill the fields and mark what is wet."""
        inner = np.s_[1:-1, 1:-1]
        if initial is not None:
            for name, target in (
                ("depth_m", self.h),
                ("u_m_s", self.u),
                ("v_m_s", self.v),
                ("solids_fraction", self.solids),
            ):
                value = np.asarray(getattr(initial, name), dtype=np.float64)
                if value.shape != self.bed.shape or not np.isfinite(value).all():
                    raise InvalidParameter(f"initial {name} must be finite with the bed's shape", field=name)
                target[inner] = value
            if (self.h < 0.0).any():
                raise InvalidParameter("initial depth_m is negative somewhere", field="depth_m")
        for release in self.releases:
            if release.depth_m is not None:
                before = self.h[inner].copy()
                total = before + release.depth_m
                with np.errstate(invalid="ignore", divide="ignore"):
                    mixed = (before * self.solids[inner] + release.depth_m * release.solids_fraction) / total
                self.solids[inner] = np.where(total > 0.0, mixed, 0.0)
                self.h[inner] = total
        dry = self.h < self.settings.dry_depth_m
        self.u[dry] = 0.0
        self.v[dry] = 0.0
        self.initial_volume = float(self.h[inner].sum() * self.area)
        self.depth_max[:] = self.h
        for row, col in np.argwhere(self.h[inner] > 0.0) + 1:
            self._mark(int(row), int(col))
        if self.feeding:
            self._wake_everything()
        self._seed_active()
        for tracker in self.trackers:
            tracker.start(self.h, self.z)

    def _wake_everything(self) -> None:
        """Imposed sides can wet any border tile, so all border tiles stay in the list."""
        self.flags[self.border] |= kernels.WET
        self.changed[self.border] = 1

    def _seed_active(self) -> None:
        wet = np.flatnonzero(self.flags & kernels.WET)
        self.active[: wet.size] = wet
        self.active_count = int(wet.size)

    def _mark(self, row: int, col: int) -> None:
        """Note that a padded cell has been wetted from outside the scheme."""
        ty, tx = (row - 1) // kernels.TILE, (col - 1) // kernels.TILE
        tile = ty * self.tiles_x + tx
        in_row, in_col = (row - 1) % kernels.TILE, (col - 1) % kernels.TILE
        flag = kernels.WET
        flag |= kernels.NORTH if in_row == 0 else 0
        flag |= kernels.SOUTH if in_row == kernels.TILE - 1 else 0
        flag |= kernels.WEST if in_col == 0 else 0
        flag |= kernels.EAST if in_col == kernels.TILE - 1 else 0
        if not self.flags[tile] & kernels.WET and tile not in self.active[: self.active_count]:
            self.active[self.active_count] = tile
            self.active_count += 1
        self.flags[tile] |= flag
        self.changed[tile] = 1

    def march(self, duration_s: float, progress: Progress | None) -> None:
        """Step until `duration_s`, or until nothing moves and nothing more comes."""
        release_end = max((release.end_s for release in self.releases), default=0.0)
        next_record = self.settings.record_every_s
        while self.time < duration_s:
            if self.steps >= self.settings.max_steps:
                raise FlowError(f"the run needs more than max_steps = {self.settings.max_steps} steps")
            if progress is not None and self.steps % _PROGRESS_STEPS == 0:
                progress(min(1.0, self.time / duration_s), f"{self.time:.0f} of {duration_s:.0f} s")
            fastest = self._tendencies()
            stirring = bool(self.changed_next[self.active[: self.active_count]].any())
            dt = min(self._time_step(fastest), duration_s - self.time, next_record - self.time)
            self._advance(dt)
            moved = self._release(dt) + self._openings(dt)
            self.time += dt
            self.steps += 1
            if self.time >= next_record - 1e-9 or self.time >= duration_s:
                self._record()
                next_record = self.time + self.settings.record_every_s
            if not stirring and moved == 0.0 and self.time >= release_end and not self.feeding:
                self.at_rest = True
                break
        if self.section_series[-1][0] < self.time:
            self._record()
        if progress is not None:
            progress(1.0, "done")

    def _tendencies(self) -> float:
        count = kernels.find_active(
            self.active,
            self.active_count,
            self.flags,
            self.stamp,
            self.steps + 1,
            self.tiles_x,
            self.tiles_y,
            self.active_other,
        )
        self.active, self.active_other = self.active_other, self.active
        self.active_count = count
        tiles = self.active[:count]
        if self.feeding or self.border[tiles].any():
            self.boundaries.fill_ghosts(self.z, self.h, self.u, self.v, self.solids)
        return float(
            kernels.compute_tendencies(
                tiles,
                count,
                self.tiles_x,
                self.tiles_y,
                self.z,
                self.h,
                self.u,
                self.v,
                self.solids,
                self.gravity,
                self.cell,
                self.law.mu,
                self.law.solids_reference,
                self.law.constant_weight,
                self.settings.dry_depth_m,
                self.changed,
                self.changed_next,
                self.dh,
                self.dqx,
                self.dqy,
                self.dsolids,
                self.tile_outflow,
            )
        )

    def _time_step(self, fastest: float) -> float:
        step = self.settings.cfl * self.cell / fastest if fastest > 0.0 else np.inf
        for release in self.releases:
            if release.time_s.size and self.time < release.end_s:
                # What is poured into a cell in one step must not run out of it faster than the step allows.
                rise_m_s = float(release.discharge_m3_s.max()) / (release.rows.size * self.area)
                if rise_m_s > 0.0:
                    wave = 2.0 * (kernels.GRAVITY_M_S2 * rise_m_s) ** 0.5
                    step = min(step, (self.settings.cfl * self.cell / wave) ** (2.0 / 3.0))
        return float(step)

    def _advance(self, dt: float) -> None:
        count = self.active_count
        tiles = self.active[:count]
        settings, law = self.settings, self.law
        if self.faces.groups:
            kernels.face_discharges(
                self.faces.rows,
                self.faces.cols,
                self.faces.down,
                self.faces.sign,
                self.faces.group,
                self.z,
                self.h,
                self.u,
                self.v,
                self.solids,
                self.gravity,
                self.cell,
                law.mu,
                law.solids_reference,
                law.constant_weight,
                settings.dry_depth_m,
                self.discharge,
                self.solids_discharge,
            )
            self._count_faces(dt)
        self.outflow += float(self.tile_outflow[tiles].sum()) * dt * self.cell
        clipped = kernels.advance(
            tiles,
            count,
            self.tiles_x,
            self.h,
            self.u,
            self.v,
            self.solids,
            self.gravity,
            self.voellmy_metric,
            self.manning_metric,
            law.mu,
            law.inverse_xi_s2_m,
            law.manning_squared,
            law.solids_reference,
            law.constant_weight,
            settings.dry_depth_m,
            settings.threshold_depth_m,
            dt,
            self.time + dt,
            self.changed_next,
            self.flags,
            self.dh,
            self.dqx,
            self.dqy,
            self.dsolids,
            self.depth_max,
            self.speed_max,
            self.momentum_max,
            self.intensity_max,
            self.arrival,
        )
        self.clipped += clipped * self.area
        self.changed[:] = 0
        self.changed[tiles] = self.changed_next[tiles]
        if self.feeding:
            self._wake_everything()

    def _count_faces(self, dt: float) -> None:
        first = 0
        for tracker in self.trackers:
            pair = slice(first, first + 2)
            tracker.add_faces(self.discharge[pair], self.solids_discharge[pair], dt, self.time + dt)
            first += 2
        through = self.discharge[first:]
        self.section_volume += through * dt
        np.maximum(self.section_peak, through, out=self.section_peak)

    def _pour(self, row: int, col: int, depth: float, solids_fraction: float, time_after: float) -> None:
        total = self.h[row, col] + depth
        self.solids[row, col] = (self.h[row, col] * self.solids[row, col] + depth * solids_fraction) / total
        # What is poured brings no momentum: the mixture slows down.
        slowed = self.h[row, col] / total
        self.u[row, col] *= slowed
        self.v[row, col] *= slowed
        self.h[row, col] = total
        # Noted here too: what is held where it was poured is not visited again.
        if total >= self.settings.threshold_depth_m > self.depth_max[row, col]:
            self.arrival[row, col] = time_after
        self.depth_max[row, col] = max(self.depth_max[row, col], total)
        self._mark(row, col)

    def _release(self, dt: float) -> float:
        poured = 0.0
        for release in self.releases:
            if release.time_s.size == 0 or self.time >= release.end_s:
                continue
            volume = release.volume_until(self.time + dt) - release.volume_until(self.time)
            if volume <= 0.0:
                continue
            share = volume / (release.rows.size * self.area)
            for row, col in zip(release.rows, release.cols, strict=True):
                self._pour(int(row) + 1, int(col) + 1, share, release.solids_fraction, self.time + dt)
                for tracker in self.trackers:
                    if tracker.enclosed[row, col]:
                        tracker.add_release(share * self.area, release.solids_fraction, self.time + dt)
            poured += volume
        self.released += poured
        return poured

    def _openings(self, dt: float) -> float:
        passed = 0.0
        for tracker in self.trackers:
            arrivals = tracker.pass_openings(dt, self.z, self.h, self.solids, self.tiles_x, self.changed)
            for row, col, depth, solids_fraction in arrivals:
                self._pour(row, col, depth, solids_fraction, self.time + dt)
                for other in self.trackers:
                    if other is not tracker and other.enclosed[row - 1, col - 1]:
                        other.add_release(depth * self.area, solids_fraction, self.time + dt)
                passed += depth * self.area
        return passed

    def _record(self) -> None:
        for tracker in self.trackers:
            tracker.record(self.time, self.h, self.z)
        self.section_series.append((self.time, self.section_volume.copy()))

    def result(self) -> FlowResult:
        """Cut the ghost cells off and close the budget."""
        inner = np.s_[1:-1, 1:-1]
        depth_max = self.depth_max[inner].copy()
        reached = depth_max >= self.settings.threshold_depth_m
        state = State(*(array[inner].copy() for array in (self.h, self.u, self.v, self.solids)))
        times = np.array([time for time, _ in self.section_series])
        volumes = np.array([volume for _, volume in self.section_series])
        records = []
        for index, section in enumerate(self.sections):
            mean = np.concatenate([[0.0], np.diff(volumes[:, index]) / np.diff(times)])
            records.append(
                SectionRecord(
                    section.name,
                    times,
                    mean,
                    float(self.section_volume[index]),
                    float(self.section_peak[index]),
                )
            )
        return FlowResult(
            depth_max_m=depth_max,
            speed_max_m_s=self.speed_max[inner].copy(),
            momentum_max_m2_s=self.momentum_max[inner].copy(),
            intensity_max_m3_s2=self.intensity_max[inner].copy(),
            arrival_s=np.where(reached, self.arrival[inner], np.nan),
            deposit_m=state.depth_m.copy(),
            final=state,
            dams=tuple(tracker.finish() for tracker in self.trackers),
            sections=tuple(records),
            budget=VolumeBudget(
                self.initial_volume,
                self.released,
                self.outflow,
                float(state.depth_m.sum() * self.area),
                self.clipped,
            ),
            end_s=self.time,
            steps=self.steps,
            at_rest=self.at_rest,
        )
