"""Quantities of Kubernetes, such as 512Mi and 500m, read and written exactly. Pure."""

import re
from decimal import Decimal
from typing import Final

_SHAPE: Final = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_FACTORS: Final = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{name: Decimal(1000) ** (place + 1) for place, name in enumerate("kMGTPE")},
    **{f"{name}i": Decimal(1024) ** (place + 1) for place, name in enumerate("KMGTPE")},
}


def read_quantity(text: object) -> Decimal | None:
    """Return a quantity as a number (bytes, cores); None for what is none, such as one with an exponent."""
    found = _SHAPE.fullmatch(str(text))
    return None if found is None else Decimal(found[1]) * _FACTORS[found[2] or ""]


def write_memory(number: Decimal) -> str:
    """Return bytes as whole mebibytes, or as bytes where it is less than one; never more than `number`."""
    mebibytes = int(number / _FACTORS["Mi"])
    return f"{mebibytes}Mi" if mebibytes else str(int(number))


def write_cores(number: Decimal) -> str:
    """Return cores as thousandths, or as a whole number where it is one; never more than `number`."""
    thousandths = int(number * 1000)
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"
