"""A quick yes for what is as a schema says. Whatever it does not accept is judged by the library, keyword by keyword.

The library walks a schema anew for each value, some ten milliseconds for a page of comments; here each schema becomes
functions once. It errs on one side only: what it is not sure of (a keyword that it does not know, a second kind of a
choice of one that is not refused at first sight) is not accepted.
"""

import math
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.validation.response.validators import V30ResponseValidator
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_schema_validator import OAS30ReadValidator

from tests.fakes.github.description import Json, resolve

Accepts = Callable[[Any], bool]

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "integer": (int,),
    "number": (int, float),
}  # fmt: skip
SAYS_NOTHING = {"title", "description", "example", "examples", "default", "deprecated", "externalDocs", "nullable"}
SIMPLE = {"type", "enum", "format", "minLength", "maxLength", "minimum", "maximum", "pattern", "minItems", "maxItems"}
KNOWN = SAYS_NOTHING | SIMPLE | {"properties", "required", "additionalProperties", "items", "allOf", "anyOf", "oneOf"}


class Accepting:
    """The functions of one description's schemas, made when they are first needed."""

    def __init__(self, described: Json) -> None:
        self._described = described
        self._made: dict[int, tuple[Json, Accepts]] = {}  # the schema is held, so that its number stays its own

    def accepts(self, schema: Json, value: Any) -> bool:
        """Say whether a parsed JSON value is as the schema says. False: it is not, or that is not known here."""
        return self._function(schema)(value)

    def _function(self, schema: Json) -> Accepts:
        schema = resolve(self._described, schema)
        if id(schema) not in self._made:
            # A schema may hold itself: inner places ask for the function when a value has come that far.
            self._made[id(schema)] = (schema, lambda value: self._function(schema)(value))
            self._made[id(schema)] = (schema, self._make(schema))
        return self._made[id(schema)][1]

    def _make(self, schema: Json) -> Accepts:
        if any(key not in KNOWN and not key.startswith("x-") for key in schema):
            return lambda value: False
        checks = [*simple_checks(schema), *self._object_checks(schema), *self._choices(schema)]
        if "items" in schema:
            each = self._function(schema["items"])
            checks.append(lambda value: type(value) is not list or all(each(one) for one in value))
        return lambda value: all(check(value) for check in checks)

    def _object_checks(self, schema: Json) -> Iterator[Accepts]:
        needed, others = schema.get("required", ()), schema.get("additionalProperties", True)
        inner = {name: self._function(part) for name, part in schema.get("properties", {}).items()}
        other = self._function(others) if isinstance(others, dict) else lambda value: bool(others)

        def accepts(value: Any) -> bool:
            if type(value) is not dict:
                return True
            return all(name in value for name in needed) and all(
                inner.get(name, other)(part) for name, part in value.items()
            )

        yield accepts

    def _choices(self, schema: Json) -> Iterator[Accepts]:
        if "allOf" in schema:
            parts = [self._function(part) for part in schema["allOf"]]
            yield lambda value: all(part(value) for part in parts)
        if "anyOf" in schema:
            kinds = [self._function(kind) for kind in schema["anyOf"]]
            yield lambda value: any(kind(value) for kind in kinds)
        if "oneOf" in schema:
            ones = [(self._function(kind), resolve(self._described, kind)) for kind in schema["oneOf"]]

            def accepts_one(value: Any) -> bool:
                others = [accepts for accepts, kind in ones if not is_refused(kind, value)]
                return len(others) == 1 and others[0](value)

            yield accepts_one


def is_refused(schema: Json, value: Any) -> bool:
    """Say whether a value is surely not as a schema says: it is of another type, or lacks a key."""
    kinds = TYPES.get(schema.get("type", ""))
    if kinds is not None and type(value) in (dict, list, str, bool) and type(value) not in kinds:
        return True
    parts = schema.get("properties", {})
    needed = [name for name in schema.get("required", ()) if "writeOnly" not in parts.get(name, {})]
    return type(value) is dict and any(name not in value for name in needed)


def simple_checks(schema: Json) -> Iterator[Accepts]:
    """Give the checks of a value that need no other schema."""
    if "type" in schema:
        kinds = TYPES.get(schema["type"], ())
        if schema.get("nullable") is True:
            kinds = (*kinds, type(None))
        yield lambda value: type(value) in kinds
    if "enum" in schema:
        allowed = {(type(one), one) for one in schema["enum"] if type(one) in (str, int, bool, type(None))}
        yield lambda value: type(value) not in (dict, list) and (type(value), value) in allowed
    if "format" in schema:
        yield lambda value: OAS30ReadValidator.FORMAT_CHECKER.conforms(value, schema["format"])
    if "pattern" in schema:
        pattern = re.compile(schema["pattern"])
        yield lambda value: type(value) is not str or pattern.search(value) is not None
    yield from bounds(schema, "minLength", "maxLength", (str,), len)
    yield from bounds(schema, "minItems", "maxItems", (list,), len)
    yield from bounds(schema, "minimum", "maximum", (int, float), lambda value: value)


def bounds(
    schema: Json, lowest: str, highest: str, kinds: tuple[type, ...], measure: Callable[[Any], float]
) -> Iterator[Accepts]:
    """Give the check that values of some kinds measure no less and no more than two keywords say."""
    if lowest in schema or highest in schema:
        low, high = schema.get(lowest, -math.inf), schema.get(highest, math.inf)
        yield lambda value: type(value) not in kinds or low <= measure(value) <= high


class QuickFirst(SchemaValidatorsFactory):
    """Makes the library's validators, but spares an accepted value all of that."""

    def __init__(self, accepting: Accepting) -> None:
        super().__init__(OAS30ReadValidator)
        self.accepting = accepting

    def create(self, spec: SchemaPath, schema: SchemaPath, *given: Any, **rest: Any) -> Any:
        slow = super().create
        with schema.resolve() as resolved:
            contents: Any = resolved.contents

        def validate(value: Any) -> None:
            if not self.accepting.accepts(contents, value):
                slow(spec, schema, *given, **rest).validate(value)

        return SimpleNamespace(validate=validate)


def quick_validator(accepting: Accepting) -> type[V30ResponseValidator]:
    """Return the library's validator of answers, with the quick yes before it."""
    return type("QuickValidator", (V30ResponseValidator,), {"schema_validators_factory": QuickFirst(accepting)})
