"""`python -m benchmarks.picture figures.json docs/performance/engine.svg`: what the engine costs, and why.

The figures are those that `python -m benchmarks --only engine --json figures.json` wrote.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from benchmarks.profile_table import KINDS

Figures = dict[str, Any]
SIZE = "10.0"
COLOURS = {"memory": "#88a", "divider": "#c84", "arithmetic": "#6a6"}


def sheets(figures: Figures) -> tuple[Figures, Figures]:
    """Figures of the table of codes and of the profile."""
    by_key = {key: sheet["figures"] for sheet in figures["sheets"] for key in sheet["figures"]}
    if not {"peers", "passes"} <= set(by_key):
        raise ValueError("the figures hold no part `engine`")
    return by_key["peers"], by_key["passes"]


def codes_at(codes: Figures, size: str = SIZE) -> dict[str, float]:
    """Processor time, s, of every code that was run at this cell size, the longest first."""
    found = {"this engine": codes["engine_cpu_s"][size], "plain kernel, here": codes["plain_cpu_s"][size]}
    for peer in codes["peers"]:
        if size in peer["cpu_s"] and "scale" not in peer["method"]:
            found[peer["name"]] = peer["cpu_s"][size]
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def draw(figures: Figures, path: Path) -> None:
    """Left the codes, right the passes of a step beside the least that the machine allows."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib.figure import Figure

    codes, profile = sheets(figures)
    # Fixed ids and no date, so that a picture changes only when its figures do.
    with matplotlib.rc_context({"svg.hashsalt": "selrisk", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(9.0, 2.8), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.2))
        _codes(left, codes_at(codes))
        _passes(right, profile)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _codes(axes: Any, cpu_s: dict[str, float]) -> None:
    names = list(cpu_s)
    bars = axes.barh(
        names, list(cpu_s.values()), color=["#c33" if name == "this engine" else "#999" for name in names]
    )
    axes.bar_label(bars, [f"{seconds:.3g}" for seconds in cpu_s.values()], padding=2)
    axes.set_xscale("log")
    axes.margins(x=0.2)
    axes.set_xlabel("processor time, s, one thread")
    axes.set_title("common case, cells of 10 m", loc="left")


def _passes(axes: Any, profile: Figures) -> None:
    passes = profile["passes"]
    names = [each["name"] for each in passes]
    axes.barh(names, [each["measured_ns"] for each in passes], color="#ccc", label="measured")
    height = 0.22
    for k, kind in enumerate(KINDS):
        places = [row + (k - 1) * height for row in range(len(passes))]
        values = [each["bounds"][f"{kind}_ns"] for each in passes]
        axes.barh(places, values, height=height, color=COLOURS[kind], label=f"at least, {kind}")
    axes.invert_yaxis()
    axes.set_xlabel("ns per wet cell and step")
    axes.set_title(f"passes of a step, cells of {profile['cell_m']:g} m", loc="left")
    axes.legend(frameon=False, loc="lower right")


def main(figures: Path, picture: Path) -> None:
    """Draw the picture of a saved part `engine`."""
    draw(json.loads(figures.read_text(encoding="utf-8")), picture)


if __name__ == "__main__":
    typer.run(main)
