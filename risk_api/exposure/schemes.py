"""Hazard class schemes: one engine of classes, several published tables.

Classes are disjoint and cover the footprint (depth at least 0.1 m). Depth, speed and their product are the
maxima of a run; the thresholds stand beside their source.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FOOTPRINT_DEPTH_M = 0.1
"""Depth from which ground counts as reached, m."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A class scheme.

    Attributes
    ----------
    id : str
        Name in queries.
    names : mapping
        Titles in kk, ru and en.
    source : str
        Where the thresholds come from.
    classes : tuple of str
        Class ids, strongest first.
    class_names : mapping
        Titles of the classes in kk, ru and en.
    affected : frozenset of str
        Classes of at least medium intensity.
    """

    id: str
    names: Mapping[str, str]
    source: str
    classes: tuple[str, ...]
    class_names: Mapping[str, Mapping[str, str]]
    affected: frozenset[str]

    def classify(self, depth_m: Floats, speed_m_s: Floats, product_m2_s: Floats) -> NDArray[np.int8]:
        """Index into `classes` per cell, -1 outside the footprint.

        Parameters
        ----------
        depth_m, speed_m_s, product_m2_s : ndarray
            Maxima of depth (m), speed (m/s) and depth times speed (m2/s), of one shape.
        """
        index = _RULES[self.id](depth_m, speed_m_s, product_m2_s)
        return np.where(depth_m >= FOOTPRINT_DEPTH_M, index, -1).astype(np.int8)


def _buwal(depth: Floats, speed: Floats, product: Floats) -> NDArray[np.int8]:
    strong = (depth > 1.0) & (speed > 1.0)
    medium = (depth >= 0.5) | (product >= 0.5)
    return np.where(strong, 0, np.where(medium, 1, 2)).astype(np.int8)


# ARR 2019, book 6 chapter 7: upper limits of depth (m), speed (m/s) and product (m2/s) of H1 to H5.
_ARR_LIMITS = ((0.3, 2.0, 0.3), (0.5, 2.0, 0.6), (1.2, 2.0, 0.6), (2.0, 2.0, 1.0), (4.0, 4.0, 4.0))


def _arr(depth: Floats, speed: Floats, product: Floats) -> NDArray[np.int8]:
    index = np.zeros(depth.shape, dtype=np.int8)
    for position, (depth_limit, speed_limit, product_limit) in reversed(
        list(enumerate(_ARR_LIMITS, start=1))
    ):
        fits = (depth <= depth_limit) & (speed <= speed_limit) & (product <= product_limit)
        index = np.where(fits, 6 - position, index).astype(np.int8)
    return index


_RULES = {"buwal": _buwal, "arr": _arr}

SCHEMES: Mapping[str, Scheme] = {
    "buwal": Scheme(
        id="buwal",
        names={
            "kk": "BUWAL: сел қарқындылығы",
            "ru": "BUWAL: интенсивность селя",
            "en": "BUWAL: debris-flow intensity",
        },
        source=(
            "BUWAL 1997, Vademecum 2005: strong h > 1 m and v > 1 m/s; medium is the rest of the footprint "
            "with h >= 0.5 m or h v >= 0.5 m2/s; weak, the remainder, is this project's addition"
        ),
        classes=("strong", "medium", "weak"),
        class_names={
            "strong": {"kk": "күшті", "ru": "сильная", "en": "strong"},
            "medium": {"kk": "орташа", "ru": "средняя", "en": "medium"},
            "weak": {"kk": "әлсіз", "ru": "слабая", "en": "weak"},
        },
        affected=frozenset({"strong", "medium"}),
    ),
    "arr": Scheme(
        id="arr",
        names={
            "kk": "ARR 2019: су тасқыны қаупі",
            "ru": "ARR 2019: опасность наводнения",
            "en": "ARR 2019: flood hazard",
        },
        source=(
            "Australian Rainfall and Runoff 2019 after Smith et al. 2014, the first class that fits; the "
            "limits of H1 to H5 other than h, v and h v of H3 are taken from secondary literature"
        ),
        classes=("h6", "h5", "h4", "h3", "h2", "h1"),
        class_names={
            "h6": {
                "kk": "H6: барлық ғимараттар осал",
                "ru": "H6: уязвимы все здания",
                "en": "H6: all building types vulnerable",
            },
            "h5": {
                "kk": "H5: ғимараттар осал",
                "ru": "H5: уязвимы здания",
                "en": "H5: buildings vulnerable",
            },
            "h4": {
                "kk": "H4: адамдар мен көліктер үшін қауіпті",
                "ru": "H4: опасно для людей и машин",
                "en": "H4: unsafe for people and vehicles",
            },
            "h3": {
                "kk": "H3: көліктер, балалар мен қарттар үшін қауіпті",
                "ru": "H3: опасно для машин, детей и пожилых",
                "en": "H3: unsafe for vehicles, children and the elderly",
            },
            "h2": {
                "kk": "H2: шағын көліктер үшін қауіпті",
                "ru": "H2: опасно для малых машин",
                "en": "H2: unsafe for small vehicles",
            },
            "h1": {"kk": "H1: жалпы қауіпсіз", "ru": "H1: в целом безопасно", "en": "H1: generally safe"},
        },
        affected=frozenset({"h2", "h3", "h4", "h5", "h6"}),
    ),
}
