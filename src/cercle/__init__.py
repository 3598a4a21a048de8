"""Cercle: what a household or a circle shares, kept as one signed log on its own machine."""

__version__ = "0.2.0"
