"""``size-dam``: the smallest crest that keeps the affected below a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlencode

from pydantic import Field

from risk_api.i18n import Language
from risk_api.negotiation import MEDIA_TYPES
from risk_api.ogc.processes.process import Inputs, Process, Step
from risk_api.responses import to_json_bytes

if TYPE_CHECKING:
    from risk_api.benefit.sizing_question import SizingQuestion
    from risk_api.service import Service


class SizeDamInputs(Inputs):
    """As ``/v1/sizing`` takes them."""

    dam: str = Field(max_length=80)
    scenario: str = Field(max_length=80)
    affected_below: float = Field(gt=0)
    strategy: str | None = Field(None, max_length=80)
    district: str | None = Field(None, max_length=80)
    scheme: str | None = Field(None, max_length=20)
    by: Literal["height", "capacity"] = "height"
    lowest_m: float | None = Field(None, gt=0)
    tallest_m: float | None = Field(None, gt=0)
    smallest_m3: float | None = Field(None, gt=0)
    largest_m3: float | None = Field(None, gt=0)
    cost_per_m3: float | None = Field(None, gt=0)
    currency: str | None = Field(None, max_length=12)
    cell_size_m: float | None = None
    quality: Literal["preview", "final"] = "final"


@dataclass(frozen=True)
class Sizing:
    """The question of one execution."""

    service: Service
    question: SizingQuestion
    given: Mapping[str, Any]

    def step(self) -> Step | None:
        """Return the next run of the search."""
        from risk_api.benefit.sizing import MOST_TRIALS
        from risk_api.errors import RunsMissing

        try:
            self.service.benefits.sizing(self.question)
        except RunsMissing as missing:
            made = self.service.benefits.sizing_runs_made(self.question)
            return Step(missing.specs, done=min(made, MOST_TRIALS - 1), of=MOST_TRIALS)
        return None

    def body(self, format: str, language: Language, root_path: str) -> bytes:
        """Return the crest and its trade-off curve."""
        from risk_api.serialise.sizing import sizing_document

        answer = self.service.benefits.sizing(self.question)
        return to_json_bytes(sizing_document(answer, self.service.region, language))

    def path(self, format: str, language: Language) -> str:
        """Return the address of the same answer."""
        return f"/v1/sizing?{urlencode({**self.given, 'lang': language})}"


def ask(service: Service, inputs: SizeDamInputs) -> Sizing:
    """Return the question, its names and numbers checked.

    Raises
    ------
    UnknownName, BadParameter
    """
    from risk_api.benefit.sizing_question import sizing_question
    from risk_api.runs import quality_of

    given = inputs.model_dump(exclude={"dam", "scenario", "affected_below", "cell_size_m", "quality"})
    question = sizing_question(
        service.region,
        inputs.scenario,
        inputs.dam,
        inputs.affected_below,
        cell_size_m=service.answers.http_cell_size_m(inputs.cell_size_m, inputs.quality),
        quality=quality_of(inputs.quality),
        **given,
    )
    return Sizing(service, question, inputs.model_dump(exclude_none=True))


def choices(service: Service) -> Mapping[str, Sequence[Any]]:
    """Return what this region has."""
    from risk_api.exposure import SCHEMES

    return {
        "dam": tuple(service.region.dam_sites),
        "scenario": tuple(service.region.scenarios),
        "district": tuple(service.layers.layer("districts")),
        "scheme": tuple(SCHEMES),
        "cell_size_m": service.answers.http_cell_sizes_m(),
    }


PROCESS: Final = Process(
    id="size-dam",
    version="1.0.0",
    inputs=SizeDamInputs,
    output="sizing",
    formats=(("json", MEDIA_TYPES["json"]),),
    ask=ask,
    choices=choices,
)
