"""A year in the life of a family of five, the same for the same seed: to look around in, and what the pictures, the
journeys over every page and the measurements open."""
