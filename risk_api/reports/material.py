"""What every report of a scenario is made from: the answer of ``/v1/exposure``, and what was run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risk_api.footprint import footprint_features
from risk_api.i18n import Language
from risk_api.serialise.exposure import exposure_features, exposure_members

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.answers import Answers
    from risk_api.exposure import Comparison
    from risk_api.layers import LayerStore
    from risk_api.runs import RunStore
    from risk_api.serialise.features import Feature

#: Corners of outlines below this are cut: a page shows a kilometre in a few millimetres.
SMOOTHING_M = 30.0


@dataclass(frozen=True)
class Material:
    """One scenario under some strategies, in one language.

    Attributes
    ----------
    language : {"kk", "ru", "en"}
    features : list of Feature
        A district each, as `/v1/exposure` gives them.
    members : dict
        What the same answer says about the whole.
    footprints : dict
        By strategy the ground reached, a feature per class, strongest first.
    layers : mapping
        Features of the region by layer: districts, rivers, dams.
    """

    language: Language
    features: list[Feature]
    members: dict[str, Any]
    footprints: Mapping[str, list[Feature]]
    layers: Mapping[str, Sequence[Feature]]

    @property
    def scenario(self) -> str:
        """Id of the scenario."""
        return str(self.members["scenario"]["id"])

    @property
    def strategies(self) -> list[dict[str, Any]]:
        """The strategies in order: id, name, run, city, dams, states."""
        return list(self.members["strategies"])


def material(
    comparison: Comparison,
    answers: Answers,
    region: Region,
    layers: LayerStore,
    store: RunStore,
    language: Language,
) -> Material:
    """Return what the reports of a comparison are made from."""
    features = exposure_features(comparison, region, layers.layer("districts"), language)
    members = exposure_members(comparison, region, features, answers.inputs(comparison), language)
    by_run = {
        run_id: footprint_features(store.open(run_id), comparison.scheme, language, SMOOTHING_M)
        for run_id in dict.fromkeys(comparison.run_ids.values())
    }
    return Material(
        language=language,
        features=features,
        members=members,
        footprints={key: by_run[run_id] for key, run_id in comparison.run_ids.items()},
        layers={name: list(layers.layer(name).values()) for name in ("districts", "rivers", "dams")},
    )
