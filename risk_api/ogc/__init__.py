"""OGC API under ``/ogc``: Features with its parts 1, 2, 3 and 5, for clients that nobody here wrote."""
