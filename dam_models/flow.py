"""`simulate`: depth-averaged flow of a mudflow over a bed, past dams, until it rests or time is up."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models import checks, limits
from dam_models.arguments import check_kinds
from dam_models.bed_exchange import EXCHANGE_GRIDS, BedExchange
from dam_models.boundaries import Boundaries
from dam_models.breaching import Breaching
from dam_models.dam import Dam
from dam_models.entrainment import ErodibleBed
from dam_models.face_gauges import FaceGauges
from dam_models.friction_law import FrictionLaw
from dam_models.ghosts import Ghosts
from dam_models.kernels.metric import cos_squared
from dam_models.local_steps import LocalSteps
from dam_models.mesh import Mesh, Visit
from dam_models.outputs import Outputs
from dam_models.parameters import check_rasters
from dam_models.pools import PoolTracker
from dam_models.pouring import pour
from dam_models.recording import Recorder
from dam_models.release import Release
from dam_models.result import FlowResult, Settings, State, VolumeBudget
from dam_models.rheology import Rheology
from dam_models.sections import FaceSet, Section, SectionRecord
from dam_models.sources import Sources
from dam_models.stepping import Stepper
from dam_models.tile_mesh import TileMesh
from dam_models.tile_steps import TileSteps
from dam_models.walls import Walls

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[float, str], None]

_PROGRESS_STEPS = 50
_REST_SPAN_S = 60.0
_REST_ENERGY_SHARE = 1e-3
"""A run ends early once for this long nothing of at least the threshold depth is faster than the rest speed
and the flow has less than this share of the largest kinetic energy that it had."""


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
    erodible: ErodibleBed | None = None,
    outputs: Outputs | None = None,
) -> FlowResult:
    """Run a depth-averaged flow.

    Vertical depth and horizontal velocity are solved on the raster itself with gravity reduced per cell to
    g cos^2 of the bed slope (Hergarten & Robl 2015, doi:10.5194/nhess-15-671-2015), by MUSCL-Hancock or, as a
    preview, a first-order Godunov scheme, with HLL fluxes and surface reconstruction (`dam_models.kernels`),
    friction solved exactly over each step, and a static lock for material at rest. Only cells that are wet,
    and their neighbours, take part (`dam_models.mesh`).

    Parameters
    ----------
    bed_m : (ny, nx) array_like
        Bed elevation, m, -5 000 to 10 000, at least 3 x 3 cells, row 0 north.
    cell_size_m : float
        Side of a cell, m, 0.01 to 10 000.
    releases : sequence of Release
        Pools and hydrographs; they add up.
    rheology : Voellmy, Coulomb, Manning, Mixture, Bingham, HerschelBulkley or OBrienJulien
        Friction of the flow; its parameters may be rasters (ny, nx).
    dams : sequence of Dam
        Walls on cell sides, with openings; the bed is the same with and without them.
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
    erodible : ErodibleBed, optional
        Bed that the flow can take; nothing by default. Slopes of the metric, capacities of dams and the
        ground that cells join from stay those of `bed_m`.
    outputs : Outputs, optional
        Gauges, snapshots and pressure to record; nothing by default.

    Returns
    -------
    FlowResult

    Raises
    ------
    InvalidBed, InvalidRelease, InvalidParameter, InvalidDam, RunTooLarge
        Before anything is computed; `field` names the input.
    RunCancelled
        From `progress`.
    """
    check_kinds(
        releases=releases,
        rheology=rheology,
        dams=dams,
        sections=sections,
        progress=progress,
        initial=initial,
        boundaries=boundaries,
        settings=settings,
        erodible=erodible,
        outputs=outputs,
    )
    duration_s, settings = checks.checked_duration_s(duration_s), settings or Settings()
    bed = checks.checked_bed(bed_m, cell_size_m)
    check_rasters(rheology, bed.shape)
    law = rheology.law()
    checks.check_releases(releases, bed.shape, duration_s)
    checks.check_dams(dams, bed, duration_s)
    checks.check_sections(sections, bed.shape)
    if initial is not None:
        initial = checks.checked_state(initial, bed.shape)
    outputs = outputs or Outputs()
    outputs.check_against(bed.shape, duration_s)
    estimate = limits.estimate_run(
        bed,
        cell_size_m,
        releases,
        duration_s,
        initial,
        boundaries,
        settings=settings,
        extra_grids=law.extra_grids + outputs.grids + (0 if erodible is None else EXCHANGE_GRIDS),
        grows=erodible is not None or any(dam.breach is not None for dam in dams),
    )
    limits.refuse_too_large(estimate, settings)
    run = _Run(
        bed,
        float(cell_size_m),
        tuple(releases),
        law,
        tuple(dams),
        boundaries or Boundaries(),
        tuple(sections),
        settings,
        erodible,
        estimate,
        outputs,
    )
    run.start(initial)
    with run.stepper.crew:
        run.march(duration_s, progress)
    return run.result()


def pays_by_tiles(releases: Sequence[Release]) -> bool:
    """Whether tiles are likely to be quicker than cells in levels, in a preview.

    They are where a body of mud spreads; a hydrograph makes a narrow stream, of which tiles hold more dry
    cells than wet ones, with deep pools beside it that hold back the step of all.
    """
    return not any(release.time_s.size for release in releases)


class _Run:
    """One simulation: a mesh, what is released into it, and what is recorded."""

    def __init__(
        self,
        bed: Floats,
        cell: float,
        releases: tuple[Release, ...],
        law: FrictionLaw,
        dams: tuple[Dam, ...],
        boundaries: Boundaries,
        sections: tuple[Section, ...],
        settings: Settings,
        erodible: ErodibleBed | None,
        estimate: limits.RunEstimate,
        outputs: Outputs,
    ) -> None:
        self.shape = bed.shape
        self.cell, self.area = cell, cell**2
        self.releases, self.settings = releases, settings
        self.estimate = estimate
        z = np.pad(bed, 1, mode="edge")
        boundaries.extend_bed(z)
        cos2 = cos_squared(bed, cell)
        tiled = self._goes_by_tiles(settings, outputs, dams, boundaries, erodible) and pays_by_tiles(releases)
        self.mesh = (TileMesh if tiled else Mesh)(z, cos2, law.grids())
        self.walls = Walls(dams, bed, self.mesh, bed_moves=erodible is not None)
        self.boundaries = boundaries
        self.ghosts = Ghosts(self.mesh, boundaries)
        self.stepper = Stepper(self.mesh, self.walls, self.ghosts, law.numbers, cell, settings)
        self.bed: BedExchange | None = None
        if erodible is not None:
            self.bed = BedExchange(
                erodible,
                bed.shape,
                self.area,
                settings.dry_depth_m,
                settings.threshold_depth_m,
                [dam.pool for dam in dams],
            )
        self.bed_solids = 0.0 if erodible is None else erodible.bed_solids
        self.recorder = Recorder(outputs, self.mesh, settings.threshold_depth_m)
        self.trackers = [PoolTracker(dam, bed, self.area, erodible is not None) for dam in dams]
        place = (bed, cell, settings.cfl, self.mesh, self.walls)
        self.breaches = [
            None
            if tracker.dam.breach is None
            else Breaching(tracker.dam, tracker.dam.breach, tracker, *place)
            for tracker in self.trackers
        ]
        self.sources = Sources(releases, self.trackers, self.mesh, cell, settings)
        self._breaching = [breaching for breaching in self.breaches if breaching is not None]
        watched = [tracker.faces for tracker in self.trackers] + [section.faces() for section in sections]
        self.gauges = FaceGauges(FaceSet.concatenate(watched), self.mesh, cell)
        self.levels: LocalSteps | TileSteps = (
            TileSteps(self.mesh, self.walls, self.gauges, self.stepper, cell, settings)
            if isinstance(self.mesh, TileMesh)
            else LocalSteps(
                self.mesh,
                self.walls,
                self.ghosts,
                self.gauges,
                self.recorder,
                self.stepper,
                cell,
                settings,
            )
        )
        self.sections = sections
        self.section_volume, self.section_peak = np.zeros(len(sections)), np.zeros(len(sections))
        self.section_series: list[tuple[float, Floats]] = [(0.0, np.zeros(len(sections)))]
        self.side_step_s = settings.cfl * cell / max(boundaries.fastest_m_s(bed), 1e-9)
        # What changes the bed, the crests or the sides has its own idea of a step.
        self.levels_allowed = erodible is None and not boundaries.feeding
        self.time = 0.0
        self.steps = 0
        self.at_rest = False
        self.slow_since_s = 0.0
        self.energy_peak = 0.0
        self.initial = self.released = self.outflow = 0.0

    @staticmethod
    def _goes_by_tiles(
        settings: Settings,
        outputs: Outputs,
        dams: tuple[Dam, ...],
        boundaries: Boundaries,
        erodible: ErodibleBed | None,
    ) -> bool:
        """Whether nothing asks for passes one by one in a preview."""
        breaches = any(dam.breach is not None for dam in dams)
        watched = outputs.pressure is not None
        plain = erodible is None and not (boundaries.feeding or breaches or watched)
        return settings.order == 1 and plain

    def start(self, initial: State | None) -> None:
        """Fill the mesh with what is there at the start."""
        depth, u, v, solids = (np.zeros(self.shape) for _ in range(4))
        if initial is not None:
            depth, u, v, solids = initial.depth_m, initial.u_m_s, initial.v_m_s, initial.solids_fraction
        if self.bed is not None:
            solids = self.bed.checked_solids(self.releases, depth, solids)
        for release in self.releases:
            if release.depth_m is not None:
                total = depth + release.depth_m
                carried = depth * solids + release.depth_m * release.solids_fraction
                solids = np.divide(carried, total, out=np.zeros_like(total), where=total > 0.0)
                depth = total
        wet = np.argwhere(depth > 0.0)
        numbers = self.mesh.ensure_all(wet[:, 0] + 1, wet[:, 1] + 1)
        if self.boundaries.feeding:
            self._open_feeding_sides()
        cells = self.mesh.cells
        still = depth < self.settings.dry_depth_m
        for target, field in ((cells.h, depth), (cells.solids, solids)):
            target[numbers] = field[depth > 0.0]
        for target, field in ((cells.u, u), (cells.v, v)):
            target[numbers] = np.where(still, 0.0, field)[depth > 0.0]
        cells.depth_max[numbers] = cells.h[numbers]
        reached = numbers[cells.h[numbers] >= self.settings.threshold_depth_m]
        cells.arrival[reached] = 0.0
        # As `dam_models.kernels.waves`, for all cells at once.
        speeds = np.abs(cells.u[numbers]) + np.abs(cells.v[numbers])
        wave = 0.5 * speeds + np.sqrt(cells.gravity[numbers] * cells.h[numbers])
        cells.wave[numbers] = np.where(cells.h[numbers] >= self.settings.dry_depth_m, wave, 0.0)
        self.mesh.complete(numbers)
        self.mesh.wake(numbers)
        self.initial = float(depth.sum() * self.area)
        for tracker in self.trackers:
            tracker.start(self.mesh)
        for breaching in self._breaching:
            breaching.start()
            breaching.record(0.0)
        self.recorder.start()

    def _open_feeding_sides(self) -> None:
        """Cells along a side that feeds take part from the start."""
        ny, nx = self.shape
        rows, cols = np.arange(1, ny + 1), np.arange(1, nx + 1)
        for side, row, col in (
            (self.boundaries.north, np.full(nx, 1), cols),
            (self.boundaries.south, np.full(nx, ny), cols),
            (self.boundaries.west, rows, np.full(ny, 1)),
            (self.boundaries.east, rows, np.full(ny, nx)),
        ):
            if side.feeds:
                self.mesh.complete(self.mesh.ensure_all(row, col))

    def march(self, duration_s: float, progress: Progress | None) -> None:
        """Step until `duration_s`, or until nothing moves and nothing more comes."""
        release_end = max((release.end_s for release in self.releases), default=0.0)
        gates_end = max((tracker.dam.gates_until_s for tracker in self.trackers), default=-np.inf)
        next_record = self.settings.record_every_s
        turns = 0
        while self.time < duration_s:
            if self.steps >= self.settings.max_steps or self.mesh.cell_count > self.estimate.most_wet_cells:
                limits.stop_too_large(
                    self.estimate, self.settings, self.mesh.cell_count, self.steps, self.time
                )
            if progress is not None and turns % _PROGRESS_STEPS == 0:
                progress(min(1.0, self.time / duration_s), f"{self.time:.0f} of {duration_s:.0f} s")
            turns += 1
            self.mesh.sort_if_grown()
            # Before the walls look for their faces: cells join.
            self.sources.open(self.time, duration_s - self.time)
            self.walls.stand(self.time)
            self.ghosts.wake()
            visit = self.mesh.visit()
            limit = min(
                self.side_step_s,
                duration_s - self.time,
                next_record - self.time,
                self.walls.next_change_s(self.time) - self.time,
                *(breaching.longest_step_s(self.time) for breaching in self._breaching),
            )
            begun = any(breaching.begun for breaching in self._breaching)
            self.sources.moved = False
            dt = self._local_steps(visit, limit) if self.levels_allowed and not begun else 0.0
            if dt == 0.0:
                limit = min(limit, *self.sources.limits_s(self.time), self._time_step(visit))
                dt = self._step(visit, limit)
                self.recorder.keep_pressure()
                self.sources.pour_at_once(self.time, dt)
            self.sources.pass_openings(self.time, dt)
            moved = self._breach(dt) > 0.0 or self.sources.moved
            self.time += dt
            if self.time >= duration_s:
                self.sources.flush(self.time)
            for tracker in self.trackers:
                tracker.follow(self.time, self.mesh)
            self.recorder.take_snapshots(self.time)
            if self.time >= next_record - 1e-9 or self.time >= duration_s:
                self._record()
                self.levels.forget()
                next_record = self.time + self.settings.record_every_s
            rests = self._rests(moved) and self.time - dt >= gates_end
            if rests and self.time >= release_end and not self.boundaries.feeding:
                self.at_rest = True
                break
        if self.section_series[-1][0] < self.time:
            self._record()
        if progress is not None:
            progress(1.0, "done")

    def _rests(self, moved: bool) -> bool:
        """Whether nothing moves any more, or so little and for so long that the run may end.

        Slow alone is not enough, a flow begins slowly too, nor is weak: a small flow may follow a large one.
        """
        waiting = any(breaching.waits(self.time) for breaching in self._breaching)
        if moved or waiting or not self.walls.rest(self.settings.threshold_depth_m):
            self.slow_since_s = self.time
            return False
        if not self.mesh.stirred:
            return True
        self.energy_peak = max(self.energy_peak, self.stepper.energy)
        if (
            self.stepper.flowing_m_s >= self.settings.rest_speed_m_s
            or self.stepper.energy > _REST_ENERGY_SHARE * self.energy_peak
        ):
            self.slow_since_s = self.time
        return self.time - self.slow_since_s >= _REST_SPAN_S

    def _time_step(self, visit: Visit) -> float:
        """Longest step that the waves in the cells to visit allow, s."""
        fastest = visit.fastest_m_s
        return self.settings.cfl * self.cell / fastest if fastest > 0.0 else float("inf")

    def _local_steps(self, visit: Visit, limit_s: float) -> float:
        """Advance in levels where that can be and is worth it; returns how far, s, 0 for nothing done."""
        passed, dt = self.levels.advance(visit, limit_s, self.time, self.sources)
        for part in passed:
            self.released += part.came * part.step_s * self.cell
            self.outflow += part.left * part.step_s * self.cell
            self._count_faces(part.discharge_m3_s, part.solids_m3_s, part.step_s, part.time_s)
        self.steps += len(passed)
        return dt

    def _step(self, visit: Visit, limit_s: float) -> float:
        """Advance by `limit_s`, or by less where a depth would become negative; returns the step, s."""
        if isinstance(self.mesh, TileMesh):
            visit = self.mesh.in_cells(visit)
        dt = self.stepper.find_fluxes(visit, limit_s)
        self.steps += 1
        came, left = self.ghosts.exchange()
        self.released += came * dt * self.cell
        self.outflow += left * dt * self.cell
        self._count_faces(*self.gauges.read(), dt, self.time + dt)
        for breaching in self._breaching:
            breaching.read()
        self.stepper.advance(visit, dt, self.time + dt)
        if self.bed is not None:
            self.bed.exchange(self.mesh, visit.cells, dt, self.time + dt)
            for tracker, totals in zip(self.trackers, self.bed.pool_totals(), strict=True):
                tracker.set_exchange(*totals.tolist())
        return dt

    def _count_faces(self, discharge: list[float], solids: list[float], dt: float, time_after: float) -> None:
        first = 0
        for tracker in self.trackers:
            tracker.add_faces(discharge[first : first + 2], solids[first : first + 2], dt, time_after)
            first += 2
        if self.sections:
            through = np.array(discharge[first:])
            self.section_volume += through * dt
            np.maximum(self.section_peak, through, out=self.section_peak)

    def _pour(self, rows: Ints, cols: Ints, depth: float, solids_fraction: float, time_after: float) -> None:
        dry, threshold = self.settings.dry_depth_m, self.settings.threshold_depth_m
        pour(self.mesh, rows, cols, depth, solids_fraction, time_after, dry, threshold)

    def _breach(self, dt: float) -> float:
        """Erode dams; what comes through a pipe and what is eroded arrives below."""
        moved = 0.0
        for breaching, own in zip(self.breaches, self.trackers, strict=True):
            if breaching is None:
                continue
            for rows, cols, depth, solids_fraction in breaching.advance(dt, self.time + dt):
                self._pour(rows, cols, depth, solids_fraction, self.time + dt)
                for other in self.trackers:
                    inside = 0 if other is own else np.count_nonzero(other.dam.pool[rows, cols])
                    if inside:
                        other.add_release(inside * depth * self.area, solids_fraction, self.time + dt)
                moved += rows.size * depth * self.area
        return moved

    def _record(self) -> None:
        for tracker in self.trackers:
            tracker.record(self.time, self.mesh)
        for breaching in self._breaching:
            breaching.record(self.time)
        self.section_series.append((self.time, self.section_volume.copy()))
        self.recorder.read_gauges(self.time)

    def result(self) -> FlowResult:
        """Spread the mesh over the grid and close the budget."""
        state = State(*(self.mesh.scatter(name) for name in ("h", "u", "v", "solids")))
        final = float(state.depth_m.sum() * self.area)
        gauges, snapshots, pressure = self.recorder.finish(self.time)
        exchanged = self.bed.record() if self.bed is not None else None
        dams = tuple(
            tracker.finish(self.mesh, self.bed_solids, breaching)
            for tracker, breaching in zip(self.trackers, self.breaches, strict=True)
        )
        return FlowResult(
            depth_max_m=self.mesh.scatter("depth_max"),
            speed_max_m_s=self.mesh.scatter("speed_max"),
            momentum_max_m2_s=self.mesh.scatter("momentum_max"),
            intensity_max_m3_s2=self.mesh.scatter("intensity_max"),
            arrival_s=self._arrival_s(),
            deposit_m=self.mesh.scatter("h"),
            bed_change_m=self.bed.change_m if self.bed is not None else np.zeros(self.shape),
            final=state,
            dams=dams,
            sections=tuple(self._section_records()),
            budget=VolumeBudget(
                self.initial,
                self.released + self.sources.released_m3,
                self.outflow,
                final,
                self.stepper.clipped_m * self.area,
                exchanged.entrained_m3 if exchanged is not None else 0.0,
                exchanged.deposited_m3 if exchanged is not None else 0.0,
                sum(record.eroded_fill_m3 for record in dams),
            ),
            end_s=self.time,
            steps=self.steps,
            at_rest=self.at_rest,
            entrainment=exchanged,
            gauges=gauges,
            snapshots=snapshots,
            pressure_max_pa=pressure,
        )

    def _arrival_s(self) -> Floats:
        cells = self.mesh.cells
        reached = cells.depth_max >= self.settings.threshold_depth_m
        return self.mesh.spread(np.where(reached, cells.arrival, np.nan), np.nan)

    def _section_records(self) -> list[SectionRecord]:
        times = np.array([time for time, _ in self.section_series])
        volumes = np.array([volume for _, volume in self.section_series])
        return [
            SectionRecord(
                section.name,
                times,
                np.concatenate([[0.0], np.diff(volumes[:, position]) / np.diff(times)]),
                float(self.section_volume[position]),
                float(self.section_peak[position]),
            )
            for position, section in enumerate(self.sections)
        ]
