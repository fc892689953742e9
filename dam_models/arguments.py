"""Arguments of the wrong kind, refused by name: a clear sentence instead of an error from deep inside."""

from collections.abc import Iterable
from numbers import Real
from typing import Any, get_args

from dam_models.boundaries import Boundaries
from dam_models.dam import Dam
from dam_models.entrainment import ErodibleBed
from dam_models.errors import InvalidDam, InvalidParameter, InvalidRelease
from dam_models.outputs import Outputs
from dam_models.release import Release
from dam_models.result import Settings, State
from dam_models.rheology import Rheology
from dam_models.sections import Section


def is_number(value: object) -> bool:
    """Whether something is a real number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def check_kinds(
    *,
    releases: object,
    rheology: object,
    dams: object,
    sections: object,
    progress: object,
    **optional: object,
) -> None:
    """Refuse what `simulate` cannot take: another kind of thing, or one where a sequence is needed.

    Parameters
    ----------
    releases, rheology, dams, sections, progress : object
        Arguments of `simulate`.
    optional : object
        `initial`, `boundaries`, `settings`, `erodible`, `outputs`: None where none is given.

    Raises
    ------
    InvalidRelease, InvalidDam, InvalidParameter
        `field` names the argument.
    """
    laws = get_args(Rheology)
    if not isinstance(rheology, laws):
        known = ", ".join(law.__name__ for law in laws)
        raise InvalidParameter(f"rheology is {_told(rheology)}; it is one of {known}", field="rheology")
    for field, given, kind, error in (
        ("releases", releases, Release, InvalidRelease),
        ("dams", dams, Dam, InvalidDam),
        ("sections", sections, Section, InvalidParameter),
    ):
        if not isinstance(given, Iterable):
            raise error(f"{field} is {_told(given)}; it is a sequence of {kind.__name__}", field=field)
        for number, one in enumerate(given):
            if not isinstance(one, kind):
                raise error(f"{field}[{number}] is {_told(one)}; it is a {kind.__name__}", field=field)
    kinds: dict[str, type[Any]] = {
        "initial": State,
        "boundaries": Boundaries,
        "settings": Settings,
        "erodible": ErodibleBed,
        "outputs": Outputs,
    }
    for field, given in optional.items():
        if given is not None and not isinstance(given, kinds[field]):
            needed = kinds[field].__name__
            raise InvalidParameter(f"{field} is {_told(given)}; it is {needed} or none", field=field)
    if progress is not None and not callable(progress):
        raise InvalidParameter(f"progress is {_told(progress)}; it is a function or none", field="progress")


def _told(value: object) -> str:
    """What was given, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 40 else f"of type {type(value).__name__}"
