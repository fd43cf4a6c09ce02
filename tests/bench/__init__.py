"""Measurements of speed, run by `./run bench`."""
