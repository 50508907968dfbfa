"""The command line: `python3 -m unbraid_training <command>`."""

from __future__ import annotations

import argparse
import sys

from . import commands, measuring
from .studies import commands as studies


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="unbraid_training", description="Trains Unbraid's models.")
    choices = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.register(choices)
    measuring.register(choices)
    studies.register(choices)
    options = parser.parse_args(arguments)
    return options.run(options) or 0


if __name__ == "__main__":
    sys.exit(main())
