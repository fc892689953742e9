"""Earthquakes: ruptures, the ground's answer, and the shaking that follows. Arrays, no HTTP."""
