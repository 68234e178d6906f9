"""Stops an installation on a Python that the pinned packages do not support, or that cannot make environments."""

import importlib.util
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"The book needs Python 3.11, 3.12 or 3.13; {sys.executable} is {sys.version.split()[0]}. "
        "Name another one: make book PYTHON=python3.12"
    )
if importlib.util.find_spec("ensurepip") is None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.exit(f"This Python comes without its venv module. On Debian: apt install python{version}-venv")
