"""numpy's threads: one is enough here, and steadier.

OpenBLAS, which numpy's wheels carry, starts a thread a core and lets them wait for each other in a loop. One text gains
little from that on idle cores; where tests and builds used the same two cores, a query took seconds instead of 50 ms.
This module calls what OpenBLAS offers for it; where numpy has another library, nothing is changed.
"""

import ctypes
from functools import cache
from pathlib import Path

import numpy as np

SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


@cache
def find_openblas() -> tuple[ctypes.CDLL, str] | None:
    """Return numpy's OpenBLAS and the name of its function, None where there is none."""
    for path in sorted((Path(np.__file__).parent.parent / "numpy.libs").glob("*openblas*")):
        try:
            library = ctypes.CDLL(str(path))  # numpy has loaded it already: this is the same one
        except OSError:
            continue
        name = next((name for name in SETTERS if hasattr(library, name)), None)
        if name is not None:
            return library, name
    return None


def use_one_thread() -> bool:
    """Let numpy multiply with one thread from now on, in the whole process; return whether that could be had."""
    found = find_openblas()
    if found is None:
        return False
    library, name = found
    getattr(library, name)(ctypes.c_int(1))
    return True
