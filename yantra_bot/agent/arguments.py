"""What a tool takes, once for both readers: as a JSON Schema for the model, and as a check of what it sent. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yantra_bot.errors import UserError

MAX_NAME = 60


class Kind(StrEnum):
    """The types of an argument."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRINGS = "array of strings"
    OBJECTS = "array of objects"


_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.STRING: (str,),
    Kind.INTEGER: (int,),
    Kind.NUMBER: (int, float),
    Kind.BOOLEAN: (bool,),
    Kind.STRINGS: (list,),
    Kind.OBJECTS: (list,),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One argument. `most` bounds characters, items, or the value; `items` are the fields of an array's objects."""

    name: str
    kind: Kind
    description: str
    is_required: bool = False
    least: int | None = None
    most: int | None = None
    items: tuple["Field", ...] = ()


def build_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """Return the JSON Schema of an object with these fields and no others."""
    return {
        "type": "object",
        "properties": {field.name: _describe(field) for field in fields},
        "required": [field.name for field in fields if field.is_required],
        "additionalProperties": False,
    }


def _describe(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"description": field.description}
    if field.kind is Kind.STRINGS:
        described |= {"type": "array", "items": {"type": "string"}}
    elif field.kind is Kind.OBJECTS:
        described |= {"type": "array", "items": build_schema(field.items)}
    else:
        described["type"] = field.kind.value
    if field.kind in {Kind.INTEGER, Kind.NUMBER}:
        bounds = {"minimum": field.least, "maximum": field.most}
        described |= {name: value for name, value in bounds.items() if value is not None}
    return described


def check_arguments(fields: Sequence[Field], arguments: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
    """Return the arguments, null ones left out; UserError that names the argument and says what it has to be."""
    known = {field.name: field for field in fields}
    extra = [name for name in arguments if name not in known]
    if extra:
        raise UserError(
            f"There is no argument {show_name(extra[0])}{where}. It takes: {', '.join(known) or 'nothing'}."
        )
    given = {name: value for name, value in arguments.items() if value is not None}
    missing = [field.name for field in fields if field.is_required and field.name not in given]
    if missing:
        raise UserError(f"The argument {missing[0]} is missing{where}. Needed: {known[missing[0]].description}")
    return {name: _check(known[name], value, where) for name, value in given.items()}


def _check(field: Field, value: object, where: str) -> Any:
    if not isinstance(value, _TYPES[field.kind]) or (isinstance(value, bool) and field.kind is not Kind.BOOLEAN):
        article = "an" if field.kind.value[0] in "aeiou" else "a"
        raise UserError(f"The argument {field.name}{where} has to be {article} {field.kind}.")
    if isinstance(value, str | list):
        _check_length(field, value, where)
    if isinstance(value, int | float) and not isinstance(value, bool):
        _check_bounds(field, value, where)
    if field.kind is Kind.STRINGS and isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise UserError(f"Every item of {field.name}{where} has to be a string.")
    if field.kind is Kind.OBJECTS and isinstance(value, list):
        return [_check_item(field, number, item) for number, item in enumerate(value, start=1)]
    return value


def _check_length(field: Field, value: str | list[Any], where: str) -> None:
    if field.most is not None and len(value) > field.most:
        unit = "characters" if isinstance(value, str) else "items"
        raise UserError(f"The argument {field.name}{where} has {len(value)} {unit}; at most {field.most} are taken.")
    if len(value) < (field.least or 0):
        raise UserError(f"The argument {field.name}{where} is empty. Needed: {field.description}")


def _check_bounds(field: Field, value: float, where: str) -> None:
    # Written so that NaN is refused too.
    if not (field.least is None or value >= field.least) or not (field.most is None or value <= field.most):
        raise UserError(f"The argument {field.name}{where} has to be from {field.least} to {field.most}.")


def _check_item(field: Field, number: int, item: object) -> dict[str, Any]:
    where = f" in item {number} of {field.name}"
    if not isinstance(item, dict):
        raise UserError(f"Item {number} of {field.name} has to be an object.")
    return check_arguments(field.items, item, where=where)


def show_name(name: str) -> str:
    """Return a name that came from outside so that it can stand in a message."""
    return ascii(name[:MAX_NAME]) + ("…" if len(name) > MAX_NAME else "")
