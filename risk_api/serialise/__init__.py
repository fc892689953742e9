"""Answers as bytes: GeoJSON, tables, files for GIS."""
