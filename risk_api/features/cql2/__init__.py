"""CQL2 filters (OGC 21-065r2): text or JSON to a question that is put to a whole collection at once.

The text is read by the library ``cql2``; what an expression means is decided here, with the three values of
truth that the standard asks for: a comparison with nothing is neither true nor false.
"""

from risk_api.features.cql2.filter import LANGUAGES, Filter, parse_filter

__all__ = ["LANGUAGES", "Filter", "parse_filter"]
