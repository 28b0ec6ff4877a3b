"""Pictures of the learned score, written as SVG: light and dark, with a title and a description that are read aloud."""

from collections.abc import Sequence
from html import escape

from yantra_bot.domain.scores import ReliabilityBin

STYLE = (
    "text{font:12px sans-serif;fill:#333}.g{stroke:#ddd}.d{stroke:#888;stroke-dasharray:4 4}"
    ".a{fill:#1769aa}.b{fill:#c77c11}.l{fill:none;stroke:#1769aa;stroke-width:2}.p{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#444}.d{stroke:#999}"
    ".a{fill:#6bb3e8}.b{fill:#e8a94d}.l{stroke:#6bb3e8}.p{fill:#16191d}}"
)


def draw_reliability(curve: Sequence[ReliabilityBin], error: float) -> str:
    """Return how often there was a fault where it was said to be so likely; a dot's size tells how many."""
    left, top, side = 60, 30, 300
    count = max(sum(one.count for one in curve), 1)
    points = [(left + side * one.said, top + side * (1 - one.seen), one.count) for one in curve]
    parts = []
    for step in range(0, 11, 2):
        at = side * step / 10
        y, x = top + side - at, left + at
        parts.append(f'<line class="g" x1="{left}" x2="{left + side}" y1="{y:.0f}" y2="{y:.0f}"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{step / 10:g}</text>')
        parts.append(f'<text x="{x:.0f}" y="{top + side + 18}" text-anchor="middle">{step / 10:g}</text>')
    parts.append(f'<line class="d" x1="{left}" y1="{top + side}" x2="{left + side}" y2="{top}"/>')
    parts.append(f'<polyline class="l" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)}"/>')
    for x, y, number in points:
        parts.append(f'<circle class="a" cx="{x:.1f}" cy="{y:.1f}" r="{3 + 12 * (number / count) ** 0.5:.1f}"/>')
    parts.append(f'<text x="{left + side / 2:.0f}" y="{top + side + 38}" text-anchor="middle">probability said</text>')
    parts.append(f'<text x="{left}" y="18">faults among them; expected calibration error {error:.3f}</text>')
    told = ", ".join(f"{one.said:.2f} said and {one.seen:.2f} seen of {one.count}" for one in curve)
    return _picture(400, 385, "Reliability of the learned score", told, parts)


def draw_classes(rows: Sequence[tuple[str, float, float]], names: tuple[str, str]) -> str:
    """Return bars of AUROC by class: the network's above the strongest baseline's, from a half to one."""
    left, width, height = 200, 420, 30
    parts = []
    for kind, at, name in (("a", left, names[0]), ("b", left + 130, names[1])):
        parts.append(f'<rect class="{kind}" x="{at}" y="10" width="12" height="12"/>')
        parts.append(f'<text x="{at + 18}" y="21">{escape(name)}</text>')
    bottom = 40 + height * len(rows)
    for step in range(5, 11):
        x = left + width * (step - 5) / 5
        parts.append(f'<line class="g" x1="{x:.0f}" x2="{x:.0f}" y1="34" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{step / 10:g}</text>')
    for place, (name, upper, lower) in enumerate(rows):
        y = 40 + height * place
        parts.append(f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{escape(name)}</text>')
        for value, kind, at in ((upper, "a", y + 2), (lower, "b", y + 13)):
            size = width * max(min(value, 1.0) - 0.5, 0) / 0.5
            parts.append(f'<rect class="{kind}" x="{left}" y="{at}" width="{size:.1f}" height="10"/>')
            parts.append(f'<text x="{left + size + 5:.1f}" y="{at + 9}" font-size="10">{value:.2f}</text>')
    told = "; ".join(f"{name}: {upper:.2f} and {lower:.2f}" for name, upper, lower in rows)
    return _picture(left + width + 50, bottom + 28, f"AUROC by class of fault: {names[0]} and {names[1]}", told, parts)


def _picture(width: int, height: int, title: str, told: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="title told">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="told">{escape(told)}</desc>'
    )
    inside = "\n".join(parts)
    return f'{head}\n<style>{STYLE}</style>\n<rect class="p" width="{width}" height="{height}"/>\n{inside}\n</svg>\n'
