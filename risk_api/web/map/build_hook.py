"""What hatchling runs before it packs: the map is bundled; whoever installs the wheel needs no Node."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MapBuildHook(BuildHookInterface[Any]):
    """Bundle the map; without Node or a registry say so and go on, unless the map is required."""

    def dependencies(self) -> list[str]:
        """Return what an isolated build needs besides hatchling: Node, where the machine has none."""
        bundle = self._bundle()
        return [] if bundle.is_current() or bundle.node_folder() is not None else [bundle.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle before the files are gathered."""
        bundle = self._bundle()
        try:
            bundle.build()
        except bundle.MapNotBuilt as error:
            if os.environ.get(bundle.REQUIRED) == "1":
                raise
            self.app.display_warning(f"The page will have its table but no map: {error}.")

    def _bundle(self) -> ModuleType:
        """Return `bundle.py`, loaded by its path: the package itself is not installed yet."""
        path = Path(self.root) / "risk_api" / "web" / "map" / "bundle.py"
        spec = importlib.util.spec_from_file_location("selrisk_map_bundle", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
