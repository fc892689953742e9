"""Distances from ruptures to sites as the ground-motion models define them: Rrup, Rjb, Rx, Ry0."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.gmm import Paths
from risk_api.seismic.planes import Floats, Planes
from risk_api.seismic.rupture import Rupture

_ON_THE_TRACE_KM: Final = 1e-6


def distances(rupture: Rupture, lon: ArrayLike, lat: ArrayLike) -> Paths:
    """Distances from one rupture to sites at the surface.

    Rrup and Rjb are the smallest over the rupture's planes. Rx and Ry0 of a bent trace are the generalised
    coordinates GC2 of Spudich and Chiou (2015, USGS Open-File Report 2015-1028, as cited, not re-read):
    averages over the planes weighted by how close each lies. For one plane they are the plain distances
    across and along.

    Parameters
    ----------
    rupture : Rupture
        The rupture.
    lon, lat : array_like, (n_sites,)
        Sites, degrees.
    """
    x, y = rupture.frame.to_km(np.atleast_1d(lon), np.atleast_1d(lat))
    planes = rupture.planes
    each = plane_distances(planes, x, y)
    if len(planes) == 1:
        return Paths(each.rrup_km[0], each.rjb_km[0], each.rx_km[0], each.ry0_km[0])
    across, along = generalised_coordinates(planes, x, y)
    beyond = np.maximum(np.maximum(-along, along - planes.length_km.sum()), 0.0)
    return Paths(each.rrup_km.min(axis=0), each.rjb_km.min(axis=0), across, beyond)


def plane_distances(planes: Planes, x_km: Floats, y_km: Floats) -> Paths:
    """Distances from every plane to every site of a flat frame, of shape (n_planes, n_sites)."""
    along, across = planes.along_and_across(x_km, y_km)
    length, width = planes.length_km[:, None], planes.width_km[:, None]
    dip = np.radians(planes.dip_deg)[:, None]
    sine, cosine = np.sin(dip), np.cos(dip)
    top = planes.top_depth_km[:, None]
    ends = np.maximum(np.maximum(-along, along - length), 0.0)
    sides = np.maximum(np.maximum(-across, across - width * cosine), 0.0)
    # In the plane of strike and dip: down-dip coordinate of the foot of the perpendicular, and its length.
    down = np.clip(across * cosine - top * sine, 0.0, width)
    away = np.sqrt((across - down * cosine) ** 2 + (top + down * sine) ** 2)
    return Paths(
        rrup_km=np.sqrt(ends**2 + away**2),
        rjb_km=np.sqrt(ends**2 + sides**2),
        rx_km=across,
        ry0_km=ends,
    )


def generalised_coordinates(planes: Planes, x_km: Floats, y_km: Floats) -> tuple[Floats, Floats]:
    """GC2 coordinates T (across) and U (along) of sites for planes in a row, each (n_sites,), km."""
    along, across = planes.along_and_across(x_km, y_km)
    length = planes.length_km[:, None]
    before = np.concatenate([[0.0], np.cumsum(planes.length_km)[:-1]])[:, None]
    on_line = np.asarray(np.abs(across) < _ON_THE_TRACE_KM)
    safe = np.where(on_line, 1.0, across)
    off_line = (np.arctan((length - along) / safe) - np.arctan(-along / safe)) / safe
    # On the line of a plane the weight is the limit of the same expression; on the trace itself, infinite.
    outside = np.asarray((along < 0.0) | (along > length))
    spans = np.where(on_line & outside, (along - length) * along, 1.0)
    touching: NDArray[np.bool_] = on_line & ~outside
    weight = np.where(on_line, length / np.maximum(spans, 1e-12), off_line)
    found = np.any(touching, axis=0)
    weight = np.where(found, touching.astype(np.float64), weight)
    total = weight.sum(axis=0)
    return (weight * across).sum(axis=0) / total, (weight * (along + before)).sum(axis=0) / total
