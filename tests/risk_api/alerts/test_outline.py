"""A ring of few points leaves nobody out."""

import numpy as np
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_api.alerts.outline import MOST_POINTS, few_points, outline

cells = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=60, unique=True)


@settings(max_examples=60, deadline=None)
@given(cells)
def test_the_ring_covers_all_ground_with_at_most_a_hundred_points(places):
    ground = shapely.unary_union([shapely.box(30 * x, 30 * y, 30 * x + 30, 30 * y + 30) for x, y in places])
    ring = few_points(ground)
    assert ring.covers(ground)
    assert ring.is_valid
    assert shapely.get_num_coordinates(ring) <= MOST_POINTS
    assert len(ring.interiors) == 0


def test_a_narrow_winding_flow_is_not_warned_of_by_a_box():
    line = shapely.LineString([(100 * t, 400 * np.sin(t / 3.0)) for t in range(60)])
    ground = line.buffer(30)
    ring = few_points(ground)
    assert ring.covers(ground)
    assert ring.area < 0.4 * ground.envelope.area


def test_the_outline_of_a_run_covers_its_wet_cells(client, made_store):
    from risk_api.runs import RunStore

    run_id = client.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams"}).json()[
        "lineage"
    ]["run_ids"]["no-dams"]
    run = RunStore(made_store / "runs").open(run_id)
    ring = shapely.Polygon(outline(run))
    with rasterio.open(run.raster_path("depth_max_m")) as raster:
        rows, cols = np.nonzero(np.nan_to_num(raster.read(1)) >= 0.1)
        xs, ys = rasterio.transform.xy(raster.transform, rows, cols)
        lon, lat = rasterio.warp.transform(raster.crs, "EPSG:4326", xs, ys)
    assert len(lon) > 50
    assert shapely.contains_xy(ring, lon, lat).all()
