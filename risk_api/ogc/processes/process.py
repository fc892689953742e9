"""What a process is: its inputs, its one output, and the question that an execution asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from risk_api.i18n import Language
from risk_api.ogc.call import Formats

if TYPE_CHECKING:
    from risk_api.runs import RunSpec
    from risk_api.service import Service


class Inputs(BaseModel):
    """Inputs of a process: no unknown ones, no numbers in quotes, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Step:
    """Runs that have to be made before a question can be answered, or before its next step is known.

    Attributes
    ----------
    specs : sequence of RunSpec
        At least one.
    simulation : str or None
        Id of the simulation that they are made for.
    done, of : int
        Steps that lie behind, and how many there are at most.
    """

    specs: Sequence[RunSpec]
    simulation: str | None = None
    done: int = 0
    of: int = 1


class Question(Protocol):
    """What one execution asks; it keeps nothing, so that it can be asked again after a restart."""

    def step(self) -> Step | None:
        """Return what has to be made first, None once the answer is there.

        Raises
        ------
        RiskError
        """

    def body(self, format: str, language: Language, root_path: str) -> bytes:
        """Return the answer in one of the process's formats.

        Raises
        ------
        RiskError
        """

    def path(self, format: str, language: Language) -> str | None:
        """Return where ``/v1`` has the same answer, from the root of the service; None where it has none."""


@dataclass(frozen=True)
class Process:
    """A process.

    Attributes
    ----------
    id : str
    version : str
        Raised whenever the same inputs would mean something else.
    inputs : type
        The model that inputs are checked against; the description is made from the same.
    output : str
        Id of its output.
    formats : tuple
        Short names and media types of the output, the default first.
    ask : callable
        Makes the question of an execution, or refuses it.
    several : frozenset of str
        Inputs that are lists of values, not one value that is a list.
    choices : callable
        For some inputs the values that this service takes.
    """

    id: str
    version: str
    inputs: type[BaseModel]
    output: str
    formats: Formats
    ask: Callable[[Service, Any], Question]
    several: frozenset[str] = frozenset()
    choices: Callable[[Service], Mapping[str, Sequence[Any]]] = field(default=lambda _: {})
