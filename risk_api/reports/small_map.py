"""A small map as vector graphics: districts, rivers, dams and the ground reached by class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import format_number, translate
from risk_api.reports import fonts
from risk_api.reports.colours import class_colours

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing

    from risk_api.reports.material import Material
    from risk_api.serialise.features import Feature

#: Ground around what is reached, m, and the least width of a map.
MARGIN_M: Final = 1500.0
LEAST_WIDTH_M: Final = 6000.0
_SCALES_M: Final = (500, 1000, 2000, 5000, 10_000, 20_000)


def small_map(found: Material, strategy: str, crs: str, width: float, height: float) -> Drawing:
    """Return the map of one strategy; every strategy's map of a report shows the same ground.

    Parameters
    ----------
    strategy : str
        Whose footprint is filled.
    crs : str
        Metric system that the map is drawn in.
    width, height : float
        Of the drawing, points.
    """
    import numpy as np
    import shapely
    from pyproj import Transformer
    from reportlab.graphics.shapes import Drawing, Group, Line, Rect, String
    from reportlab.lib.colors import HexColor, white

    fonts.register()
    project = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)

    def metric(feature: Feature) -> Any:
        return shapely.transform(
            feature.shape, lambda xy: np.column_stack(project.transform(xy[:, 0], xy[:, 1]))
        )

    window = _window(
        [metric(one) for parts in found.footprints.values() for one in parts], found, metric, width / height
    )
    west, south, east, _ = window
    scale = width / (east - west)
    frame = shapely.box(*window)
    drawing = Drawing(width, height)
    drawing.add(Rect(0, 0, width, height, fillColor=HexColor("#f6f4ef"), strokeColor=None))
    group = Group()

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - west) * scale, (y - south) * scale

    for district in found.layers["districts"]:
        shape = metric(district).intersection(frame)
        _draw(group, shape, place, fill="#ffffff", stroke="#8a949c", width=0.5)
    for river in found.layers["rivers"]:
        _draw(group, metric(river).intersection(frame), place, fill=None, stroke="#6f9fc8", width=0.6)
    colours = class_colours(found.members["scheme"]["id"])
    parts = {str(part.properties["class"]): part for part in found.footprints[strategy]}
    for colour, entry in zip(colours, found.members["scheme"]["classes"], strict=True):
        if entry["id"] in parts:
            shape = metric(parts[entry["id"]]).intersection(frame)
            _draw(group, shape, place, fill=colour, stroke=colour, width=0.2)
    drawing.add(group)
    for district in found.layers["districts"]:
        seen = metric(district).intersection(frame)
        if seen.area * scale * scale > 900.0:
            x, y = place(*seen.representative_point().coords[0])
            name = district.names()[found.language]
            half = 0.25 * 6.0 * len(name)
            x = min(max(x, half + 3), width - half - 3)
            text = {"fontName": fonts.REGULAR, "fontSize": 5.5, "textAnchor": "middle"}
            drawing.add(String(x, y, name, fillColor=HexColor("#3a444c"), **text))
    for dam in found.layers["dams"]:
        if dam.shape is None or not (point := metric(dam).representative_point()).within(frame):
            continue
        x, y = place(point.x, point.y)
        drawing.add(
            Rect(
                x - 1.6, y - 1.6, 3.2, 3.2, fillColor=HexColor("#16202a"), strokeColor=white, strokeWidth=0.4
            )
        )
        # A name that would leave the map stands on the other side of its dam.
        right = x < 0.82 * width
        anchor = {"textAnchor": "start" if right else "end", "fontName": fonts.REGULAR, "fontSize": 4.6}
        drawing.add(String(x + (3 if right else -3), y - 1.8, dam.names()[found.language], **anchor))
    length = max((step for step in _SCALES_M if step * scale < 0.35 * width), default=_SCALES_M[0])
    drawing.add(Line(6, 6, 6 + length * scale, 6, strokeWidth=1.2))
    kilometres = format_number(length / 1000, found.language, 0 if length >= 1000 else 1)
    text = {"fontName": fonts.REGULAR, "fontSize": 5.5}
    drawing.add(String(6, 9, translate(found.language, "report.map.km", length=kilometres), **text))
    _add_north(drawing, width - 12.0, height - 24.0, translate(found.language, "report.map.north"))
    drawing.add(Rect(0, 0, width, height, fillColor=None, strokeColor=HexColor("#8a949c"), strokeWidth=0.5))
    return drawing


def _add_north(drawing: Drawing, x: float, y: float, letter: str) -> None:
    from reportlab.graphics.shapes import Polygon, String
    from reportlab.lib.colors import HexColor

    ink = HexColor("#16202a")
    drawing.add(Polygon([x - 3, y, x, y + 10, x + 3, y, x, y + 2], fillColor=ink, strokeColor=None))
    drawing.add(
        String(x, y + 12, letter, fontName=fonts.BOLD, fontSize=6, textAnchor="middle", fillColor=ink)
    )


def _window(
    shapes: Sequence[Any], found: Material, metric: Any, aspect: float
) -> tuple[float, float, float, float]:
    """Return the ground to show: all that any strategy reaches, else the districts; of the asked aspect."""
    import shapely

    if not shapes:
        shapes = [metric(district) for district in found.layers["districts"]]
    west, south, east, north = shapely.unary_union([shapely.box(*shape.bounds) for shape in shapes]).bounds
    width = max(east - west + 2 * MARGIN_M, LEAST_WIDTH_M, (north - south + 2 * MARGIN_M) * aspect)
    x, y = 0.5 * (west + east), 0.5 * (south + north)
    return x - width / 2, y - width / aspect / 2, x + width / 2, y + width / aspect / 2


def _draw(group: Any, shape: Any, place: Any, *, fill: str | None, stroke: str, width: float) -> None:
    import shapely
    from reportlab.graphics.shapes import Path
    from reportlab.lib.colors import HexColor

    # Holes are cut by winding: outer rings one way, inner ones the other.
    path = Path(
        fillColor=HexColor(fill) if fill else None,
        strokeColor=HexColor(stroke),
        strokeWidth=width,
        fillMode=1,
    )
    drawn = False
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        if part.geom_type == "Polygon":
            rings = [part.normalize().exterior, *part.normalize().interiors]
        elif part.geom_type == "LineString":
            rings = [part]
        else:
            continue
        for ring in rings:
            points = [place(x, y) for x, y, *_ in ring.coords]
            path.moveTo(*points[0])
            for point in points[1:]:
                path.lineTo(*point)
            if part.geom_type == "Polygon":
                path.closePath()
            drawn = True
    if drawn:
        group.add(path)
