"""Where a run comes from: PROV-JSON (W3C) and ISO 19115-1 lineage, both from its ``run.json``.

Sources are the layers of the region under their licences; the steps are the simulation, with its inputs and
the versions of what ran it, and the counting. But for the credits nothing is said that the run does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import Language, translate
from risk_api.serialise.plain import to_plain

if TYPE_CHECKING:
    from risk_api.runs import Run

Credits = Sequence[Mapping[str, str]]
#: Layers that a flow does not depend on; they enter with the counts.
_COUNTED: Final = ("districts", "exposure", "facilities")


def prov_json(run: Run, credits: Credits, base: str) -> dict[str, Any]:
    """Return a run's entities, activities and agents.

    Parameters
    ----------
    credits : sequence of mapping
        The region's: layer, text, licence, url.
    base : str
        Address of the service.
    """
    summary = run.summary
    lineage, inputs = summary["lineage"], summary["inputs"]
    raster = {f"run:{run.id}/{name}": asset for name, asset in summary["assets"].items()}
    region = f"sel:region/{lineage['region']}/{lineage['region_version']}"
    scenario = f"sel:scenario/{inputs['scenario']['id']}"
    layers = {f"{region}/{credit['layer']}": credit for credit in credits}
    activity, agent = f"sel:simulation/{run.id}", f"sel:software/{lineage['software']['selrisk']}"
    started, ended = _interval(summary)
    used = [region, scenario, *layers]
    return {
        "prefix": {
            "prov": "http://www.w3.org/ns/prov#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "dcterms": "http://purl.org/dc/terms/",
            "sel": f"{base}/v1/",
            "run": f"{base}/v1/runs/",
        },
        "entity": {
            f"run:{run.id}": {"prov:type": "prov:Collection", "dcterms:created": lineage["created"]},
            **{
                key: {"prov:type": "raster", "prov:value": asset.get("file:checksum", "")}
                for key, asset in raster.items()
            },
            region: {"dcterms:hasVersion": lineage["region_version"]},
            scenario: {"dcterms:description": _flat(inputs["scenario"])},
            **{
                key: {
                    "dcterms:bibliographicCitation": credit["text"],
                    "dcterms:license": credit["licence"],
                    **({"dcterms:source": credit["url"]} if "url" in credit else {}),
                }
                for key, credit in layers.items()
            },
        },
        "activity": {
            activity: {
                "prov:startTime": started,
                "prov:endTime": ended,
                "sel:engine_version": str(lineage["engine_version"]),
                "sel:scheme": lineage["scheme"],
                "sel:cell_size_m": inputs["cell_size_m"],
                "sel:duration_s": inputs["duration_s"],
                "sel:friction": _flat(inputs["friction"]),
                "sel:dams": _flat(inputs["dams"]),
            }
        },
        "agent": {
            agent: {
                "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
                **{f"sel:{name}": version for name, version in lineage["software"].items()},
            }
        },
        "used": {
            f"_:u{place}": {"prov:activity": activity, "prov:entity": key} for place, key in enumerate(used)
        },
        "wasGeneratedBy": {
            f"_:g{place}": {"prov:entity": key, "prov:activity": activity, "prov:time": ended}
            for place, key in enumerate([f"run:{run.id}", *raster])
        },
        "hadMember": {
            f"_:m{place}": {"prov:collection": f"run:{run.id}", "prov:entity": key}
            for place, key in enumerate(raster)
        },
        "wasDerivedFrom": {
            f"_:d{place}": {"prov:generatedEntity": f"run:{run.id}", "prov:usedEntity": key}
            for place, key in enumerate(used)
        },
        "wasAssociatedWith": {"_:a0": {"prov:activity": activity, "prov:agent": agent}},
        "wasAttributedTo": {"_:t0": {"prov:entity": f"run:{run.id}", "prov:agent": agent}},
    }


def iso19115_json(run: Run, credits: Credits, language: Language) -> dict[str, Any]:
    """Return a run's ``LI_Lineage``: sources, and two process steps with what each used."""
    summary = run.summary
    lineage, inputs = summary["lineage"], summary["inputs"]
    _, ended = _interval(summary)
    sources = {
        credit["layer"]: {
            "description": credit["layer"],
            "sourceCitation": {
                "title": credit["text"],
                **({"onlineResource": credit["url"]} if "url" in credit else {}),
            },
            "resourceConstraints": {"useLimitation": credit["licence"]},
        }
        for credit in credits
    }
    flow = [name for name in sources if name not in _COUNTED]
    software = ", ".join(f"{name} {version}" for name, version in lineage["software"].items())
    steps = (("simulated", flow), ("counted", [name for name in sources if name in _COUNTED]))
    return {
        "LI_Lineage": {
            "statement": translate(language, "stac.lineage.statement", run=run.id),
            "scope": {"level": "dataset"},
            "source": list(sources.values()),
            "processStep": [
                {
                    "description": translate(language, f"stac.lineage.{name}"),
                    "stepDateTime": ended,
                    "source": used,
                    "processingInformation": {
                        "identifier": run.id,
                        "softwareReference": software,
                        "procedureDescription": f"{lineage['scheme']}; engine {lineage['engine_version']}",
                        "runTimeParameters": to_plain(inputs) if name == "simulated" else {},
                    },
                }
                for name, used in steps
            ],
        }
    }


def _interval(summary: Mapping[str, Any]) -> tuple[str, str]:
    """Return when a run was begun and ended, to the second."""
    ended = datetime.fromisoformat(summary["lineage"]["created"])
    started = ended - timedelta(seconds=sum(summary.get("timings_s", {}).values()))
    return tuple(at.isoformat(timespec="seconds") for at in (started, ended))  # type: ignore[return-value]


def _flat(values: Any) -> str:
    """Return plain values as one text: PROV-JSON has attributes, not trees."""
    import json

    return json.dumps(values, ensure_ascii=False, sort_keys=True)
