"""The process that makes hazard grids in the background, so that the service's answers do not wait for it."""

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

NICENESS = 15
"""The grids give way to answers and to runs."""


def work(pipe: Connection, region_source: str, folder: str, grounds: tuple[str, ...]) -> None:
    """Make the grids of some grounds, one after the other.

    Messages sent: ("progress", ground, share), then ("made", ground), or ("failed", ground, reason).
    """
    # The service decides when this ends; a Ctrl-C on the terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    # Before NumPy is loaded: a second thread would only take the processor from somebody else.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    from geodata import open_region
    from risk_api.seismic.maps.hazard_grid import make_grid
    from risk_api.seismic.maps.raster_set import RasterSets
    from risk_api.seismic.region_vs30 import RegionVs30

    sets = RasterSets(Path(folder))
    sets.clear_abandoned()
    for ground in grounds:
        try:
            region = open_region(region_source)

            def told(share: float, _message: str, ground: str = ground) -> None:
                pipe.send(("progress", ground, share))

            make_grid(region, sets, ground, RegionVs30(region), told)
        except BrokenPipeError:
            # The service is gone.
            return
        except Exception as error:
            pipe.send(("failed", ground, f"{type(error).__name__}: {error}"))
        else:
            pipe.send(("made", ground))
