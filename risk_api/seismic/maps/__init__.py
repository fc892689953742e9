"""Maps of earthquakes kept on disk: shaking of scenarios, hazard on a grid, and their contours."""
