"""``quake``: what an earthquake does to the districts, by a named scenario or a rupture of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from risk_api.errors import UnknownScenario
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES
from risk_api.ogc.processes.process import Process, Step
from risk_api.seismic.question import QuakeRequest

if TYPE_CHECKING:
    from risk_api.seismic.answers import QuakeAnswer
    from risk_api.seismic.rupture import Rupture
    from risk_api.seismic.scenarios import SeismicScenario
    from risk_api.service import Service

FORMATS: Final = ("geojson", "csv", "gpkg", "fgb", "parquet")


@dataclass(frozen=True)
class Quaking:
    """The question of one execution."""

    service: Service
    rupture: Rupture
    scenario: SeismicScenario | None

    def step(self) -> Step | None:
        """Return that no run is needed; the losses are worked out here, in a second or less."""
        self._answer()
        return None

    def body(self, format: str, language: Language, root_path: str) -> bytes:
        """Return a feature per district: damage and casualties by two branches, with a band."""
        from risk_api.routes.seismic import quake_body

        return quake_body(self.service, language, self._answer(), format, None)

    def path(self, format: str, language: Language) -> str | None:
        """Return the address of the same answer; a rupture of one's own has none."""
        if self.scenario is None:
            return None
        query = {"scenario": self.scenario.id, "f": format, "lang": language}
        return f"/v1/seismic/exposure?{urlencode(query)}"

    def _answer(self) -> QuakeAnswer:
        return self.service.quakes.rupture(self.rupture, self.scenario)


def ask(service: Service, inputs: QuakeRequest) -> Quaking:
    """Return the question; a rupture that cannot be is refused here.

    Raises
    ------
    RiskError
        Naming the input.
    """
    from risk_api.seismic.scenarios import seismic_scenarios

    known = seismic_scenarios()
    if inputs.scenario is not None and inputs.scenario not in known:
        raise UnknownScenario(inputs.scenario, known)
    return Quaking(service, *inputs.rupture())


def choices(_: Service) -> Mapping[str, Sequence[Any]]:
    """Return the earthquakes that have a name."""
    from risk_api.seismic.scenarios import seismic_scenarios

    return {"scenario": tuple(seismic_scenarios())}


PROCESS: Final = Process(
    id="quake",
    version="1.0.0",
    inputs=QuakeRequest,
    output="damage",
    formats=tuple((name, MEDIA_TYPES[name]) for name in FORMATS),
    ask=ask,
    choices=choices,
)
