"""`python -m lenet_utils.experiments list`, or `run NAME [--data NAME] [--seeds N] [--replace]`."""

import argparse
import sys

from lenet_utils.experiments import results
from lenet_utils.experiments.registry import find, modules, run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m lenet_utils.experiments", description="The named experiments of the book.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name them, with their data sets and seeds")
    one = commands.add_parser("run", help="run one and write its result")
    one.add_argument("name")
    one.add_argument("--data", help="another data set than the book's, such as mnist-5k")
    one.add_argument("--seeds", type=int, help="how many seeds, counted from 0")
    one.add_argument("--replace", action="store_true", help="even a stored result with more seeds")
    options = parser.parse_args(arguments)
    if options.command == "list":
        return show()
    try:
        print(run(options.name, options.data, options.seeds, replace=options.replace))
    except (ValueError, RuntimeError) as error:
        sys.exit(f"{error}")


def show() -> None:
    for name, experiment in ((name, find(name)) for name in modules()):
        state = "made" if name in results.paths() else "not made"
        print(f"{name:20} {experiment.data}, {experiment.seeds} seeds, {state}: {experiment.about}")


if __name__ == "__main__":
    main()
