"""What shaking does to buildings and to the people in them: two branches, always with a range."""
