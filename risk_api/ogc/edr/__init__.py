"""OGC API Environmental Data Retrieval 1.1 under ``/ogc``: what hits this point, and this place."""
