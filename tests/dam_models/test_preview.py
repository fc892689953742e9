"""What a preview costs in accuracy, as `Settings.preview` and every answer say it."""

import numpy as np

from dam_models import Release, Settings, Voellmy, simulate


def test_a_preview_is_as_close_as_it_says() -> None:
    cell_m, n = 20.0, 250
    x = (np.arange(n) + 0.5) * cell_m
    # 10 degrees onto 2, blended over 200 m; a box of 500 000 m3 near the top.
    slope = np.interp(x, [1900.0, 2100.0], np.tan(np.radians([10.0, 2.0])))
    bed = np.broadcast_to(1000.0 - np.cumsum(slope) * cell_m, (n, n)).copy()
    pool = np.zeros((n, n))
    pool[np.ix_(np.abs(x - 2500.0) < 125.0, (x > 300.0) & (x < 500.0))] = 10.0
    preview, final = (
        simulate(bed, cell_m, [Release.pool(pool)], Voellmy(0.1, 400.0), duration_s=300.0, settings=quality)
        for quality in (Settings.preview(), Settings.final())
    )
    for place_m in (700.0, 1000.0, 1500.0, 2000.0):
        at = (n // 2, int(place_m / cell_m))
        arrival = preview.arrival_s[at] / final.arrival_s[at]
        assert 0.90 < arrival < 1.10
        assert 0.75 < preview.depth_max_m[at] / final.depth_max_m[at] < 1.0
        assert 0.70 < preview.speed_max_m_s[at] / final.speed_max_m_s[at] < 1.0
