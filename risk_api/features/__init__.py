"""Collections of features, whatever they hold and whoever asks: tables, selection, pages; no HTTP."""
