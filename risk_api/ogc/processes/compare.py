"""``compare``: whom a scenario reaches under several strategies, and the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlencode

from pydantic import Field

from risk_api.errors import BadParameter
from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES
from risk_api.ogc.processes.process import Inputs, Process, Step

if TYPE_CHECKING:
    from risk_api.answers import Question
    from risk_api.service import Service

#: Each strategy may be a run: more are not compared at a time.
MOST_STRATEGIES: Final = 20
FORMATS: Final = ("geojson", "csv", "gpkg", "fgb", "parquet")


class CompareInputs(Inputs):
    """As `/v1/exposure` takes them."""

    scenario: str | None = Field(None, max_length=80)
    strategies: list[str] | None = Field(None, min_length=1, max_length=MOST_STRATEGIES)
    as_of: str | None = Field(None, max_length=10)
    scheme: str | None = Field(None, max_length=20)
    cell_size_m: float | None = None
    quality: Literal["preview", "final"] = "final"


@dataclass(frozen=True)
class Comparing:
    """The question of one execution."""

    service: Service
    question: Question

    def step(self) -> Step | None:
        """Return the runs that are missing."""
        missing = self.service.answers.missing(self.question)
        return Step(missing) if missing else None

    def body(self, format: str, language: Language, root_path: str) -> bytes:
        """Return a feature per district."""
        from risk_api.routes.exposure import exposure_body

        return exposure_body(self.service, self.question, language, format, None)

    def path(self, format: str, language: Language) -> str:
        """Return the address of the same answer."""
        asked = self.question
        query: dict[str, Any] = {
            "scenario": asked.scenario,
            "strategies": ",".join(asked.strategies),
            "scheme": asked.scheme,
            "quality": asked.quality,
        }
        if asked.cell_size_m is not None:
            query["cell_size_m"] = f"{asked.cell_size_m:g}"
        return f"/v1/exposure?{urlencode({**query, 'f': format, 'lang': language}, safe=',:')}"


def ask(service: Service, inputs: CompareInputs) -> Comparing:
    """Return the question, its names checked.

    Raises
    ------
    UnknownScenario, UnknownStrategy, UnknownScheme, BadParameter
    """
    answers = service.answers
    strategies = inputs.strategies or []
    if len(set(strategies)) < len(strategies):
        raise BadParameter("strategies", "a name stands twice in the list", reason_key="duplicate_name")
    return Comparing(
        service,
        answers.question(
            inputs.scenario,
            strategies,
            inputs.scheme,
            answers.http_cell_size_m(inputs.cell_size_m, inputs.quality),
            inputs.quality,
            inputs.as_of,
        ),
    )


def choices(service: Service) -> Mapping[str, Sequence[Any]]:
    """Return what this region has."""
    from risk_api.exposure import SCHEMES

    return {
        "scenario": tuple(service.region.scenarios),
        "scheme": tuple(SCHEMES),
        "cell_size_m": service.answers.http_cell_sizes_m(),
    }


PROCESS: Final = Process(
    id="compare",
    version="1.0.0",
    inputs=CompareInputs,
    output="exposure",
    formats=tuple((name, MEDIA_TYPES[name]) for name in FORMATS),
    ask=ask,
    several=frozenset({"strategies"}),
    choices=choices,
)
