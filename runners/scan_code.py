"""In a sandbox: lays the files out that are to be scanned, starts semgrep's engine, says what it found line by line.

`scan_code.py ENGINE RULES TARGETS`: RULES is a JSON file of rules. TARGETS starts with one line of JSON, a list of
`[analyzer, suffix, path, size]`, followed by the files' bytes one after the other. What is printed is JSON, one object
a line, none longer than a line of a sandbox's output may be: `hit`, `problem`, and `done` as the last.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_RULE_SECONDS = 5
"""For one rule in one file."""
_MEMORY_MB = 1_500
_MAX_HITS = 2_000
_MAX_STEPS = 8
_MAX_TEXT = 300
_LINE = 7_500


def lay_out(packed: Path, folder: Path) -> list[dict[str, Any]]:
    """Write the files below `folder` under names of our own; return the engine's list of targets."""
    with packed.open("rb") as stream:
        wanted = json.loads(stream.readline())
        targets = []
        for number, (analyzer, suffix, path, size) in enumerate(wanted):
            file = folder / f"{number}{suffix}"
            file.write_bytes(stream.read(size))
            place = {"fpath": str(file), "ppath": f"/{path}"}
            targets.append({"path": place, "analyzer": analyzer, "products": ["sast"]})
    return targets


def scan(engine: str, rules: str, targets: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """Start the engine; return its report. A report that cannot be read is an empty one with a problem."""
    order = folder / "targets.json"
    order.write_text(json.dumps(["Targets", [["CodeTarget", target] for target in targets]]))
    report = folder / "report.json"
    limits = ("-timeout", str(_RULE_SECONDS), "-timeout_threshold", "3", "-max_memory", str(_MEMORY_MB))
    command = [engine, "-rules", rules, "-targets", str(order), "-json", "-json_nodots", "-j", "2", *limits]
    with report.open("wb") as out:
        done = subprocess.run(command, cwd=folder, stdout=out, stderr=subprocess.PIPE, check=False)
    try:
        found = json.loads(report.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        said = done.stderr.decode("utf-8", "replace").strip()[:_MAX_TEXT]
        return {"failed": f"the engine ended with {done.returncode}: {said}"}
    return found


def write_hits(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give each hit, reduced to what is used."""
    for hit in report.get("results", [])[:_MAX_HITS]:
        extra = hit.get("extra", {})
        yield {
            "hit": str(hit.get("check_id"))[:_MAX_TEXT],
            "target": _number(hit.get("path")),
            "line": hit["start"]["line"],
            "end": hit["end"]["line"],
            "message": str(extra.get("message", ""))[:1_000],
            "ignored": bool(extra.get("is_ignored")),
            "trace": list(_trace(extra.get("dataflow_trace") or {})),
        }


def write_problems(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what the engine could not do."""
    if "failed" in report:
        yield {"problem": report["failed"], "target": None}
    if len(report.get("results", [])) > _MAX_HITS:
        yield {"problem": f"only the first {_MAX_HITS} hits were looked at", "target": None}
    for error in report.get("errors", [])[:_MAX_HITS]:
        kind = error.get("error_type") or error.get("type")
        word = kind[0] if isinstance(kind, list) and kind else kind
        place = error.get("location") or {}
        yield {"problem": str(word)[:_MAX_TEXT], "target": _number(place.get("path") or error.get("path"))}


def _trace(trace: dict[str, Any]) -> Iterator[list[Any]]:
    """Give the way of a value as `[role, target, line, text]`, from where it came in to where it does harm."""
    steps = [("source", _call(trace.get("taint_source")))]
    steps += [("via", (via.get("location"), via.get("content"))) for via in trace.get("intermediate_vars") or ()]
    steps.append(("sink", _call(trace.get("taint_sink"))))
    known = [(role, *step) for role, step in steps if step is not None and step[0]]
    for role, place, text in [*known[: _MAX_STEPS - 1], *known[_MAX_STEPS - 1 :][-1:]]:
        yield [role, _number(place.get("path")), place["start"]["line"], str(text)[:_MAX_TEXT]]


def _call(node: Any) -> tuple[dict[str, Any], str] | None:
    """Return the place that a source or a sink of a trace is at, however deep in calls it lies."""
    while isinstance(node, list) and len(node) == 2 and node[0] == "CliCall":
        node = node[1][-1]
    if not isinstance(node, list) or len(node) != 2 or node[0] != "CliLoc":
        return None
    place, text = node[1]
    return place, text


def _number(path: Any) -> int | None:
    stem = Path(str(path)).name.partition(".")[0]
    return int(stem) if stem.isdigit() else None


def main() -> None:
    """Scan, and print."""
    engine, rules, packed = sys.argv[1:4]
    folder = Path(tempfile.mkdtemp())
    report = scan(engine, rules, lay_out(Path(packed), folder), folder)
    for found in (*write_hits(report), *write_problems(report)):
        line = json.dumps(found)
        while len(line) > _LINE and found.get("trace"):
            found["trace"].pop(-2 if len(found["trace"]) > 1 else 0)
            line = json.dumps(found)
        sys.stdout.write(line.replace("\x7f", "\\u007f")[:_LINE] + "\n")
    sys.stdout.write(json.dumps({"done": len(report.get("results", []))}) + "\n")


if __name__ == "__main__":
    main()
