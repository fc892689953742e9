"""The canon of `dam_models.validation`, run and written down: a page with tables, and plots beside it."""
