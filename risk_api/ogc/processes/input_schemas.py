"""From the model that checks inputs to the schemas that a process description shows.

A description has schemas as OpenAPI 3.0 writes them (18-062r2): no references, no null among the types, and a
flag beside a bound that is not itself allowed. Both come from one model, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from risk_api.ogc.processes.process import Process

#: Members of JSON Schema that OpenAPI 3.0 has under the same name; others are left out.
_KEPT: Final = (
    "type", "format", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems",
    "maxItems", "required", "description",
)  # fmt: skip
#: Input schemas nest a few levels; more would be a model that holds itself.
_DEEPEST: Final = 12


def input_schemas(process: Process, choices: Mapping[str, Sequence[Any]]) -> dict[str, dict[str, Any]]:
    """Return each input's ``schema``, ``minOccurs`` and ``maxOccurs``.

    Parameters
    ----------
    process : Process
    choices : mapping
        Values of an input that are taken, where they are few.
    """
    whole = process.inputs.model_json_schema()
    needed = whole.get("required", ())
    described: dict[str, dict[str, Any]] = {}
    for name, given in whole["properties"].items():
        schema = _plain(given, whole.get("$defs", {}))
        # An input that may be left out is left out; null is no way to say so.
        schema.pop("nullable", None)
        schema.pop("description", None)
        entry: dict[str, Any] = {"minOccurs": 1 if name in needed else 0, "maxOccurs": 1}
        if name in process.several:
            entry |= {"minOccurs": schema.get("minItems", 0) if name in needed else 0}
            entry |= {"maxOccurs": schema.get("maxItems", "unbounded")}
            schema = schema["items"]
        if name in choices:
            schema = {key: value for key, value in schema.items() if not key.startswith(("min", "max"))}
            schema["enum"] = list(choices[name])
        if given.get("default") is not None and name not in process.several:
            schema["default"] = given["default"]
        described[name] = {**entry, "schema": schema}
    return described


def _plain(schema: Mapping[str, Any], parts: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise ValueError("an input's model holds itself")
    if "$ref" in schema:
        named = parts[schema["$ref"].rpartition("/")[2]]
        return _plain({**named, **{key: schema[key] for key in schema if key != "$ref"}}, parts, depth + 1)
    if "anyOf" in schema:
        return _either(schema, parts, depth)
    plain = {key: schema[key] for key in _KEPT if key in schema}
    for bound in ("Minimum", "Maximum"):
        if f"exclusive{bound}" in schema:
            plain |= {bound.lower(): schema[f"exclusive{bound}"], f"exclusive{bound}": True}
    if "const" in schema:
        plain["enum"] = [schema["const"]]
    if "properties" in schema:
        plain["properties"] = {
            name: _plain(given, parts, depth + 1) for name, given in schema["properties"].items()
        }
    if isinstance(schema.get("additionalProperties"), Mapping):
        plain["additionalProperties"] = _plain(schema["additionalProperties"], parts, depth + 1)
    elif "additionalProperties" in schema:
        plain["additionalProperties"] = schema["additionalProperties"]
    if "maxProperties" in schema:
        plain["maxProperties"] = schema["maxProperties"]
    if "prefixItems" in schema:
        # Pairs of numbers: OpenAPI 3.0 has one schema for all entries.
        plain["items"] = _plain(schema["prefixItems"][0], parts, depth + 1)
    if "items" in schema:
        plain["items"] = _plain(schema["items"], parts, depth + 1)
    if schema.get("default") is not None:
        plain["default"] = schema["default"]
    return plain


def _either(schema: Mapping[str, Any], parts: Mapping[str, Any], depth: int) -> dict[str, Any]:
    kinds = [kind for kind in schema["anyOf"] if kind.get("type") != "null"]
    plain = _plain(kinds[0], parts, depth + 1)
    if len(kinds) > 1:
        plain = {"oneOf": [_plain(kind, parts, depth + 1) for kind in kinds]}
    if len(kinds) < len(schema["anyOf"]):
        plain["nullable"] = True
    if "description" in schema:
        plain["description"] = schema["description"]
    return plain
