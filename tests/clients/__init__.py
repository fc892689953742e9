"""Programs that nobody here wrote, reading a served instance on loopback."""
