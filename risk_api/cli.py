"""``selrisk``: serve, run, exposure, validate, region. Nothing heavy is imported until a command needs it."""

from __future__ import annotations

import contextlib
import sys
import threading
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from risk_api import __version__
from risk_api.command_line.options import (
    CellSizeOption,
    DataDirOption,
    FrequenciesOption,
    JsonOption,
    LanguageOption,
    MeasureOption,
    QualityOption,
    ReferenceOption,
    RegionOption,
    ScenariosOption,
    SchemeOption,
    StrategiesOption,
)

if TYPE_CHECKING:
    from types import FrameType

    from risk_api.settings import Settings

app = typer.Typer(
    name="selrisk",
    help="Which districts a mudflow reaches, how many people, how soon, and what the dams change.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
region_app = typer.Typer(help="The ground that is served: check it, or build it.", no_args_is_help=True)
app.add_typer(region_app, name="region")
dam_app = typer.Typer(help="What a dam would do if it were other than it is.", no_args_is_help=True)
app.add_typer(dam_app, name="dam")

#: How long connections may end by themselves when the service is stopped, s.
SHUTDOWN_WAIT_S = 3
#: Exit code where the server could not start, as uvicorn has it.
SERVER_FAILED = 3


class UsageError(Exception):
    """The command line asked for something that cannot be: shown without a traceback, exit code 2."""


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"selrisk {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take what all commands share."""


def load_settings(**given: Any) -> Settings:
    """Return the settings from the environment and the options.

    Raises
    ------
    UsageError
        Naming each field that is refused and where its value came from.
    """
    from pydantic import ValidationError

    from risk_api.settings import Settings

    chosen = {key: value for key, value in given.items() if value is not None}
    try:
        return Settings(**chosen)
    except ValidationError as error:
        lines = []
        for entry in error.errors():
            name = str(entry["loc"][0])
            origin = f"--{name.replace('_', '-')}" if name in chosen else f"RISK_{name.upper()}"
            # The address of a feed may hold a password or a key: what is printed goes to a log.
            got = "" if name == "cap_feed_url" else f" (got {entry['input']!r})"
            lines.append(f"{origin}: {entry['msg']}{got}")
        raise UsageError("; ".join(lines)) from None


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [env: RISK_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [env: RISK_PORT]")] = None,
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    workers: Annotated[int | None, typer.Option(help="Processes that compute runs.")] = None,
    precompute: Annotated[
        bool | None,
        typer.Option("--precompute/--no-precompute", help="Make the comparisons in the background at start."),
    ] = None,
) -> None:
    """Start the service."""
    settings = load_settings(
        host=host, port=port, region=region, data_dir=data_dir, workers=workers, precompute=precompute
    )
    import uvicorn

    from geodata import open_region
    from risk_api.app import create_app
    from risk_api.logs import configure_logging

    configure_logging(settings.log_level)
    # Opened here, not in the application's lifespan: a broken region is one sentence and no traceback.
    ground = open_region(settings.region)
    settings.runs_dir.mkdir(parents=True, exist_ok=True)
    typer.echo(f"selrisk {__version__}: http://{settings.host}:{settings.port}", err=True)
    stopping = threading.Event()

    class Server(uvicorn.Server):
        """Tells the application that it is to stop before it waits for the answers under way."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            stopping.set()
            super().handle_exit(sig, frame)

    server = Server(
        uvicorn.Config(
            create_app(settings, ground, stopping),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            # Whoever follows a job holds a connection open: without a limit Ctrl-C could wait for the run.
            timeout_graceful_shutdown=SHUTDOWN_WAIT_S,
        )
    )
    # Ctrl-C is how it is stopped: uvicorn raises it again once everything has ended.
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(SERVER_FAILED)


@app.command()
def run(
    scenario: Annotated[str, typer.Option(help="Id of a scenario.")],
    strategy: Annotated[str, typer.Option(help="Id of a strategy.")] = "no-dams",
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Make one run, or find it already made."""
    from risk_api.command_line import runs

    settings = load_settings(region=region, data_dir=data_dir)
    runs.run_command(settings, scenario, strategy, cell_size, quality, json_output)


@app.command()
def exposure(
    scenario: Annotated[str | None, typer.Option(help="Id of a scenario; default: the default one.")] = None,
    strategies: StrategiesOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD: the dams in the states of that day.")
    ] = None,
    scheme: SchemeOption = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Compare strategies district by district; runs that are missing are made first."""
    from risk_api.command_line import runs

    settings = load_settings(region=region, data_dir=data_dir)
    runs.exposure_command(
        settings, scenario, strategies, as_of, scheme, cell_size, quality, language, json_output
    )


@app.command()
def quake(
    scenario: Annotated[str | None, typer.Argument(help="Id of an earthquake, such as verny-1887.")] = None,
    annual: Annotated[
        bool, typer.Option("--annual", help="Losses in a year over all earthquakes, in place of one.")
    ] = False,
    magnitude: Annotated[float | None, typer.Option(help="Another magnitude than the scenario's.")] = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show damage and casualties of an earthquake by district, by two branches, with a band."""
    from risk_api.command_line.quake import annual_command, quake_command

    if annual == (scenario is not None):
        raise UsageError("quake: either an earthquake or --annual is needed")
    settings = load_settings(region=region)
    if scenario is None:
        annual_command(settings, language, json_output)
    else:
        quake_command(settings, scenario, magnitude, language, json_output)


@app.command()
def report(
    scenario: Annotated[str, typer.Argument(help="Id of a scenario.")],
    strategies: StrategiesOption = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; default: <scenario>-<lang>.<format>.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--format", help="pdf, xlsx, csv, gpkg, or zip: a bundle for offline use.")
    ] = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Write a scenario as a page, a workbook, a table, a GeoPackage or a bundle."""
    from risk_api.command_line import reports

    settings = load_settings(region=region, data_dir=data_dir)
    reports.report_command(settings, scenario, strategies, quality, cell_size, language, out, kind)


@app.command()
def validate(
    subset: Annotated[str, typer.Option(help="all, or ci: the quick forms that the tests run.")] = "all",
    out: Annotated[
        Path | None, typer.Option(help="Page to write; for all of it docs/validation.md by default.")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Measure the engine against exact solutions, laws and peers."""
    if subset not in ("all", "ci"):
        raise UsageError(f"--subset: allowed are all and ci (got {subset!r})")
    from risk_api.command_line import validation

    page = out or (Path("docs") / "validation.md" if subset == "all" else None)
    validation.validate_command(subset == "ci", page, json_output)


@app.command()
def hazard(
    district: Annotated[
        str | None,
        typer.Argument(help="Id of a district, default: all of them; grid: make the maps of 1 km cells."),
    ] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude of a point, with --lat.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude of a point, with --lon.")] = None,
    return_period: Annotated[str, typer.Option(help="Years, 50 to 5000, with commas between.")] = "475,2475",
    ground: Annotated[
        str | None, typer.Option(help="site (default): a proxy of the place's own; or rock.")
    ] = None,
    vs30: Annotated[float | None, typer.Option(help="vs30 in m/s, in place of --ground.")] = None,
    weights: Annotated[
        str | None, typer.Option(help="Shares of the models that sum to 1: ASK14:0.5,CY14:0.5.")
    ] = None,
    branches: Annotated[
        str | None, typer.Option(help="Shares of the branches that sum to 1: slip-1.15:0.7,areas:0.3.")
    ] = None,
    disaggregate: Annotated[
        float | None, typer.Option(help="A return period: from which earthquakes its level comes.")
    ] = None,
    measure: Annotated[str | None, typer.Option(help="What is disaggregated; default: pga_g.")] = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Say which shaking is exceeded how often, by district or at a point."""
    from risk_api.command_line import hazard as command
    from risk_api.parameters import parse_numbers, parse_pairs

    settings = load_settings(region=region, data_dir=data_dir)
    if district == "grid":
        command.grid_command(settings, ground or "rock", json_output)
        return
    command.hazard_command(
        settings,
        district,
        command.point_of(lon, lat),
        language,
        json_output,
        return_periods=parse_numbers("return_period", return_period),
        ground=ground,
        vs30_m_s=vs30,
        weights=parse_pairs("weights", weights) if weights is not None else None,
        branches=parse_pairs("branches", branches) if branches is not None else None,
        disaggregate=disaggregate,
        measure=measure,
    )


@app.command()
def chain(
    scenario: Annotated[str, typer.Argument(help="Id of an earthquake.")] = "verny-1887",
    month: Annotated[int, typer.Option(help="Month of the earthquake, 1 to 12.")] = 7,
    magnitude: Annotated[float | None, typer.Option(help="Another magnitude than the scenario's.")] = None,
    strategies: Annotated[
        str | None, typer.Option(help="Strategies; benefits are counted against the first.")
    ] = None,
    mudflows: Annotated[
        str | None, typer.Option(help="Lake outbursts, one a river; default: the largest of each.")
    ] = None,
    links: Annotated[
        str | None, typer.Option(help="Probabilities that are set: piping:0.02,season:1.")
    ] = None,
    off: Annotated[
        str | None, typer.Option(help="Links switched off; dam_shaking leaves the dams sound.")
    ] = None,
    lake_state: Annotated[
        str | None, typer.Option(help="unknown (default: a band), lowered, normal or high.")
    ] = None,
    levels: Annotated[
        str | None, typer.Option(help="Harm to the dams: mid (default), or low,mid,high for a band.")
    ] = None,
    measure: Annotated[str | None, typer.Option(help="affected (default) or exposed.")] = None,
    scheme: SchemeOption = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Follow an earthquake to slopes, lakes and dams, and to what then flows; missing runs are made first."""
    from risk_api.command_line import chain as command
    from risk_api.parameters import parse_list, parse_pairs

    command.chain_command(
        load_settings(region=region, data_dir=data_dir),
        language,
        json_output,
        earthquake=scenario,
        magnitude=magnitude,
        month=month,
        strategies=parse_list("strategies", strategies, ()),
        mudflows=parse_list("mudflows", mudflows, ()),
        links=parse_pairs("links", links),
        off=parse_list("off", off, ()),
        lake_state=lake_state,
        levels=parse_list("levels", levels, ()),
        measure=measure,
        scheme=scheme,
        cell_size_m=cell_size,
        quality=quality,
    )


@dam_app.command("size")
def dam_size(
    dam: Annotated[str, typer.Argument(help="Id of a dam on the scenario's way.")],
    scenario: Annotated[str, typer.Option(help="Id of a scenario.")],
    affected_below: Annotated[
        float, typer.Option(help="People in a class of at least medium intensity: fewer than this.")
    ],
    strategy: Annotated[
        str | None, typer.Option(help="What else stands; default: the first strategy with this dam.")
    ] = None,
    district: Annotated[str | None, typer.Option(help="Count one district; default: all.")] = None,
    scheme: SchemeOption = None,
    by: Annotated[
        str | None, typer.Option(help="height (default) or capacity: what the answer is about.")
    ] = None,
    lowest_m: Annotated[
        float | None, typer.Option("--lowest", help="Lowest height above the river bed to look at, m.")
    ] = None,
    tallest_m: Annotated[float | None, typer.Option("--tallest", help="Tallest height, m.")] = None,
    smallest_m3: Annotated[
        float | None, typer.Option("--smallest", help="By capacity: the smallest to look at, m3.")
    ] = None,
    largest_m3: Annotated[
        float | None, typer.Option("--largest", help="By capacity: the largest to look at, m3.")
    ] = None,
    cost_per_m3: Annotated[float | None, typer.Option(help="Cost of a m3 of capacity.")] = None,
    currency: Annotated[str | None, typer.Option(help="Currency of that cost; default KZT.")] = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Find the smallest crest, or capacity, that keeps the affected below a number: at most eight runs."""
    from risk_api.command_line import dam_sizes

    dam_sizes.size_command(
        load_settings(region=region, data_dir=data_dir),
        dam,
        scenario,
        affected_below,
        language,
        json_output,
        strategy=strategy,
        district=district,
        scheme=scheme,
        by=by,
        lowest_m=lowest_m,
        tallest_m=tallest_m,
        smallest_m3=smallest_m3,
        largest_m3=largest_m3,
        cost_per_m3=cost_per_m3,
        currency=currency,
        cell_size_m=cell_size,
        quality=quality,
    )


@dam_app.command("try")
def dam_try(
    scenario: Annotated[str, typer.Option(help="Id of a scenario.")],
    axis: Annotated[
        str, typer.Option(help="The wall from one valley side to the other: lon,lat,lon,lat and so on.")
    ],
    height: Annotated[float | None, typer.Option(help="Height above the river bed, m, 250 at most.")] = None,
    crest: Annotated[
        float | None, typer.Option(help="Elevation of the crest, m, in place of --height.")
    ] = None,
    opening: Annotated[
        list[str] | None,
        typer.Option(
            help="area, or area,height of its bottom above the bed; m2 and m. Give it several times."
        ),
    ] = None,
    weir: Annotated[str | None, typer.Option(help="width,drop below the crest, m.")] = None,
    state: Annotated[
        str,
        typer.Option(
            help="in service, unfinished=SHARE, clogged[=SHARE], silted=M3, damaged=M, breached=SHARE,WIDTH."
        ),
    ] = "in service",
    clogs: Annotated[
        str | None, typer.Option(help="Openings clog: largest share, and m3 of solids per m2 for half of it.")
    ] = None,
    gate: Annotated[
        str | None,
        typer.Option(
            help="Openings have a gate: seconds,share open,seconds,share and so on from the release."
        ),
    ] = None,
    siphon: Annotated[
        list[str] | None,
        typer.Option(
            help="area,outlet,priming,breaking level: m2, and m above the bed. Give it several times."
        ),
    ] = None,
    breach: Annotated[
        str | None,
        typer.Option(help="The dam may fail: overtopping, or piping=HEIGHT[,DIAMETER] of the pipe."),
    ] = None,
    soil: Annotated[
        str | None, typer.Option(help="Of a fill that may fail: dumped gravel, compacted clay and so on.")
    ] = None,
    erodible: Annotated[str | None, typer.Option(help="low, mid or high end of the soil.")] = None,
    crest_width: Annotated[float | None, typer.Option(help="Thickness of the fill at its crest, m.")] = None,
    slopes: Annotated[
        str | None, typer.Option(help="Upstream and downstream slope of the fill, horizontal over vertical.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Id of the dam: small letters, digits, hyphens.")] = None,
    strategy: Annotated[
        str | None, typer.Option(help="The other dams; default: as they stand today.")
    ] = None,
    svg: Annotated[Path | None, typer.Option(help="File for the drawing of the storage curve.")] = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Draw a dam and see what it holds and what it changes, district by district."""
    from risk_api.command_line import dam_try as command

    settings = load_settings(region=region, data_dir=data_dir)
    failing = command.breach_of(breach, soil, erodible, crest_width, slopes)
    dam = command.own_dam(
        axis, height, crest, opening or [], weir, state, name, clogs, failing, gate, siphon or ()
    )
    asked = {"scenario": scenario, "strategy": strategy, "dams": [dam], "cell_size_m": cell_size}
    asked |= {"quality": quality} if quality is not None else {}
    command.dam_try_command(settings, asked, svg, language, json_output)


@dam_app.command("shake")
def dam_shake(
    dam: Annotated[str, typer.Argument(help="Id of a dam.")],
    pga: Annotated[float, typer.Option(help="Peak ground acceleration at the dam, g.")],
    magnitude: Annotated[float, typer.Option(help="Magnitude of the earthquake.")],
    strategy: Annotated[
        str | None,
        typer.Option(help="How it stood before; default: as today; on:YYYY-MM-DD is a day's dams."),
    ] = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show what an earthquake leaves of a dam: crest, openings, capacity; low, middle and high."""
    from risk_api.command_line import dam_shake as command

    settings = load_settings(region=region)
    command.shake_command(settings, dam, pga, magnitude, strategy, language, json_output)


@dam_app.command("rank")
def dam_rank(
    dams: Annotated[str | None, typer.Option(help="Up to six, with commas between.")] = None,
    by: Annotated[str, typer.Option(help="benefit, or cost: benefit per published cost.")] = "benefit",
    scenarios: ScenariosOption = None,
    reference: ReferenceOption = None,
    frequencies: FrequenciesOption = None,
    measure: MeasureOption = None,
    scheme: SchemeOption = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Say which of several dams first: what each adds in a year to those before it."""
    from risk_api.command_line import dam_benefits

    dam_benefits.rank_command(
        load_settings(region=region, data_dir=data_dir),
        dams,
        by,
        language,
        json_output,
        scenarios=scenarios,
        reference=reference,
        frequencies=frequencies,
        measure=measure,
        scheme=scheme,
        cell_size_m=cell_size,
        quality=quality,
    )


@dam_app.command("benefit")
def dam_benefit(
    strategies: Annotated[
        str | None, typer.Option(help="Strategies to judge, with commas between; default: all.")
    ] = None,
    scenarios: ScenariosOption = None,
    reference: ReferenceOption = None,
    frequencies: FrequenciesOption = None,
    measure: MeasureOption = None,
    scheme: SchemeOption = None,
    discount_rates: Annotated[
        str | None, typer.Option(help="Shares a year, with commas between; default: 0.02,0.05,0.1.")
    ] = None,
    horizon_years: Annotated[float | None, typer.Option(help="Years that count; default: 80.")] = None,
    upkeep_share_per_year: Annotated[
        float | None, typer.Option("--upkeep", help="Yearly upkeep as a share of the cost; default: none.")
    ] = None,
    value_per_avoided_person: Annotated[
        float | None, typer.Option(help="What one avoided exposure is worth to you; no default.")
    ] = None,
    cell_size: CellSizeOption = None,
    quality: QualityOption = None,
    language: LanguageOption = "en",
    region: RegionOption = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Say what sets of dams avoid in a year, what they leave, and whom they harm, by district."""
    from risk_api.command_line import dam_benefits

    dam_benefits.benefit_command(
        load_settings(region=region, data_dir=data_dir),
        strategies,
        language,
        json_output,
        scenarios=scenarios,
        reference=reference,
        frequencies=frequencies,
        measure=measure,
        scheme=scheme,
        discount_rates=discount_rates,
        horizon_years=horizon_years,
        upkeep_share_per_year=upkeep_share_per_year,
        value_per_avoided_person=value_per_avoided_person,
        cell_size_m=cell_size,
        quality=quality,
    )


@region_app.command("check")
def region_check(
    source: Annotated[str | None, typer.Argument(help="almaty, or a folder with region.toml.")] = None,
    json_output: JsonOption = False,
) -> None:
    """Open a region, check every layer, and say what it holds."""
    from risk_api.command_line import regions

    regions.check_command(source or load_settings().region, json_output)


@region_app.command("build")
def region_build(
    recipe: Annotated[Path, typer.Argument(help="Recipe file of the region.", exists=True)],
    target: Annotated[Path, typer.Argument(help="Folder to write the region into.")],
    json_output: JsonOption = False,
) -> None:
    """Build a region folder from its sources."""
    from risk_api.command_line import regions

    regions.build_command(recipe, target, json_output)


def main() -> None:
    """Run the command line: known errors are one sentence on stderr and exit code 2 or 1."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        sys.stderr.write(f"selrisk: {_told(error)}\n")
        sys.exit(code)


def _told(error: Exception) -> str:
    """Return an error's sentence in the language that the command was asked to speak."""
    from risk_api.errors import RiskError
    from risk_api.i18n import LANGUAGES

    words = sys.argv[1:]
    pairs = [word.split("=", 1) for word in words if word.startswith("--lang=")]
    pairs += [[word, after] for word, after in pairwise(words) if word == "--lang"]
    asked = pairs[-1][1] if pairs else "en"
    if not isinstance(error, RiskError) or asked not in LANGUAGES or asked == "en":
        return str(error)
    from risk_api.problems import describe

    return describe(error, asked)[1]


def exit_code(error: Exception) -> int | None:
    """Return 2 for what the caller can mend, 1 for a failed computation, None for a bug."""
    from dam_models import FlowError, RunTooLarge
    from geodata import GeodataError
    from risk_api.errors import RiskError

    if isinstance(error, (UsageError, GeodataError, RunTooLarge)):
        return 2
    if isinstance(error, FlowError):
        return 1
    if isinstance(error, RiskError):
        return 2 if error.status < 500 else 1
    if isinstance(error, OSError):
        return 1
    return None
