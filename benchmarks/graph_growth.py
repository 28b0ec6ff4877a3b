"""How time and memory of a first build grow with the code: from ten thousand lines to a million, and the plot of it.

    python -m benchmarks.graph_growth [--django PATH] [--sizes 10000 30000]

The trees are Django's packages, then its tests, then copies of both under other names, whose imports lead to each
other. Each size is built from nothing in a process of its own. With all sizes, docs/graph-growth.svg is drawn.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import give, resident, run_apart, time_it
from benchmarks.trees import find_django, make_tree
from yantra_bot.domain.graph import Graph
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView

ME = "benchmarks.graph_growth"
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
PLOT = Path(__file__).resolve().parent.parent / "docs" / "graph-growth.svg"
BUDGET = 270.0
"""Seconds for all sizes; one that is bound to exceed them is left out, and that is said."""
LINEAR = 1.1
"""A slope of one is linear; a tenth more is left for noise and cache misses."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a build of one tree took."""

    lines: int
    edges: int
    wall: float
    cpu: float
    memory: float
    """MB at the highest, children included, less what the process has before it begins."""

    def row(self) -> str:
        per = self.lines / 100_000
        return (
            f"| {self.lines:,} | {self.edges:,} | {self.wall:.2f} | {self.cpu:.2f} | {self.cpu / per:.2f} "
            f"| {self.memory:.0f} | {self.memory / per:.0f} |"
        )


def build(tree: Path) -> None:
    """Build the graph of a tree."""
    start = resident()
    indexer = Indexer(tree)
    _, lowering = time_it(indexer.refresh)
    graph: Graph
    graph, resolving = time_it(indexer.resolve)
    view, viewing = time_it(lambda: GraphView.of(graph))
    parts = (lowering, resolving, viewing)
    wall, cpu = (sum(getattr(one, kind) for one in parts) for kind in ("wall", "cpu"))
    give(wall=wall, cpu=cpu, edges=view.edge_count, start=start, highest=resident("VmHWM"))


def measure(django: Path, size: int) -> Size:
    with tempfile.TemporaryDirectory(prefix="yantra-benchmark-", dir=Path.cwd()) as folder:
        lines = make_tree(Path(folder), django, size)
        found = run_apart(ME, "--build", folder)
    return Size(
        lines, found["edges"], found["wall"], found["cpu"], max(found["peak"], found["highest"]) - found["start"]
    )


def find_slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the slope of the line through the logarithms: the exponent of the growth."""
    logs = [(math.log(x), math.log(y)) for x, y in zip(xs, ys, strict=True)]
    mean_x, mean_y = (sum(one) / len(logs) for one in zip(*logs, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def draw(sizes: Sequence[Size]) -> str:
    """Return the plot: processor time and memory over lines, both axes logarithmic, each with a straight line."""
    panels = (
        ("processor time, s", lambda one: one.cpu, 0),
        ("memory at the highest, MB", lambda one: one.memory, 400),
    )
    drawn = "\n".join(_panel(sizes, title, figure, left) for title, figure, left in panels)
    style = "text { font: 11px sans-serif; fill: #444 } .l { fill: none; stroke: #1769aa; stroke-width: 2 }"
    style += " .d { fill: #1769aa } .g { stroke: #ddd } .s { stroke: #999; stroke-dasharray: 4 4 }"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 320" role="img" '
        'aria-label="Growth of a first build with the lines of code">\n'
        f'<style>{style}</style>\n<rect width="800" height="320" fill="#fff"/>\n{drawn}\n</svg>\n'
    )


def _panel(sizes: Sequence[Size], title: str, figure: Callable[[Size], float], left: int) -> str:
    values = [figure(one) for one in sizes]
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))

    def x(lines: float) -> float:
        return left + 60 + 310 * (math.log10(lines) - 4) / 2.05

    def y(value: float) -> float:
        return 270 - 220 * math.log10(value / low) / math.log10(high / low)

    parts = [f'<text x="{left + 60}" y="28">{title}; slope {find_slope([s.lines for s in sizes], values):.2f}</text>']
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = y(10**power)
        parts.append(f'<line class="g" x1="{left + 60}" x2="{left + 370}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{left + 54}" y="{at + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    for lines, name in ((10_000, "10k"), (100_000, "100k"), (1_000_000, "1M lines")):
        parts.append(f'<text x="{x(lines):.1f}" y="290" text-anchor="middle">{name}</text>')
    # A straight line: what the middle size would lead to if each line cost the same.
    middle = sizes[len(sizes) // 2]
    ends = [(one.lines, figure(middle) * one.lines / middle.lines) for one in (sizes[0], sizes[-1])]
    (x1, y1), (x2, y2) = [(x(lines), y(value)) for lines, value in ends]
    parts.append(f'<line class="s" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    points = [(x(one.lines), y(value)) for one, value in zip(sizes, values, strict=True)]
    parts.append(f'<polyline class="l" points="{" ".join(f"{px:.1f},{py:.1f}" for px, py in points)}"/>')
    for (px, py), value in zip(points, values, strict=True):
        parts.append(f'<circle class="d" cx="{px:.1f}" cy="{py:.1f}" r="3.5"/>')
        parts.append(f'<text x="{px - 6:.1f}" y="{py - 8:.1f}" text-anchor="end">{value:.3g}</text>')
    return "\n".join(parts)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--django", type=Path, help="a folder of Django's sources; by default it is downloaded")
    words.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    words.add_argument("--budget", type=float, default=BUDGET, help="seconds for all sizes together")
    words.add_argument("--plot", type=Path, help="where to draw; by default into docs/ when all sizes are measured")
    words.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.build:
        build(chosen.build)
        return
    print(describe_machine(f"python -m {ME}"))
    django = (chosen.django or find_django()).resolve()
    print("| lines | edges | wall s | CPU s | CPU s for 100,000 lines | MB | MB for 100,000 lines |")
    print("|---|---|---|---|---|---|---|")
    sizes, began = [], time.monotonic()
    for size in chosen.sizes:
        expected = 1.3 * sizes[-1].wall * size / sizes[-1].lines if sizes else 0.0
        if time.monotonic() - began + expected > chosen.budget:
            print(f"| {size:,} | left out: about {expected:.0f} s | | | | | |")
            break
        sizes.append(measure(django, size))
        print(sizes[-1].row(), flush=True)
    lines = [one.lines for one in sizes]
    slopes = {"time": [one.cpu for one in sizes], "memory": [one.memory for one in sizes]}
    plot = chosen.plot or (PLOT if len(sizes) == len(SIZES) else None)
    if plot is not None:
        plot.write_text(draw(sizes), "utf-8")
        print(f"\n![Growth of a first build]({plot.name})")
    print(
        "\nA slope is the exponent of the growth: 1 is linear. Memory is what comes on top of an idle process. The "
        f"edges themselves grow with a slope of {find_slope(lines, [one.edges for one in sizes]):.2f}."
    )
    reached = Aim("lines reached", f"{SIZES[-1]:,}", f"{lines[-1]:,}", lines[-1] >= SIZES[-1])
    print_aims(
        [
            reached,
            *(
                at_most(f"slope of {name}, least squares over logarithms", find_slope(lines, values), LINEAR, digits=2)
                for name, values in slopes.items()
            ),
        ]
    )


if __name__ == "__main__":
    main()
