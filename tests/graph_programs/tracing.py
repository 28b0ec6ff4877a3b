"""Records who calls whom while Python code runs, under the names that the graph uses.

It is run as a script by any Python from 3.11 on and imports nothing but the standard library. Calls through code
outside of the folder (`sorted(key=f)`, a wrapper of `functools`) belong to the nearest code inside. A comprehension's
and a class body's calls belong to the function or module around it. From Python 3.12 on it also sees calls of what is
outside.

    python tracing.py programs FOLDER ...            each FOLDER/main.py; a JSON object a line
    python tracing.py module ROOT OUT NAME ARG ...   `python -m NAME ARG ...`, edges inside of ROOT into OUT
"""

import builtins
import contextlib
import dis
import io
import json
import os
import re
import runpy
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from code_names import Code, Names, module_name  # beside this script

SUSPENDED = 0x20 | 0x80 | 0x200  # a generator, a coroutine, an asynchronous generator
SAYS_WHAT_IT_IS = frozenset(
    (
        "<builtin>.__build_class__",
        "<builtin>.classmethod",
        "<builtin>.property",
        "<builtin>.staticmethod",
        "abc.abstractmethod",
        "dataclasses.dataclass",
        "functools.cached_property",
        "typing.overload",
    )
)
"""By convention these make no edge as decorators: they only say what a definition is. Called, they do."""
# Where the standard library really keeps what is known by another name.
REAL_NAMES = {
    "_asyncio": "asyncio",
    "_functools": "functools",
    "_operator": "operator",
    "asyncio.runners": "asyncio",
    "asyncio.tasks": "asyncio",
    "concurrent.futures.thread": "concurrent.futures",
    "genericpath": "os.path",
    "posixpath": "os.path",
}
HIDDEN = re.compile(r"<|\._(?!_)|\.__a?(enter|exit)__")
"""Names of what is not written in the program where it is called."""
Pair = tuple[str, str]


@dataclass
class Recorder:
    """Follows the running program; edges are pairs of dotted names."""

    root: str
    """Only files below this folder are inside."""
    edges: set[Pair] = field(default_factory=set)
    through: set[Pair] = field(default_factory=set)
    """Those edges that were only seen with code from outside between the two."""
    outside: set[Pair] = field(default_factory=set)
    """Calls of what is outside; from Python 3.12 on."""
    resumed: set[Pair] = field(default_factory=set)
    """Where a generator or coroutine was only seen to be started, by whom: not always who made it."""
    _codes: dict[int, Code | None] = field(default_factory=dict)
    _kept: list[CodeType] = field(default_factory=list)
    _starts: dict[int, int] = field(default_factory=dict)
    _starters: dict[int, str] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to record, in all threads."""
        threading.setprofile(self._on_event)
        if sys.version_info >= (3, 12):
            sys.monitoring.use_tool_id(4, "recorder")
            sys.monitoring.set_events(4, sys.monitoring.events.CALL)
            sys.monitoring.register_callback(4, sys.monitoring.events.CALL, self._on_call)
        sys.setprofile(self._on_event)

    def stop(self) -> None:
        """Record no more. What only was seen to be resumed counts where nothing better is known."""
        sys.setprofile(None)
        threading.setprofile(None)
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(4, 0)
            sys.monitoring.free_tool_id(4)
        made = {callee for _, callee in self.edges}
        self.resumed = {pair for pair in self.resumed if pair[1] not in made}

    def _of(self, code: CodeType) -> Code | None:
        try:
            return self._codes[id(code)]
        except KeyError:
            pass
        self._kept.append(code)
        self._codes[id(code)] = None
        file = code.co_filename
        inside = file.startswith(self.root) and file.endswith(".py") and Path(file).is_file()
        if inside and code.co_name == "<module>":
            names = Names(module_name(self.root, file), file, code)
            for one, found in names.codes:
                self._kept.append(one)
                self._codes[id(one)] = found
        return self._codes[id(code)]

    def _on_event(self, frame: FrameType, event: str, _arg: object) -> None:
        if event != "call":
            return
        code = frame.f_code
        found = self._of(code)
        if found is None:
            if code is threading.Thread.start.__code__:
                caller, _ = self._caller(frame.f_back)
                self._starters[id(frame.f_locals["self"])] = caller
            return
        if found.callee is None or code.co_name == "__del__":
            return  # who lets go of an object does not call its finaliser: it is called at any time
        if code.co_flags & SUSPENDED:
            if self._is_resumed(frame):
                return
            caller, _ = self._caller(frame.f_back)
            self.resumed.add((caller, found.callee))
            return
        caller, direct = self._caller(frame.f_back)
        self._add(caller, found.callee, direct)

    def _add(self, caller: str, callee: str, direct: bool) -> None:
        if not caller:
            return
        pair = (caller, callee)
        if direct:
            self.edges.add(pair)
            self.through.discard(pair)
        elif pair not in self.edges:
            self.edges.add(pair)
            self.through.add(pair)

    def _is_resumed(self, frame: FrameType) -> bool:
        code = frame.f_code
        start = self._starts.get(id(code))
        if start is None:
            start = next(one.offset for one in dis.get_instructions(code) if one.opname == "RESUME")
            self._starts[id(code)] = start
        return frame.f_lasti > start

    def _caller(self, frame: FrameType | None) -> tuple[str, bool]:
        """Return the nearest owner inside, and whether nothing from outside lies between."""
        direct = True
        while frame is not None:
            found = self._of(frame.f_code)
            if found is not None:
                return found.owner, direct
            if frame.f_code is threading.Thread.run.__code__:
                return self._starters.get(id(frame.f_locals["self"]), ""), False
            direct = False
            frame = frame.f_back
        return "", False

    # Python 3.12 and later

    def _on_call(self, code: CodeType, _offset: int, callee: Any, first: object) -> None:
        function = callee.__func__ if isinstance(callee, MethodType) else callee
        if isinstance(function, FunctionType) and function.__code__.co_flags & SUSPENDED:
            made = self._of(function.__code__)
            if made is not None and made.callee is not None:
                caller, direct = self._caller(sys._getframe(1))
                self._add(caller, made.callee, direct)
                return
        found = self._of(code)
        if found is not None:
            name = self._outside_name(callee, function, getattr(callee, "__self__", first))
            if name and name not in SAYS_WHAT_IT_IS:
                self.outside.add((found.owner, name))

    def _is_inside(self, owner: type) -> bool:
        file = getattr(sys.modules.get(owner.__module__), "__file__", None) or ""
        return owner.__module__ == "__main__" or file.startswith(self.root)

    def _outside_name(self, callee: Any, function: Any, receiver: object) -> str:
        if isinstance(callee, type):
            return "" if self._is_inside(callee) else _dotted(callee.__module__, callee.__qualname__)
        if isinstance(function, FunctionType):
            if self._of(function.__code__) is not None or function.__module__ == "__main__":
                return ""
            module, name, owner = function.__module__, function.__qualname__, type(receiver)
            if getattr(owner, function.__name__, None) is function and not self._is_inside(owner):
                module, name = owner.__module__, f"{owner.__qualname__}.{function.__name__}"
            return "" if HIDDEN.search(f".{name}") else _dotted(module, name)
        if isinstance(callee, BuiltinFunctionType) and isinstance(callee.__self__, ModuleType | None):
            return _dotted(callee.__module__ or "", callee.__name__)
        return ""


def _dotted(module: str, name: str) -> str:
    if module == "builtins":
        return f"<builtin>.{name}" if hasattr(builtins, name) else ""
    return f"{REAL_NAMES.get(module, module)}.{name}" if module else ""


def run_program(folder: str) -> dict[str, Any]:
    """Run main.py of a folder and return what was recorded."""
    before = set(sys.modules)
    sys.path.insert(0, folder)
    recorder = Recorder(folder + os.sep)
    printed = io.StringIO()
    recorder.start()
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(str(Path(folder, "main.py")), run_name="__main__")
    finally:
        recorder.stop()
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
                del sys.modules[name]
    return {
        "folder": folder,
        "edges": sorted(recorder.edges),
        "resumed": sorted(recorder.resumed),
        "outside": sorted(recorder.outside),
        "exact": sys.version_info >= (3, 12),
        "unseen": sorted(SAYS_WHAT_IT_IS),
    }


def run_module(root: str, out: str, name: str, arguments: list[str]) -> None:
    """Run a module as a script and write what was recorded to a file."""
    recorder = Recorder(root + os.sep)
    sys.argv = [name, *arguments]
    status: object = 0
    recorder.start()
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code
    finally:
        recorder.stop()
    edges = sorted(recorder.edges | recorder.resumed)
    Path(out).write_text(json.dumps({"edges": edges, "through": sorted(recorder.through), "status": int(status or 0)}))


def main() -> None:
    """Do as the arguments say."""
    sys.path.pop(0)
    if sys.argv[1] == "programs":
        for folder in sys.argv[2:]:
            sys.stdout.write(json.dumps(run_program(os.path.realpath(folder))) + "\n")
    else:
        run_module(os.path.realpath(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:])


if __name__ == "__main__":
    main()
