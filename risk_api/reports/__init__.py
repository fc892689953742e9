"""Reports to carry away: one A4 page, a workbook, a GeoPackage, and a bundle that needs no network.

They are made from the documents that the API answers with, so that no number can differ from it.
"""
