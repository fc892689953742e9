"""Runs in the Python that has QGIS: the code of a file, as QGIS's console would, without a screen.

Called as ``python3 in_qgis.py CODE TOLD``: what the code tells is written to TOLD as JSON.
"""

import json
import os
import sys
import traceback
from pathlib import Path

import qgis.core
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

TOLD = {}


def tell(**values):
    """Give values back to the test."""
    TOLD.update(values)


def render(layers, path, extent=None):
    """Draw layers in EPSG:3857, the first on top, by QGIS's own renderer, which waits for tiles."""
    settings = qgis.core.QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(qgis.core.QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setOutputSize(QSize(600, 400))
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(settings.fullExtent() if extent is None else extent)
    job = qgis.core.QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert job.renderedImage().save(path)


def main():
    code, told = (Path(argument) for argument in sys.argv[1:])
    application = qgis.core.QgsApplication([], False)
    application.initQgis()
    status = 0
    try:
        names = {**vars(qgis.core), "iface": None, "tell": tell, "render": render}
        exec(compile(code.read_text(encoding="utf-8"), str(code), "exec"), names)
        told.write_text(json.dumps(TOLD), encoding="utf-8")
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # Leaving QGIS 3.22 the ordinary way crashes after everything is done.
    os._exit(status)


main()
