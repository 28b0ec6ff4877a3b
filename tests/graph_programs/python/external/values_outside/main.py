import os
from pathlib import Path


def read(path: Path, text: str):
    path.read_text().strip()
    text.upper().split(",")
    for line in open(path):
        line.strip()
    os.getcwd().lower()
    return text.title()


class Row:
    def strip(self):
        return 1


try:
    read(1, 2)
except AttributeError:
    pass
try:
    os.environ.get("a").strip()
except AttributeError:
    pass
