"""`python -m cercle` is the `cercle` command."""

from cercle.cli.main import main

main(prog_name="cercle")
