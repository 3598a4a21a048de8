"""The `cercle` command. Each command is imported when it is called, so that none waits for another's libraries."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from cercle import __version__
from cercle.cli.problems import problem_of
from cercle.cli.terminal import Here, common, fail, language_of

# command: the file in this folder that holds it.
COMMANDS = {
    "up": "serving",
    "demo": "trying",
    "new": "people",
    "join": "people",
    "circles": "reading",
    "act": "acting",
    "show": "reading",
    "log": "reading",
    "verify": "verifying",
    "prove": "proving",
    "pack": "carrying",
    "unpack": "carrying",
    "sync": "syncing",
    "kit": "recovering",
    "recover": "recovering",
    "import": "carrying",
    "export": "carrying",
    "events": "acting",
    "backup": "keeping",
    "restore": "keeping",
    "mail": "mailing",
    "doctor": "keeping",
    "signin": "people",
    "token": "people",
    "service": "serving",
    "bench": "benching",
    "help": "acting",
}


class Commands(click.Group):
    """The commands in the order in which somebody meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = vars(import_module(f"cercle.cli.{COMMANDS[cmd_name]}")).values()
        return next(one for one in found if isinstance(one, click.Command) and one.name == cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@common
@click.version_option(__version__, prog_name="cercle")
def commands() -> None:
    """Run a household or a circle on a signed log of its own.

    CIRCLE is a circle's id, a beginning of it that no other has, or its name. The exit status is 0 when it was done, 1
    when it was refused or went wrong, 2 when the command was written wrongly. With --json, what a command gives
    stands on standard output, and what went wrong on standard error, as {"error": code, "reason": sentence}.
    """


def main(arguments: list[str] | None = None, prog_name: str = "cercle") -> None:
    """Runs one command and leaves with its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    here = Here(language=language_of(os.environ), is_json="--json" in given)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    status: Any = 1
    try:
        status = commands.main(given, prog_name, standalone_mode=False, obj=here) or 0
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        status = 2
    except click.UsageError as error:
        status = 2
        fail(here, "usage", error.format_message(), error.ctx.get_usage() if error.ctx else "")
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:
        # The reader has seen enough; what Python would still flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        problem = problem_of(error, here)
        if problem is None:
            raise
        status = problem.status
        fail(here, problem.code, problem.sentence)
    sys.exit(status)
