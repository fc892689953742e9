"""The answer as one GeoPackage: districts with their counts, ground reached, dams, rivers."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from risk_api.reports.about import ABOUT_COLUMNS, about_rows
from risk_api.reports.layer_styles import TABLE, style_rows, table_of
from risk_api.serialise.exposure import wide_columns

if TYPE_CHECKING:
    from risk_api.reports.material import Material
    from risk_api.serialise.features import Feature


def geopackage(found: Material) -> bytes:
    """Return the file: layers `districts`, `footprint_<strategy>`, `dams` and `rivers`, in CRS84.

    A strategy that reaches no ground has no footprint layer. The table `about` has no place on the map: it
    says where the numbers come from; `layer_styles` is what QGIS draws the layers by when they are opened.
    """
    import geopandas
    import pandas
    import pyogrio

    layers: dict[str, list[tuple[Feature, dict[str, Any]]]] = {
        "districts": [
            (one, {**_plain(one, skip=("strategies", "differences")), **wide_columns(one)})
            for one in found.features
        ]
    }
    for strategy, parts in found.footprints.items():
        layers[f"footprint_{table_of(strategy)}"] = [
            (part, {**_plain(part), "strategy": strategy}) for part in parts
        ]
    for name in ("dams", "rivers"):
        layers[name] = [(one, _plain(one)) for one in found.layers[name]]
    with tempfile.TemporaryDirectory(prefix="selrisk-") as folder:
        path = Path(folder) / "report.gpkg"
        for name, entries in layers.items():
            if not entries:
                continue
            frame = geopandas.GeoDataFrame(
                [{"id_text": feature.id, **columns} for feature, columns in entries],
                geometry=[feature.shape for feature, _ in entries],
                crs="OGC:CRS84",
            )
            frame.to_file(path, driver="GPKG", layer=name, engine="pyogrio")
        about = [{key: _text(row.get(key)) for key in ABOUT_COLUMNS} for row in about_rows(found)]
        pyogrio.write_dataframe(pandas.DataFrame(about, dtype="object"), path, layer="about", driver="GPKG")
        pyogrio.write_dataframe(
            pandas.DataFrame(style_rows(found)), path, layer=TABLE, driver="GPKG", FID="id"
        )
        return path.read_bytes()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _plain(feature: Feature, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return properties as columns: what has parts becomes JSON text."""
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
        for key, value in feature.properties.items()
        if key not in skip
    }
