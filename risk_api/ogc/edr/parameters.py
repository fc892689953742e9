"""The parameters that can be asked of a collection: the flow at a point, and the counts of a district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.answers import DEFAULT_SCHEME
from risk_api.errors import BadParameter
from risk_api.i18n import LANGUAGES, Language, translate

if TYPE_CHECKING:
    from risk_api.features.catalogue import Collection

#: Columns of a district's exposure that are numbers and not about the flow itself.
COUNTS: Final = (
    "people_exposed", "people_affected", "buildings_exposed", "facilities_exposed", "area_m2",
)  # fmt: skip
_UCUM: Final = "http://www.opengis.net/def/uom/UCUM/"
#: As UCUM writes them; what is counted has the unit 1.
_SYMBOLS: Final = {"m": "m", "m/s": "m/s", "s": "s", "m2": "m2"}


@dataclass(frozen=True)
class Parameter:
    """What is measured or counted.

    Attributes
    ----------
    name : str
    unit : str
        Empty for a class.
    titles, descriptions : mapping
        By language.
    classes : tuple of str
        Of a class its values, strongest first.
    """

    name: str
    unit: str
    titles: dict[Language, str]
    descriptions: dict[Language, str]
    classes: tuple[str, ...] = ()

    def to_json(self, language: Language) -> dict[str, Any]:
        """Return it as CoverageJSON and the description of a collection have it."""
        observed: dict[str, Any] = {"id": self.name, "label": {language: self.titles[language]}}
        document: dict[str, Any] = {
            "type": "Parameter",
            "description": {language: self.descriptions[language]},
            "observedProperty": observed,
        }
        if not self.classes:
            symbol = {"value": _SYMBOLS.get(self.unit, "1"), "type": _UCUM}
            return {**document, "unit": {"label": {language: self.unit or "1"}, "symbol": symbol}}
        from risk_api.exposure import SCHEMES

        names = SCHEMES[DEFAULT_SCHEME].class_names
        observed["categories"] = [
            {"id": name, "label": {language: names[name][language]}} for name in self.classes
        ]
        document["categoryEncoding"] = {name: place for place, name in enumerate(self.classes)}
        return document

    def described(self, language: Language) -> dict[str, Any]:
        """Return it as the description of a collection has it: texts are texts there, not by language."""
        document = self.to_json(language)
        observed = document["observedProperty"]
        observed["label"] = self.titles[language]
        if "unit" in document:
            document["unit"]["label"] = self.unit or "1"
        for category in observed.get("categories", ()):
            category["label"] = category["label"][language]
        kind = "string" if self.classes else "float"
        return {**document, "id": self.name, "description": self.descriptions[language], "data-type": kind}


def parameters(found: Collection) -> tuple[Parameter, ...]:
    """Return the parameters of a collection; none where nothing can be asked of it."""
    if found.run_id is None:
        return ()
    from risk_api.exposure import SCHEMES

    flow = tuple(
        _made(name, unit, classes)
        for name, unit, classes in (
            ("depth_max_m", "m", ()),
            ("speed_max_m_s", "m/s", ()),
            ("arrival_s", "s", ()),
            ("class", "", SCHEMES[DEFAULT_SCHEME].classes),
        )
    )
    columns = {field.name: field for field in found.fields}
    counts = tuple(
        Parameter(
            name,
            columns[name].unit,
            {code: columns[name].title[code] for code in LANGUAGES},
            {code: translate(code, "edr.parameter.count.text") for code in LANGUAGES},
        )
        for name in COUNTS
        if name in columns and "people_exposed" in columns
    )
    return flow + counts


def asked_parameters(found: Collection, given: str | None) -> tuple[Parameter, ...]:
    """Return those that ``parameter-name`` lists, all without it.

    Raises
    ------
    BadParameter
        Naming those there are.
    """
    known = {parameter.name: parameter for parameter in parameters(found)}
    if given is None:
        return tuple(known.values())
    names = [name.strip() for name in given.split(",")]
    if not set(names) <= known.keys():
        listed = ", ".join(known)
        raise BadParameter(
            "parameter-name",
            f"allowed are {listed}",
            tuple(known),
            reason_key="allowed",
            allowed_names=listed,
        )
    return tuple(known[name] for name in dict.fromkeys(names))


def _made(name: str, unit: str, classes: Sequence[str]) -> Parameter:
    return Parameter(
        name,
        unit,
        {code: translate(code, f"edr.parameter.{name}.title") for code in LANGUAGES},
        {code: translate(code, f"edr.parameter.{name}.text") for code in LANGUAGES},
        tuple(classes),
    )
