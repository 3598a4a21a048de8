"""The `cercle` command."""
