"""权利救济：restoration, objection, remedy (chapter R5, G5)."""
