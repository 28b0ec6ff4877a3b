"""Stop with the cure where this Python cannot make the environment. Runs before anything is installed."""

import importlib.util
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"Yantra needs Python 3.11 to 3.13; this is {sys.version.split()[0]}.\n"
        "Name another one: make setup PYTHON=python3.11"
    )
if importlib.util.find_spec("ensurepip") is None:
    sys.exit("This Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv")
