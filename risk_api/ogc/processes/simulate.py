"""``simulate``: what if there were a dam here, or that one were other than it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from risk_api.errors import UnknownScheme
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES
from risk_api.ogc.processes.process import Process, Step
from risk_api.responses import to_json_bytes
from risk_api.what_if import SimulationBody
from risk_api.what_if.planner import WITH

if TYPE_CHECKING:
    from risk_api.runs import RunSpec
    from risk_api.service import Service


class SimulateInputs(SimulationBody):
    """As ``POST /v1/simulations`` takes them, and the class scheme of the answer."""

    scheme: str = Field("buwal", max_length=20)


@dataclass(frozen=True)
class Simulating:
    """The question of one execution."""

    service: Service
    specs: Mapping[str, RunSpec]
    scheme: str

    @property
    def simulation(self) -> str:
        """Id under which ``/v1/simulations`` has the answer."""
        return self.specs[WITH].id

    def step(self) -> Step | None:
        """Return the runs that are missing, of the two."""
        missing = [spec for spec in self.specs.values() if not self.service.store.has(spec.id)]
        return Step(missing, self.simulation) if missing else None

    def body(self, format: str, language: Language, root_path: str) -> bytes:
        """Return a feature per district, and the dam."""
        from risk_api.what_if.answer import simulation_json

        service = self.service
        document = simulation_json(
            service.region,
            service.store,
            service.answers,
            self.specs,
            service.layers.layer("districts"),
            self.scheme,
            language,
            root_path,
        )
        return to_json_bytes(document)

    def path(self, format: str, language: Language) -> str:
        """Return the address of the same answer."""
        return f"/v1/simulations/{self.simulation}?scheme={self.scheme}&lang={language}"


def ask(service: Service, inputs: SimulateInputs) -> Simulating:
    """Return the question; a dam that cannot be built is refused here.

    Raises
    ------
    RiskError
        Naming the input.
    """
    from risk_api.exposure import SCHEMES

    if inputs.scheme not in SCHEMES:
        raise UnknownScheme(inputs.scheme, SCHEMES)
    return Simulating(service, service.what_if.specs(inputs), inputs.scheme)


def choices(service: Service) -> Mapping[str, Sequence[Any]]:
    """Return what this region has."""
    from risk_api.exposure import SCHEMES

    return {
        "scenario": tuple(service.region.scenarios),
        "scheme": tuple(SCHEMES),
        "cell_size_m": service.answers.http_cell_sizes_m(),
    }


PROCESS: Final = Process(
    id="simulate",
    version="1.0.0",
    inputs=SimulateInputs,
    output="simulation",
    formats=(("geojson", MEDIA_TYPES["geojson"]),),
    ask=ask,
    several=frozenset({"dams"}),
    choices=choices,
)
