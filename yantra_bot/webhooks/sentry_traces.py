"""Sentry's exceptions as the text that their language prints: so that one reader of stack traces is enough. Pure."""

from typing import Any, Final

from yantra_bot.webhooks.alert_parts import text

MOST_EXCEPTIONS: Final = 5
MOST_FRAMES: Final = 60
_NEWEST_FIRST: Final = frozenset({"javascript", "node", "java", "go", "rust", "native", "csharp", "php", "ruby"})

Json = dict[str, Any]


def tell_exceptions(values: list[Json], platform: str) -> str:
    """Return a chain of exceptions, the first that was raised first, each with its frames; empty where there is none.

    Sentry lists exceptions and frames from the oldest to the newest.
    """
    return "\n\n".join(_tell(value, platform) for value in values[-MOST_EXCEPTIONS:])


def _tell(value: Json, platform: str) -> str:
    module = text(value.get("module")) if platform == "java" else ""  # of a name that is told without it
    name = text(value.get("type")) or "Error"
    said = f"{module + '.' if module else ''}{name}: {text(value.get('value'))}"
    trace = value.get("stacktrace")
    listed = trace.get("frames") if isinstance(trace, dict) else None
    frames = [one for one in listed if isinstance(one, dict)][-MOST_FRAMES:] if isinstance(listed, list) else []
    lines = [_frame(frame, platform) for frame in (reversed(frames) if platform in _NEWEST_FIRST else frames)]
    if not lines:
        return said
    match platform:
        case "go":
            return "\n".join((f"panic: {said}", "", "goroutine 1 [running]:", *lines))
        case "rust" | "native":
            place = f"{_path(frames[-1])}:{_line(frames[-1])}:1"
            numbered = [f"{number:4}: {line}" for number, line in enumerate(lines)]
            return "\n".join((f"thread 'main' panicked at {place}:", said, "stack backtrace:", *numbered))
        case _ if platform in _NEWEST_FIRST:
            return "\n".join((said, *lines))
    return "\n".join(("Traceback (most recent call last):", *lines, said))


def _frame(frame: Json, platform: str) -> str:
    path, line, function = _path(frame), _line(frame), text(frame.get("function")) or "<anonymous>"
    match platform:
        case "javascript" | "node":
            return f"    at {function} ({path}:{line}:{text(frame.get('colno')) or 1})"
        case "java":
            module = text(frame.get("module"))
            return f"\tat {module + '.' if module else ''}{function}({path}:{line})"
        case "go":
            module = text(frame.get("module"))
            return f"{module + '.' if module else ''}{function}(...)\n\t{text(frame.get('abs_path')) or path}:{line}"
        case "rust" | "native":
            return f"{function}\n             at {path}:{line}:1"
        case "csharp" | "php" | "ruby":
            return f"    at {function} ({path}:{line})"
    source = text(frame.get("context_line")).strip()
    return f'  File "{path}", line {line}, in {function}' + (f"\n    {source}" if source else "")


def _path(frame: Json) -> str:
    return text(frame.get("filename")) or text(frame.get("abs_path")) or text(frame.get("module")) or "?"


def _line(frame: Json) -> int:
    line = frame.get("lineno")
    return line if isinstance(line, int) and not isinstance(line, bool) and 0 <= line < 10**7 else 0
