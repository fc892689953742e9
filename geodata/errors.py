"""Errors of the ground: each says in one sentence what is wrong, where, and what would be allowed."""


class GeodataError(Exception):
    """Anything that the ground cannot answer."""


class RegionError(GeodataError):
    """A region that cannot be used as it is.

    Parameters
    ----------
    layer : str
        Layer of `region.toml`, or ``"region"`` for the file itself.
    file : str
        File that holds it.
    field : str
        Field or property at fault; empty for the whole file.
    message : str
        What is wrong, with the allowed values.
    """

    def __init__(self, layer: str, file: str, field: str, message: str) -> None:
        self.layer = layer
        self.file = file
        self.field = field
        self.message = message
        place = f"layer {layer!r}, file {file!r}" + (f", field {field!r}" if field else "")
        super().__init__(f"{place}: {message}")


class LayerMissing(RegionError):
    """A required layer, or the file of a named one, is not there."""


class LayerCorrupt(RegionError):
    """A file cannot be read, or is not the one that `region.toml` describes."""


class LayerInvalid(RegionError):
    """A file can be read, but what it says cannot be true."""


class UnknownRegion(GeodataError):
    """Neither an embedded region nor a folder with a `region.toml`."""


class GridError(GeodataError):
    """A raster that cannot be a grid: no CRS, cells not square, not north-up, empty."""


class OutsideRegion(GeodataError):
    """A point that lies off the grid."""


class UnknownCellSize(GeodataError):
    """A cell size that the terrain cannot be computed at."""


class UnknownRiver(GeodataError):
    """A river that the region does not have."""


class UnknownDam(GeodataError):
    """A dam that the region does not have."""


class DamDoesNotClose(GeodataError):
    """A dam whose crest cannot close its valley on this terrain: water would pass around it."""


class DamOffCourse(GeodataError):
    """A dam whose axis does not cross its river on this grid."""


class DamRefused(GeodataError):
    """A drawn or changed dam that cannot be built.

    Parameters
    ----------
    field : str
        What is wrong: the axis, the crest, the weir.
    reason : str
        Which rule it breaks, by a key.
    params : str
        Figures of the sentence that says so.

    Attributes
    ----------
    about : str
        Id of the dam, empty as long as only the one who asked knows which it is.
    """

    def __init__(self, field: str, reason: str, **params: str) -> None:
        self.field = field
        self.reason = reason
        self.params = params
        self.about = ""
        told = ", ".join(f"{name} {value}" for name, value in params.items())
        super().__init__(f"{field}: {reason.replace('_', ' ')}" + (f" ({told})" if told else ""))


class RecipeError(GeodataError):
    """A recipe from which no region can be built."""
