"""What can go wrong between a question and its answer, and the HTTP status each case carries.

The tree::

    RiskError
    ├── UnknownName                 a name that the region or the service does not have
    │   ├── UnknownScenario
    │   ├── UnknownStrategy
    │   ├── UnknownDistrict
    │   ├── UnknownDam
    │   ├── UnknownScheme
    │   ├── UnknownFeature
    │   ├── UnknownLayer
    │   ├── UnknownRun
    │   ├── UnknownSimulation
    │   ├── UnknownCollection
    │   ├── UnknownAlert
    │   ├── UnknownProcess
    │   └── UnknownJob
    │       └── NoSuchJob           the same, as OGC API Processes names it
    ├── BadParameter                a value that is not of the form asked for
    │   ├── UnknownParameter
    │   ├── BadFilter               a filter that cannot be read or does not fit the collection
    │   └── ImpossibleDam           a dam that cannot be built as it was asked for
    ├── NothingReached              a warning was asked for where nothing is reached
    ├── NotAuthenticated            who asks has not shown who it is
    ├── OutsideRegion
    ├── TileOutside                 a tile that the matrix or the tile set does not have
    ├── NotAcceptable
    ├── RouteNotFound
    ├── MethodNotAllowed
    ├── JobEnded
    ├── ResultNotReady
    ├── ProcessFailed
    ├── JobDismissed
    ├── UnsupportedMediaType
    ├── RangeNotSatisfiable
    ├── BodyTooLarge
    ├── RunsMissing                 becomes 202 and a job, never an error for the caller
    ├── RunFailed
    │   └── RunRefused              it would pass a limit of memory or steps
    ├── TooManyRuns
    ├── HazardGridFailed            it is tried again after Retry-After
    └── InternalError

An error is data before it is text: a code, the parameters of its sentence and the field it speaks
of. ``str(error)`` is the English sentence (for logs and the command line); the HTTP handler renders
the same code in the language of the request from ``risk_api/i18n``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from risk_api.i18n import Language
    from risk_api.runs import RunSpec


#: Where OGC API Processes has its kinds of error (18-062r2).
OGC_PROCESSES = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"


@dataclass(frozen=True)
class FieldError:
    """One offending field: where it stands, what is wrong with it, what would be accepted.

    `band` is the lowest and highest value accepted; a field that has one is described by it in any language.
    `position` is the character of the value where the trouble stands, the first being 1.
    """

    field: str
    detail: str
    allowed: tuple[str, ...] = ()
    band: tuple[str, str] | None = None
    position: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the member of a problem's ``errors`` array."""
        entry: dict[str, Any] = {"field": self.field, "detail": self.detail}
        if self.allowed:
            entry["allowed"] = list(self.allowed)
        if self.position is not None:
            entry["position"] = self.position
        return entry


class RiskError(Exception):
    """The root: everything the service says no with."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "The request could not be answered"
    template: ClassVar[str] = "{reason}"
    #: What ``type`` says where a standard has a name for it; else it is the page under ``/v1/problems``.
    uri: ClassVar[str | None] = None
    status: int = 500

    def __init__(
        self,
        *,
        fields: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **params: str,
    ) -> None:
        self.params = params
        self.fields = tuple(fields)
        self.headers = dict(headers or {})
        super().__init__(self.template.format(**params))


class UnknownName(RiskError):
    """A name was asked for that does not exist; the message lists those that do."""

    code = "unknown_name"
    title = "Unknown name"
    template = "There is no {noun} {name!r}; allowed: {allowed}."
    field: ClassVar[str] = "name"
    noun: ClassVar[str] = "name"
    status = 400

    def __init__(self, name: str, allowed: Iterable[str] = (), *, in_path: bool = False) -> None:
        self.name = name
        self.allowed = tuple(allowed)
        listed = ", ".join(self.allowed) if self.allowed else "-"
        # A long or hostile name is shown shortened: it is echoed into logs and pages.
        shown = name if len(name) <= 80 else name[:77] + "..."
        super().__init__(name=shown, allowed=listed, noun=self.noun)
        self.fields = (FieldError(self.field, str(self), self.allowed),)
        if in_path:
            # In a path the resource itself does not exist; in a query only the value is wrong.
            self.status = 404


class UnknownScenario(UnknownName):
    """The region has no such scenario."""

    code = "unknown_scenario"
    title = "Unknown scenario"
    field = "scenario"
    noun = "scenario"


class UnknownStrategy(UnknownName):
    """The region has no such set of dam states."""

    code = "unknown_strategy"
    title = "Unknown strategy"
    field = "strategies"
    noun = "strategy"


class UnknownDistrict(UnknownName):
    """The region has no such district."""

    code = "unknown_district"
    title = "Unknown district"
    field = "district"
    noun = "district"
    status = 404


class UnknownDam(UnknownName):
    """The region has no such dam."""

    code = "unknown_dam"
    title = "Unknown dam"
    field = "dam"
    noun = "dam"


class UnknownScheme(UnknownName):
    """No hazard class scheme has this name."""

    code = "unknown_scheme"
    title = "Unknown class scheme"
    field = "scheme"
    noun = "class scheme"


class UnknownFeature(UnknownName):
    """The layer has no such feature."""

    code = "unknown_feature"
    title = "Unknown feature"
    field = "id"
    noun = "feature"
    status = 404


class UnknownLayer(UnknownName):
    """A run has no such raster layer."""

    code = "unknown_layer"
    title = "Unknown raster layer"
    field = "layer"
    noun = "raster layer"
    status = 404


class UnknownRun(UnknownName):
    """No finished run has this id."""

    code = "unknown_run"
    title = "Unknown run"
    template = "There is no finished run {name!r}."
    field = "run"
    noun = "run"
    status = 404


class UnknownSimulation(UnknownName):
    """No finished simulation has this id."""

    code = "unknown_simulation"
    title = "Unknown simulation"
    template = "There is no finished simulation {name!r}."
    field = "simulation"
    noun = "simulation"
    status = 404


class UnknownCollection(UnknownName):
    """No collection has this id: there never was one, or what it was made from is gone."""

    code = "unknown_collection"
    title = "Unknown collection"
    template = "There is no collection {name!r}; /ogc/collections lists those there are."
    field = "collection"
    noun = "collection"
    status = 404


class UnknownJob(UnknownName):
    """No job has this id."""

    code = "unknown_job"
    title = "Unknown job"
    template = "There is no job {name!r}."
    field = "job"
    noun = "job"
    status = 404


class UnknownProcess(UnknownName):
    """No process has this id."""

    code = "unknown_process"
    title = "Unknown process"
    uri = f"{OGC_PROCESSES}/no-such-process"
    field = "process"
    noun = "process"
    status = 404


class NoSuchJob(UnknownJob):
    """No job of a process has this id: it never had, it was dismissed, or it is long over."""

    code = "no_such_job"
    uri = f"{OGC_PROCESSES}/no-such-job"


class BadParameter(RiskError):
    """A parameter is not of the form asked for."""

    code = "bad_parameter"
    title = "Bad parameter"
    template = "Parameter {field!r}: {reason}."
    status = 400

    def __init__(
        self,
        field: str,
        reason: str,
        allowed: Iterable[str] = (),
        *,
        reason_key: str | None = None,
        **reason_params: str,
    ) -> None:
        # The reason is English; a key makes it speak the reader's language (error.reason.<key>).
        self.field = field
        self.allowed = tuple(allowed)
        self.reason_key = reason_key
        self.reason_params = reason_params
        super().__init__(field=field, reason=reason)
        self.fields = (FieldError(field, reason, self.allowed),)


class UnknownParameter(BadParameter):
    """A query parameter that this path does not know, refused so that a typing error is not lost."""

    code = "unknown_parameter"
    title = "Unknown query parameter"
    template = "Query parameter {field!r} is not known here: {reason}."

    def __init__(self, field: str, allowed: Iterable[str]) -> None:
        names = tuple(allowed)
        listed = ", ".join(names) or "-"
        super().__init__(field, f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed)


class ImpossibleDam(BadParameter):
    """A dam cannot be built as it was asked for, or would change nothing."""

    code = "impossible_dam"
    title = "No such dam can be built"
    template = "This dam cannot be built ({field}): {reason}."


class BadFilter(BadParameter):
    """A filter cannot be read, or asks of a collection what it does not have."""

    code = "bad_filter"
    title = "Bad filter"
    template = "Parameter {field!r}: {reason}."

    def __init__(
        self,
        reason: str,
        reason_key: str,
        allowed: Iterable[str] = (),
        position: int | None = None,
        **reason_params: str,
    ) -> None:
        super().__init__("filter", reason, allowed, reason_key=reason_key, **reason_params)
        self.fields = (FieldError("filter", reason, self.allowed, position=position),)


class UnknownAlert(UnknownName):
    """No issued warning has this identifier."""

    code = "unknown_alert"
    title = "Unknown warning"
    template = "There is no issued warning {name!r}."
    field = "alert"
    noun = "warning"
    status = 404


class NothingReached(RiskError):
    """A warning was asked for, but the flow reaches no district."""

    code = "nothing_reached"
    title = "Nothing to warn of"
    template = "In scenario {scenario} with strategy {strategy} the flow reaches no district."
    status = 404


class NotAuthenticated(RiskError):
    """Only senders that are set up may issue warnings."""

    code = "not_authenticated"
    title = "Who is sending?"
    template = "A sender's token is needed: Authorization: Bearer <token>."
    status = 401


class OutsideRegion(RiskError):
    """The point lies outside the region that is served."""

    code = "outside_region"
    title = "Outside the region"
    template = (
        "The point {lon}, {lat} lies outside the region, which covers "
        "lon {west} to {east}, lat {south} to {north}."
    )
    status = 404

    def __init__(self, lon: float, lat: float, bounds_lonlat: tuple[float, float, float, float]) -> None:
        west, south, east, north = (f"{bound:.4f}" for bound in bounds_lonlat)
        super().__init__(lon=str(lon), lat=str(lat), west=west, south=south, east=east, north=north)
        self.fields = (
            FieldError("lon", f"allowed {west} to {east}", band=(west, east)),
            FieldError("lat", f"allowed {south} to {north}", band=(south, north)),
        )


class TileOutside(RiskError):
    """The tile matrix or the tile set has no such tile."""

    code = "tile_outside"
    title = "No such tile"
    template = (
        "There is no tile {tile}: this set has zooms {lowest} to {highest}, "
        "and zoom z has columns and rows from 0 to 2^z - 1."
    )
    status = 404

    def __init__(self, tile: Sequence[int], lowest: int, highest: int, field: str = "z") -> None:
        super().__init__(tile="/".join(map(str, tile)), lowest=str(lowest), highest=str(highest))
        self.fields = (FieldError(field, str(self)),)


class NotAcceptable(RiskError):
    """The answer does not exist in the format asked for."""

    code = "not_acceptable"
    title = "Format not available"
    template = "Format {format!r} is not available here; allowed: {allowed}."
    status = 406

    def __init__(self, format: str, allowed: Iterable[str]) -> None:
        names = tuple(allowed)
        super().__init__(format=format, allowed=", ".join(names))
        self.fields = (FieldError("f", f"{format!r} is not available", names),)


class RouteNotFound(RiskError):
    """No resource stands at this path."""

    code = "route_not_found"
    title = "Not found"
    template = "There is nothing at {path}; /docs lists what there is."
    status = 404


class MethodNotAllowed(RiskError):
    """The resource exists but does not take this method."""

    code = "method_not_allowed"
    title = "Method not allowed"
    template = "{method} is not possible here; allowed: {allowed}."
    status = 405


class JobEnded(RiskError):
    """The job has ended and cannot be stopped any more."""

    code = "job_ended"
    title = "The job has ended"
    template = "The job has already ended: {status_text}."
    status = 409

    def __init__(self, status: str) -> None:
        super().__init__(status_text=status)


class ResultNotReady(RiskError):
    """The job has no results yet."""

    code = "result_not_ready"
    title = "No results yet"
    template = "The job has not ended yet; ask for its results again later."
    uri = f"{OGC_PROCESSES}/result-not-ready"
    status = 404


class ProcessFailed(RiskError):
    """The job of a process has failed and has no results."""

    code = "process_failed"
    title = "The process failed"
    template = "The process failed. {reason}"

    def __init__(self, status: int, reasons: Mapping[Language, str]) -> None:
        # By language: the job may be older than this process of the service, and its error gone.
        self.reasons = reasons
        super().__init__(reason=reasons["en"])
        self.status = status


class JobDismissed(RiskError):
    """The job was dismissed and has no results."""

    code = "job_dismissed"
    title = "The job was dismissed"
    template = "The job was dismissed and has no results."
    status = 410


class UnsupportedMediaType(RiskError):
    """The body is of a type that is not read here."""

    code = "unsupported_media_type"
    title = "Media type not supported"
    template = "A body of the type {media_type!r} is not read here; allowed: {allowed}."
    status = 415

    def __init__(self, media_type: str, allowed: Iterable[str]) -> None:
        names = tuple(allowed)
        super().__init__(media_type=media_type, allowed=", ".join(names))
        self.fields = (FieldError("Content-Type", f"{media_type!r} is not read", names),)


class RangeNotSatisfiable(RiskError):
    """The byte range asked for lies outside the file."""

    code = "range_not_satisfiable"
    title = "Range not satisfiable"
    template = "The byte range {range!r} lies outside the file of {size} bytes."
    status = 416


class BodyTooLarge(RiskError):
    """The request carries more bytes than the service reads."""

    code = "body_too_large"
    title = "Request body too large"
    template = "The request body is larger than the {limit} bytes that are accepted."
    status = 413


class RunsMissing(RiskError):
    """The runs that the answer is made of are not computed yet."""

    code = "runs_missing"
    title = "Not computed yet"
    template = "{count} of the runs that this answer needs are not computed yet."
    status = 202

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        self.specs = tuple(specs)
        super().__init__(count=str(len(self.specs)))


class RunFailed(RiskError):
    """A run could not be computed."""

    code = "run_failed"
    title = "The computation failed"
    template = "The run could not be computed: {reason}."
    status = 500

    def __init__(
        self, reason: str, *, reason_key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        # The reason never holds the text of an exception: paths and inside names stay in the log.
        self.reason_key = reason_key
        self.reason_params: dict[str, str] = {}
        super().__init__(reason=reason, headers=headers)


class RunRefused(RunFailed):
    """A run would need more memory or steps than one run may take; it is not started."""

    code = "run_too_large"
    title = "The run would be too large"
    template = "The run is not started: {reason}."
    status = 400


class TooManyRuns(RiskError):
    """So many runs wait already that no more are queued for now."""

    code = "too_many_runs"
    title = "Too many runs are waiting"
    template = "{queued} runs wait or are being computed, and at most {limit} may; ask again later."
    status = 503


class HazardGridFailed(RiskError):
    """The grid of hazard could not be made a moment ago."""

    code = "hazard_grid_failed"
    title = "The hazard grid could not be made"
    template = (
        "The hazard grid ({ground}) could not be made; the log of the service says why. A request after "
        "{minutes} min begins it again. Districts and points are computed all the same."
    )
    status = 503


class InternalError(RiskError):
    """A fault of the service itself; the log holds the rest under the request id."""

    code = "internal"
    title = "Internal error"
    template = "The service failed on this request; the log has the details under the request id."
    status = 500


def as_bad_request(error: RiskError) -> RiskError:
    """Return an error of what stood in a body: a name there that nothing has is no missing page, but 400."""
    if error.status == 404:
        error.status = 400
    return error
