"""The profile of the kernel as a table, and what follows from it in words."""

from __future__ import annotations

from typing import Any

from benchmarks.measure import Sheet

KINDS = ("memory", "divider", "arithmetic")
Figures = dict[str, Any]


def sheet(profile: Figures) -> Sheet:
    """From the figures of `kernel_profile`, as they come from JSON."""
    rows = [_row(each["name"], each) for each in profile["passes"]]
    rows.append(
        (
            "all passes",
            _ns(passes_ns(profile)),
            "",
            "",
            "",
            "",
            *(_ns(bound(profile, kind)) for kind in KINDS),
        )
    )
    rows.append(("Python, taking in cells, start and end", _ns(profile["rest_ns"]), *[""] * 7))
    return Sheet(
        f"profile of the kernel: common case, {profile['cell_m']:g} m, one thread, ns per wet cell and step",
        ("pass", "measured", "bytes", "roots, divisions", "other operations", "packed", *_AT_LEAST),
        tuple(rows),
        (*machine_notes(profile), *findings(profile)),
        profile,
    )


_AT_LEAST = tuple(f"at least: {kind}" for kind in KINDS)


def _row(name: str, one: Figures) -> tuple[str, ...]:
    operations = one["operations"]
    divider = operations.get("root", 0) + operations.get("division", 0) + operations.get("cube root", 0)
    packed = [kind for kind, is_packed in one["packed"].items() if is_packed]
    return (
        f"{name} x {one['calls_per_step']:.0f}",
        _ns(one["measured_ns"]),
        f"{one['moved_bytes']:.0f}",
        str(divider),
        str(operations.get("simple", 0)),
        ", ".join(packed) or "nothing",
        *(_ns(one["bounds"][f"{kind}_ns"]) for kind in KINDS),
    )


def _ns(value: float) -> str:
    return f"{value:.1f}"


def passes_ns(profile: Figures) -> float:
    return sum(float(each["measured_ns"]) for each in profile["passes"])


def bound(profile: Figures, kind: str) -> float:
    return sum(float(each["bounds"][f"{kind}_ns"]) for each in profile["passes"])


def highest_bound_ns(profile: Figures) -> float:
    """Each pass at its own tightest limit: passes follow one another, so these add up."""
    return sum(max(each["bounds"].values()) for each in profile["passes"])


def machine_notes(profile: Figures) -> tuple[str, ...]:
    limits = profile["limits"]
    triad = ", ".join(f"{int(size) / 1024:g} MB {rate:.0f}" for size, rate in limits["triad_gb_s"].items())

    def both(kind: str, digits: int = 2) -> str:
        return " / ".join(f"{limits[f'{kind}_{how}_ns']:.{digits}f}" for how in ("alone", "packed"))

    return (
        f"{profile['steps']} steps of {profile['wet_cells']:.0f} wet cells in a mesh of "
        f"{profile['visited_cells']:.0f}; their fields fill {profile['working_set_kb'] / 1024:.1f} MB.",
        f"This core: triad, GB/s: {triad}. An operation alone / packed, ns: root {both('root')}, "
        f"division {both('division')}, others {both('simple', 3)}. Waiting for a root "
        f"{limits['root_chained_ns']:.1f} ns, for a division {limits['division_chained_ns']:.1f} ns, after a "
        f"wrong guess of a branch {limits['branch_missed_ns']:.1f} ns.",
    )


def triad_share(profile: Figures) -> float:
    """Rate at which the passes move their arrays, over the triad at that working set."""
    return bound(profile, "memory") / passes_ns(profile)


def _packing(profile: Figures) -> str:
    names = [each["name"] for each in profile["passes"] if not any(each["packed"].values())]
    if not names:
        return "Every pass has packed arithmetic."
    return f"One number at a time, nothing packed: {', '.join(names)}."


def findings(profile: Figures) -> tuple[str, ...]:
    """What limits the passes; the experiments first, then what remains."""
    measured, least = passes_ns(profile), highest_bound_ns(profile)
    small, middle, large = profile["slides"]
    per_step_us = (small["passes_ns"] - middle["passes_ns"]) * small["cells"] / 1e3
    moved = sum(each["moved_bytes"] for each in profile["passes"])
    small_ns, middle_ns, large_ns = (slide["passes_ns"] for slide in profile["slides"])
    middle_mb, large_mb = (slide["kilobytes"] / 1024 for slide in (middle, large))
    return (
        f"Memory: {moved:.0f} bytes a wet cell and step at {moved / measured:.1f} GB/s, "
        f"{triad_share(profile):.0%} of the triad's rate for such a working set. A uniform layer costs "
        f"{middle_ns:.0f} ns at {middle_mb:.0f} MB and {large_ns:.0f} ns at {large_mb:.0f} MB.",
        f"Branches: the flow costs {measured:.0f} ns, a uniform layer of about as many cells, whose branches "
        f"are all guessed right, {middle_ns:.0f} ns.",
        f"Calls: a layer of {small['cells']:.0f} cells costs {small_ns:.0f} ns; from there, handing over the "
        f"arguments of all passes takes about {max(0.0, per_step_us):.0f} us a step.",
        f"With each pass at the tightest of its three limits a step would take {least:.0f} ns a wet cell, "
        f"{least / measured:.0%} of what it takes. The rest is inferred: loads, stores and addresses, and "
        f"waiting for roots and divisions that the next cells' work does not cover. {_packing(profile)}",
    )
