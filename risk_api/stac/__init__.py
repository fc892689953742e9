"""Finished runs for other catalogues: STAC, their lineage as PROV and ISO 19115, the data sets as RDLS."""
