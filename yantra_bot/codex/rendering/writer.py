"""Writes a sketch in a language, by its templates. What comes out parses, whatever the sketch and its names are."""

from collections.abc import Iterator, Sequence

from yantra_bot.codex.rendering.naming import identifier, one_line, quoted
from yantra_bot.codex.rendering.templates import Templates
from yantra_bot.codex.tree import (
    AddTo,
    Append,
    Assign,
    Called,
    Do,
    EmptyList,
    Expression,
    Filtered,
    Function,
    Hole,
    If,
    IsBelow,
    IsEmpty,
    IsIn,
    IsNoneOf,
    IsNothing,
    Kind,
    Log,
    Loop,
    Mapped,
    Name,
    Number,
    Raise,
    Return,
    Sorted,
    Statement,
    Test,
    Try,
    Type,
    Yield,
)


class Writer:
    """One language's hand for one function."""

    def __init__(self, templates: Templates, function: Function) -> None:
        self._t, self._function = templates, function
        self._fails = function.fails
        self._gathers = function.yields and bool(templates.gathered_start)
        self._result = self.type(function.returns)
        self._returns = function.returns.kind is not Kind.NOTHING

    def write(self) -> str:
        """Return the whole text: what it needs, the helper behind its holes, the function."""
        body = "\n".join(self._body())
        head = self._head()
        code = f"{head}\n{body}" + (f"\n{self._t.end}" if self._t.end else "")
        helper = self._t.helper if self._uses_helper(code) else ""
        imports = [line for sign, line in self._t.imports.items() if sign in f"{helper}\n{code}"]
        parts = [self._t.top, "\n".join(imports), helper, code]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _uses_helper(self, code: str) -> bool:
        return bool(self._t.helper) and self._t.hole.partition("(")[0].partition("[")[0] in code

    def name(self, text: str) -> str:
        """Return a name as the language has it."""
        return identifier(text, is_camel=self._t.is_camel, reserved=self._t.reserved)

    def text(self, text: str) -> str:
        """Return a text as a literal."""
        return quoted(text, self._t.escapes)

    def type(self, of: Type) -> str:
        """Return a type as it is written."""
        t = self._t
        if of.kind in {Kind.LIST, Kind.MAP}:
            form = t.list_type if of.kind is Kind.LIST else t.map_type
            text = form.format(inside=self.type(of.inside or Type()))
        else:
            text = t.types.get(of.kind, "")
        return t.optional_type.format(type=text) if of.is_optional and of.kind is not Kind.NOTHING else text

    def _head(self) -> str:
        t, function = self._t, self._function
        seen: dict[str, int] = {}
        parameters = []
        for one in function.parameters:
            name = self.name(one.name)
            seen[name] = seen.get(name, 0) + 1
            unique = name if seen[name] == 1 else f"{name}{seen[name] + 1}"
            parameters.append(t.parameter.format(name=unique, type=self.type(one.type)))
        head = t.generator_head if function.yields and t.generator_head else t.head
        comment = f"{t.comment} {one_line(function.says)}\n" if function.says and not t.says else ""
        return comment + head.format(
            name=self.name(function.name), parameters=", ".join(parameters), result=self._result_of()
        )

    def _result_of(self) -> str:
        t = self._t
        if self._fails:
            kind = t.failing_result if self._returns else t.failing_nothing_result
        else:
            kind = t.result if self._returns else t.nothing_result
        return kind.format(type=self._result)

    def _body(self) -> Iterator[str]:
        t = self._t
        function = self._function
        if t.says and function.says:
            yield t.indent + t.says.format(text=one_line(function.says).replace("\\", "\\\\").replace('"', "'"))
        if self._gathers:
            yield t.indent + t.gathered_start
        yield from self._block(function.body, 1)
        if self._gathers:
            yield from self._indented(self._return(t.gathered_end), 1)
        elif self._fails and not self._returns and t.bottom_nothing_failing:
            yield t.indent + t.bottom_nothing_failing

    def _block(self, statements: Sequence[Statement], depth: int) -> Iterator[str]:
        if not statements and self._t.empty_block:
            yield self._t.indent * depth + self._t.empty_block
        for one in statements:
            yield from self._statement(one, depth)

    def _statement(self, one: Statement, depth: int) -> Iterator[str]:
        t, pad = self._t, self._t.indent * depth
        if isinstance(one, If):
            yield pad + t.if_.format(test=self._test(one.test))
            yield from self._block(one.then, depth + 1)
            if one.otherwise:
                yield from self._indented(t.else_, depth)
                yield from self._block(one.otherwise, depth + 1)
            yield from self._end(pad)
        elif isinstance(one, Loop):
            source = self._hole(one.source, t.hole_many) if isinstance(one.source, Hole) else self.name(one.source.text)
            yield pad + t.loop.format(item=self.name(one.item), of=source)
            yield from self._block(one.body, depth + 1)
            yield from self._end(pad)
        elif isinstance(one, Try):
            yield pad + t.try_
            yield from self._block(one.body, depth + 1)
            yield from self._indented(t.catch.format(what=self.text("which of these may fail")), depth)
            yield from self._block(one.handler or (Do(Hole("what is done when it fails")),), depth + 1)
            yield from self._end(pad)
        elif isinstance(one, Assign) and (loop := self._as_loop(one)):
            for part in loop:
                yield from self._statement(part, depth)
        else:
            yield from self._indented(self._line(one), depth)

    def _end(self, pad: str) -> Iterator[str]:
        if self._t.end:
            yield pad + self._t.end

    def _indented(self, text: str, depth: int) -> Iterator[str]:
        for line in text.split("\n"):
            yield self._t.indent * depth + line

    def _as_loop(self, one: Assign) -> tuple[Statement, ...]:
        """Return the loop that stands for a filter or a map, where a language has no shorter form."""
        value = one.value
        start = Assign(one.name, EmptyList())
        if isinstance(value, Filtered) and not self._t.filtered:
            return start, Loop(value.item, value.of, (If(value.test, (Append(one.name, Name(value.item)),)),))
        if isinstance(value, Mapped) and not self._t.mapped:
            return start, Loop(value.item, value.of, (Append(one.name, value.made),))
        return ()

    def _line(self, one: Statement) -> str:
        t = self._t
        if isinstance(one, Return):
            return self._return(None if one.value is None else self._expression(one.value))
        if isinstance(one, Raise):
            raised = t.raise_ if self._returns else t.raise_nothing
            return raised.format(message=self.text(one.message), type=self._result)
        if isinstance(one, Log):
            return t.log.format(message=self.text(one.message))
        if isinstance(one, Do):
            return t.do.format(hole=self._hole(one.hole, t.hole))
        if isinstance(one, Yield):
            return t.yield_.format(value=self._expression(one.value))
        return self._naming(one)

    def _naming(self, one: Statement) -> str:
        forms = {Assign: self._t.assign, Append: self._t.append, AddTo: self._t.add_to}
        if not isinstance(one, Assign | Append | AddTo):
            raise TypeError(f"{one} is no statement of a sketch")
        return forms[type(one)].format(name=self.name(one.name), value=self._expression(one.value))

    def _return(self, value: str | None) -> str:
        t = self._t
        if value is None or not self._returns:
            return t.return_nothing_failing if self._fails else t.return_nothing
        return (t.return_failing if self._fails else t.return_).format(value=value)

    def _hole(self, hole: Hole, template: str) -> str:
        return template.format(what=self.text(hole.what))

    def _expression(self, one: Expression) -> str:
        t = self._t
        if isinstance(one, Name):
            return self.name(one.text)
        if isinstance(one, Number):
            return str(one.value)
        if isinstance(one, Hole):
            return self._hole(one, t.hole)
        if isinstance(one, Called):
            arguments = ", ".join(self.name(argument.text) for argument in one.arguments)
            return f"{self.name(one.function)}({arguments})"
        return self._of_many(one)

    def _of_many(self, one: Expression) -> str:
        t = self._t
        if isinstance(one, EmptyList):
            return t.empty_list
        if isinstance(one, Sorted):
            return t.sorted.format(of=self.name(one.of.text))
        if isinstance(one, Filtered):
            return t.filtered.format(item=self.name(one.item), of=self.name(one.of.text), test=self._test(one.test))
        if isinstance(one, Mapped):
            made = self._expression(one.made)
            return t.mapped.format(item=self.name(one.item), of=self.name(one.of.text), made=made)
        return t.nothing

    def _test(self, one: Test) -> str:
        t = self._t
        if isinstance(one, Hole):
            return self._hole(one, t.hole_test)
        of = self.name(one.of.text)
        if isinstance(one, IsNothing):
            return t.is_nothing.format(of=of)
        if isinstance(one, IsEmpty):
            return t.is_empty.format(of=of)
        if isinstance(one, IsBelow):
            return t.is_below.format(of=of, bound=one.bound)
        if isinstance(one, IsIn):
            form = t.is_in_map if one.is_map else t.is_in
            hole = self._hole(Hole("whether it is there"), t.hole_test)
            return form.format(of=of, place=self.name(one.place.text)) if form else hole
        return self._none_of(one)

    def _none_of(self, one: IsNoneOf) -> str:
        form = self._t.is_none_of.get(one.type.kind)
        if form is None:
            return self._hole(Hole("which type"), self._t.hole_test)
        return form.format(of=self.name(one.of.text))
