"""The `cercle` command and its version."""

import click

from cercle import __version__


@click.group()
@click.version_option(__version__, prog_name="cercle")
def main() -> None:
    """Run a household or a circle on a signed log of its own."""
