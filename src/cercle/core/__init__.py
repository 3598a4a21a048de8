"""The pure heart of Cercle: entries, their order and their fold. No I/O, no clock, no random, no framework."""
