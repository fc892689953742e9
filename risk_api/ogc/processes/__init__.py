"""OGC API Processes 1.0 under ``/ogc``: what the service can work out, as processes with jobs."""
