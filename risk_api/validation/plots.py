"""Small pictures of exact against computed, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from risk_api.validation.runner import Record

if TYPE_CHECKING:
    from dam_models.validation import Profile


def write_plots(records: Sequence[Record], folder: Path) -> dict[str, str]:
    """Write one picture for each case that has a profile or an order.

    Parameters
    ----------
    records : sequence of Record
        What was run.
    folder : Path
        Where to write `<case>.svg`; made if missing.

    Returns
    -------
    dict of str to str
        File name by case name.
    """
    import matplotlib

    matplotlib.use("svg")
    # Fixed ids and no date, so that a picture changes only when its curves do.
    with matplotlib.rc_context({"svg.hashsalt": "selrisk", "svg.fonttype": "none", "font.size": 8}):
        folder.mkdir(parents=True, exist_ok=True)
        written = {}
        for record in records:
            if record.outcome.profile is not None or len(record.outcome.errors) > 1:
                written[record.case.name] = _plot(record, folder).name
        return written


def _plot(record: Record, folder: Path) -> Path:
    from matplotlib.figure import Figure

    profile, errors = record.outcome.profile, record.outcome.errors
    both = profile is not None and len(errors) > 1
    figure = Figure(figsize=(7.0, 2.4) if both else (4.6, 2.4), layout="constrained")
    axes = figure.subplots(1, 2, width_ratios=(2, 1)) if both else [figure.subplots()]
    if profile is not None:
        _curves(axes[0], profile)
    if len(errors) > 1:
        cells = [n for n, _ in errors]
        measured = [error for _, error in errors]
        axes[-1].loglog(cells, measured, "o-", color="#c0392b", markersize=3, linewidth=1.0)
        for order, style in ((1, ":"), (2, "--")):
            ideal = [measured[0] * (cells[0] / n) ** order for n in cells]
            axes[-1].loglog(cells, ideal, style, color="0.5", linewidth=0.8, label=f"order {order}")
        axes[-1].set_xticks(cells, [str(n) for n in cells], minor=False)
        axes[-1].minorticks_off()
        axes[-1].set_xlabel("cells")
        axes[-1].set_ylabel("relative L1 error")
        axes[-1].legend(frameon=False)
    path = folder / f"{record.case.name}.svg"
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    # The writer leaves blanks at line ends, which no text file of the project has.
    path.write_text("\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines()) + "\n", "utf-8")
    return path


def _curves(axes: Any, profile: Profile) -> None:
    styles = {"exact": {"color": "0.6", "linewidth": 2.5}, "engine": {"color": "#1f5fa8", "linewidth": 1.0}}
    for name, values in profile.curves.items():
        axes.plot(profile.x, values, label=name, **styles.get(name, {"linewidth": 1.0}))
    axes.set_xlabel(profile.x_label)
    axes.set_ylabel(profile.y_label)
    axes.legend(frameon=False)
