"""What sandboxes are made of. Imports nothing of the product: it runs beside untrusted code."""

from functools import cache
from pathlib import Path


@cache
def read_source(name: str) -> bytes:
    """Return the bytes of a file of this package, to be shown inside a sandbox.

    Read once: a process that has given up its rights may no longer reach the folder the package lies in.
    """
    return (Path(__file__).parent / name).read_bytes()
