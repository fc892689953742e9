"""The engine: the common case beside its budgets, a plain kernel and other codes; a real gorge; its profile.

Processor time in user mode, the fastest of several runs in a process of its own, kernels compiled before: on
a machine that others share only that can be repeated. Wall times say how busy the machine was.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from benchmarks import gorge, peers, profile_table, srtm
from benchmarks.alone import figures_of
from benchmarks.common_case import Solver, Timed, engine_takes_threads, timed
from benchmarks.gorge import Event
from benchmarks.measure import Found, Measurement, Sheet

BUDGET_10_M_CPU_S = 1.0
BUDGET_10_M_PREVIEW_CPU_S = 0.25
BUDGET_5_M_WALL_S = 6.0
BUDGET_SPEED_UP = 1.5
BUDGET_MEMORY_MB = 400.0
BUDGET_EVENT_S = {(30.0, 2): 10.0, (30.0, 1): 3.0, (10.0, 2): 180.0}
CASE = "common case"
PLAIN = "plain kernel, second order, same case and cells"


def measure(folder: Path) -> list[Found]:
    """All of it; ten minutes, most of them for the gorge at 10 m."""
    return [*common_case(), *real_gorge(folder), profile_table.sheet(figures_of("benchmarks.kernel_profile"))]


def common_case() -> list[Found]:
    """The common case at three cell sizes, in first order, on two threads; then the table of the others."""
    plain = {
        cell: timed(Solver.reference, cell, repeats=2 if cell == 5.0 else 3) for cell in (20.0, 10.0, 5.0)
    }
    one = {cell: timed(Solver.engine, cell, repeats=2 if cell == 5.0 else 3) for cell in (20.0, 10.0, 5.0)}
    preview = timed(Solver.engine, 10.0, order=1)
    found: list[Found] = [
        in_cpu_s("20 m", one[20.0], None, plain[20.0]),
        in_cpu_s("10 m", one[10.0], BUDGET_10_M_CPU_S, plain[10.0]),
        in_cpu_s("5 m", one[5.0], None, plain[5.0]),
        in_cpu_s("10 m, first order", preview, BUDGET_10_M_PREVIEW_CPU_S, plain[10.0]),
        Measurement(
            name=f"{CASE}, 5 m (a million cells): memory at its peak, with Python and the compiler",
            measured=one[5.0].peak_mb,
            unit="MB",
            budget=BUDGET_MEMORY_MB,
            reference="plain kernel, fields on the whole grid",
            reference_measured=plain[5.0].peak_mb,
            reference_unit="MB",
        ),
    ]
    cores = os.cpu_count() or 1
    if engine_takes_threads() and cores > 1:
        found[-1:-1] = on_two_threads(one[5.0], timed(Solver.engine, 5.0, threads=2, repeats=3), plain[5.0])
    else:
        found.insert(-1, in_wall_s("5 m, one thread", one[5.0], None, plain[5.0]))
    return [*found, peers_sheet(peers.read(), one, plain)]


def in_cpu_s(what: str, engine: Timed, budget_s: float | None, plain: Timed) -> Measurement:
    return Measurement(
        name=f"{CASE}, {what}: processor time",
        measured=engine.best_cpu_s,
        unit="s",
        budget=budget_s,
        reference=PLAIN,
        reference_measured=plain.best_cpu_s,
        reference_unit="s",
        samples=engine.cpu_s,
        note=f"{engine.steps} steps, {engine.best_wall_s:.2f} s on the wall; {answer_note(engine)}",
    )


def in_wall_s(what: str, engine: Timed, budget_s: float | None, plain: Timed) -> Measurement:
    return Measurement(
        name=f"{CASE}, {what}: wall time",
        measured=engine.best_wall_s,
        unit="s",
        budget=budget_s,
        reference=f"{PLAIN}, one thread",
        reference_measured=plain.best_wall_s,
        reference_unit="s",
        samples=engine.wall_s,
        note=f"processor time {engine.best_cpu_s:.2f} s; {answer_note(engine)}",
    )


def on_two_threads(one: Timed, two: Timed, plain: Timed) -> list[Measurement]:
    gain = one.best_wall_s / two.best_wall_s
    return [
        in_wall_s("5 m, two threads", two, BUDGET_5_M_WALL_S, plain),
        Measurement(
            name=f"{CASE}, 5 m: times faster on two threads than on one, wall",
            measured=gain,
            unit="x",
            budget=BUDGET_SPEED_UP,
            reference="processor time of one thread over that of two",
            reference_measured=one.best_cpu_s / two.best_cpu_s,
            reference_unit="x",
            at_least=True,
            note="other work on the same two cores takes from the second thread first",
        ),
    ]


def answer_note(timed: Timed) -> str:
    """How the answer stands to the peers': a time says nothing about a wrong one."""
    if timed.off <= 1.0:
        return f"answer within the peers' range as widened at 10 m ({timed.off:.0%} of it used)"
    return f"answer OUTSIDE the peers' range as widened at 10 m ({timed.off:.1f} times)"


def peers_sheet(others: peers.Peers, one: dict[float, Timed], plain: dict[float, Timed]) -> Sheet:
    """Processor times side by side; those of the others come from another machine."""
    sizes = (20.0, 10.0, 5.0)

    def row(name: str, method: str, cpu_s: dict[float, float]) -> tuple[str, ...]:
        return (name, *(f"{cpu_s[cell]:.3g}" if cell in cpu_s else "" for cell in sizes), method)

    engine_s = {cell: each.best_cpu_s for cell, each in one.items()}
    plain_s = {cell: each.best_cpu_s for cell, each in plain.items()}
    rows = [
        row("this engine, measured now", "MUSCL-Hancock, HLL with surface reconstruction", engine_s),
        row("plain kernel, measured now", "the same family, nothing else", plain_s),
        *(row(peer.name, peer.method, peer.cpu_s) for peer in others.all),
    ]
    return Sheet(
        f"{CASE}: processor time of one run, one thread, s",
        ("code", *(f"{cell:g} m" for cell in sizes), "method"),
        tuple(rows),
        (f"The others were measured {others.measured}.",),
        {"engine_cpu_s": engine_s, "plain_cpu_s": plain_s, "peers": [asdict(peer) for peer in others.all]},
    )


def real_gorge(folder: Path) -> list[Found]:
    """The event on real terrain, where somebody has that."""
    data = srtm.data_folder()
    title = f"{gorge.SCENARIO}, {gorge.STRATEGY}, {gorge.DURATION_S / 3600:g} h, on SRTM3"
    if data is None:
        return [
            Sheet(title, ("left out",), ((f"{srtm.VARIABLE} is not set: real terrain is not part of it",),))
        ]
    kept, scratch = folder / "region", folder / "scratch"
    kept.mkdir()
    scratch.mkdir()
    region = srtm.kept_region(kept, scratch, data)
    threads = min(2, os.cpu_count() or 1) if engine_takes_threads() else 1
    plain = timed(Solver.reference, 10.0)
    return [
        event_measurement(title, cell, order, gorge.event(region, cell, order, threads), threads, plain)
        for cell, order in BUDGET_EVENT_S
    ]


def event_measurement(
    title: str, cell_m: float, order: int, event: Event, threads: int, plain: Timed
) -> Measurement:
    per_step = event.cpu_s / event.steps * 1e3
    return Measurement(
        name=f"{title}, {cell_m:g} m, {'second' if order == 2 else 'first'} order: engine, wall time",
        measured=event.wall_s,
        unit="s",
        budget=BUDGET_EVENT_S[cell_m, order],
        reference=f"plain kernel, {CASE}, 10 m",
        reference_measured=plain.best_wall_s,
        reference_unit="s",
        note=(
            f"{'one thread' if threads == 1 else 'two threads'}, processor time {event.cpu_s:.1f} s, "
            f"{event.steps} steps of {per_step:.2f} ms, {event.cells} cells, "
            f"{event.wet_cells} ever wet; {event.peak_mb:.0f} MB with the region"
        ),
    )
