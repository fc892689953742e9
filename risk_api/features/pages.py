"""One page of a selection, in whichever format: the only way that features leave the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import BadParameter
from risk_api.features.crs import CRS84, Crs
from risk_api.i18n import Language
from risk_api.responses import to_json_bytes

if TYPE_CHECKING:
    from risk_api.features.table import FeatureTable

#: Formats of a page besides GeoJSON.
FILES: Final = ("fgb", "gpkg", "parquet")
DEFAULT_LIMIT: Final = 1000
LARGEST_LIMIT: Final = 10_000


@dataclass(frozen=True)
class Page:
    """Places of a table that stand on one page.

    Attributes
    ----------
    table : FeatureTable
    places : sequence of int
    matched : int
        Features that the selection holds, on all pages.
    limit, offset : int
    """

    table: FeatureTable
    places: Sequence[int]
    matched: int
    limit: int
    offset: int

    @property
    def next_offset(self) -> int | None:
        """Return where the next page starts, None on the last."""
        after = self.offset + self.limit
        return after if after < self.matched else None

    @property
    def previous_offset(self) -> int | None:
        """Return where the page before starts, None on the first."""
        return max(0, self.offset - self.limit) if self.offset > 0 else None

    @property
    def is_whole(self) -> bool:
        """Whether the page holds every feature of the collection."""
        return len(self.places) == len(self.table)

    def geojson(self, crs: Crs, language: Language, members: Mapping[str, Any]) -> bytes:
        """Return a FeatureCollection; `members` stand beside its features (RFC 7946, 6.1)."""
        encoded = self.table.encoded(crs, language)
        places = self.places
        # A run of places is a slice, which costs less than picking each.
        picked = (
            encoded[places.start : places.stop]
            if isinstance(places, range)
            else [encoded[place] for place in places]
        )
        head = to_json_bytes({"type": "FeatureCollection", **members})
        return b"".join((head[:-1], b',"features":[', b",".join(picked), b"]}"))

    def csv(self, crs: Crs, language: Language) -> bytes:
        """Return a table with the columns of the collection; points get their coordinates."""
        from risk_api.serialise.tables import feature_table

        return feature_table(self._features, language, self._points(crs))

    def file(self, format: str, crs: Crs) -> bytes:
        """Return a GeoPackage, a FlatGeobuf or a GeoParquet.

        Raises
        ------
        NotAcceptable
            If there is no feature to write.
        """
        from risk_api.serialise.files import feature_file

        return feature_file(self._features, format, self.table.id, crs=crs.code)

    @property
    def _features(self) -> list[Any]:
        rows = self.table.rows
        return [rows[place] for place in self.places]

    def _points(self, crs: Crs) -> list[dict[str, float]] | None:
        """Return the coordinates of points in another system, under the names of its axes in its order."""
        if crs == CRS84:
            return None
        names = ("lat", "lon") if crs.in_degrees else ("y", "x") if crs.northing_first else ("x", "y")
        projected = self.table.projected(crs)
        return [
            dict(zip(names, geometry["coordinates"][:2], strict=True))
            if (geometry := projected[place]) and geometry["type"] == "Point"
            else {}
            for place in self.places
        ]


def page_of(table: FeatureTable, places: Sequence[int], limit: int, offset: int) -> Page:
    """Return the page that starts at `offset`; one that starts where the features end is empty.

    Raises
    ------
    BadParameter
        If it would start behind the end: the numbers that led there are not those of this selection.
    """
    if offset > len(places):
        raise BadParameter(
            "offset",
            f"only {len(places)} features match",
            reason_key="offset_past_end",
            matched=str(len(places)),
        )
    return Page(table, places[offset : offset + limit], len(places), limit, offset)
