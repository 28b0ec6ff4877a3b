"""Runs every benchmark and writes docs/benchmarks.md: `python -m benchmarks`, on a machine that does nothing else.

Each runs in a process of its own, one after the other. A benchmark that fails is named in the page, not left out. With
names (`python -m benchmarks worker run`) those sections alone are measured anew; the others stay, each with its date.
"""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.aims import count_aims
from benchmarks.machine import describe_machine

FAILED = "Failed with"
SECONDS = 3_600.0
"""What one benchmark may take."""
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Figures of the parts and of the whole, each with date, machine and the command that prints it. `python -m benchmarks`
runs all of them and writes this page, and with names measures those sections anew; nothing here is asserted in a test.
The machine is small and shared: compare figures only within one table. Each section ends with its aims and whether
they are met.
"""
PARTS = {
    "webhook": "Webhooks: accepted and durably stored, beside a bare Probot",
    "engine": "The engine: resuming after a kill, steps, saves, lookups",
    "worker": "The worker: starting, tool calls, checkout",
    "sandbox": "The sandbox: what a command costs more",
    "tools": "The model's tools and the proof",
    "run": "A whole run, without model time",
    "planning": "Plans: a head start beside planning first, with scripted models",
    "concurrency": "Fifty runs at once",
    "slack_ack": "Slack: how soon it is answered while twenty runs work",
    "phases": "A run's phases, without model time",
    "graph_accuracy": "The code graph: accuracy over programs with known truth",
    "graph_packages": "The code graph: what installed packages add, and what they cost",
    "graph_dynamic": "The code graph: recall of calls that really happen",
    "graph_speed": "The code graph: first build, one changed file, questions, memory",
    "graph_growth": "The code graph: growth from ten thousand lines to a million",
    "graph_store": "The code graph: view, store and ranking on a made-up graph",
    "docs_registry": "The documentation registry: beside hand-made truth, and its time",
    "localisation": "Localisation: the files and functions that a fix changed, found from its message",
    "lexical": "Words: the engine beside bm25s and tantivy",
    "search_speed": "Searching: indexing, one commit, warm searches, memory",
    "context": "The context: time to assemble it, and what it holds",
    "context_tokens": "The context: what a prompt's tokens show of what a fix changed",
    "embedding": "Search by meaning: the model, the first index, a commit, the search",
    "security_fixes": "Security: grave findings that fixes mend, with the tests green",
    "security_advisories": "Security: looking versions up in a large export of OSV",
    "security_blind": "Security rules: holes found in code by somebody who had not seen the rules",
    "security_noise": "Security rules: findings in code that many have read, and the time of one start",
    "review_recall": "The review: breaks that were seeded, and who notices them",
    "review_speed": "The review: seconds, memory, and the share of each part",
    "review_history": "The review: findings on merged commits, which are presumed false",
    "history": "History: what it ties to symbols, beside parsing every version",
    "generator": "The generator: steps and whole functions, on projects it was not trained on",
    "generator_stream": "The generator: a stream of a thousand tasks, and what it takes over of a model",
    "generator_designs": "The generator: designs that were tried, on the projects for validation",
    "router": "The router: requests that get the tier they were written for, and the time of a choice",
    "same_questions": "Questions in other words: answers given to another question, and answers found",
    "memory_quality": "The memory of mistakes: lessons found by situations in other words, beside plain searches",
    "memory_speed": "The memory of mistakes: time to recall and to store, size on disk and in memory",
    "repeat_rate": "The memory of mistakes: repeats with and without it, in a simulated life",
    "rollout_noise": "Roll-outs: healthy versions rolled back, and bad ones let through, in simulated noise",
    "rollout_speed": "Roll-outs: from a bad image to the old version serving again, on a control plane",
    "monitor_speed": "Watching: how soon a point is recorded, and a hundred services are judged",
    "alert_storm": "Alerts: a storm of one group, how soon it is one incident, and in what room",
    "alert_latency": "Alerts: from a number that turns bad to the message that people see",
    "suspect_ranking": "Incidents: the commit that brought a fault, among ten, by its trace or its words alone",
    "collective": "Learning together: twenty simulated clients, five of them poisoned",
    "demo_tokens": "Tokens of the demo's run: given back by the prompt cache, saved by compression",
    "tokens": "Counting tokens: exactness and time",
    "compression": "Compressed source: tokens saved in six languages, and the time it takes",
    "compaction": "Long conversations made short: facts that are left",
    "feature_speed": "The learned score's features: a file, a whole view, the neighbours of what is scored",
    "score_speed": "The learned score: the functions of a changed file, a whole graph, memory",
    "fault_leaks": "The learned score's data: what tells a faulty version without reading it",
    "learned_score": "The learned score: faults, places, imports and outcomes on projects it was not trained on",
    "historic_fixes": "The learned score: functions that fixes of real repositories repaired",
    "test_selection": "Selecting tests: mutants caught and share of the suite, beside pytest-testmon",
}


def measure(name: str, *, seconds: float = SECONDS) -> str:
    """Return what a benchmark prints, or how it failed; one that takes longer has failed, and the others go on."""
    began = time.monotonic()
    words = [sys.executable, "-m", f"benchmarks.{name}"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"{FAILED} its limit of {seconds:,.0f} s.\n"
    if done.returncode:
        return f"{FAILED} {done.returncode}:\n\n```\n{done.stderr[-2000:]}\n```\n"
    command = f"python -m benchmarks.{name}"
    own = f"{done.stdout.strip()}\n\nThis section took {time.monotonic() - began:.0f} s.\n"
    return own if command in own else f"{describe_machine(command)}\n{own}"


def summarise(found: dict[str, str]) -> str:
    """Return which aims are missed, and which benchmark failed, over all sections."""
    counted = {name: count_aims(text) for name, text in found.items()}
    total, missed = sum(count for count, _ in counted.values()), sum(len(lost) for _, lost in counted.values())
    lines = [f"{total - missed} of {total} aims are met." + (" Missed:" if missed else "")]
    lines += [f"- {PARTS[name]}: {'; '.join(lost)}" for name, (_, lost) in counted.items() if lost]
    lines += [
        f"- {PARTS[name]}: the benchmark itself failed" for name, text in found.items() if text.startswith(FAILED)
    ]
    return "\n".join(lines) + "\n"


def read_page(text: str) -> dict[str, str]:
    """Return what a page says in each section, by the names of the benchmarks."""
    names = {title: name for name, title in PARTS.items()}
    pieces = [piece.partition("\n\n") for piece in text.split("\n## ")[1:]]
    return {names[title]: said.rstrip("\n") + "\n" for title, _, said in pieces if title in names}


def write_page(found: dict[str, str]) -> str:
    """Return the page of sections, in the order of the table."""
    ordered = {name: found[name] for name in PARTS if name in found}
    sections = [f"## {PARTS[name]}\n\n{text}" for name, text in ordered.items()]
    return f"{HEAD}\n{summarise(ordered)}\n" + "\n".join(sections)


def main() -> None:
    """Run those that are named, or all, and write the page."""
    chosen = sys.argv[1:] or list(PARTS)
    found = {} if set(chosen) == set(PARTS) else read_page(PAGE.read_text())
    for name in chosen:
        found[name] = measure(name)
        sys.stdout.write(f"## {PARTS[name]}\n\n{found[name]}\n")
        PAGE.write_text(write_page(found))


if __name__ == "__main__":
    main()
