"""What people saw in a story, as Markdown, where YANTRA_TRANSCRIPTS names a folder: docs show the real thing.

YANTRA_TRANSCRIPTS=FOLDER python -m pytest tests/stories/test_incident.py
"""

import os
import re
from pathlib import Path
from typing import Any

from tests.stories.watchtower import Watchtower
from yantra_bot.domain.incidents import Incident

_MARK = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/(acme/shop|runs)")
_PROMETHEUS = re.compile(r"http://[\w.-]+:\d+/graph\S*")
_FENCE = "~~~~"


def write(name: str, tower: Watchtower, incident: Incident, pull: Any = None) -> None:
    """Write what the issue, the chat and the pull request said of an incident; nothing where no folder is named."""
    folder = os.environ.get("YANTRA_TRANSCRIPTS")
    if not folder:
        return
    issue = tower.yard.repository.issues[incident.issue]
    parts = [_shown(f"The issue #{issue.number}, as it stands in the end", f"# {issue.title}\n\n{issue.body}")]
    parts += [_shown("The bot under it", "\n\n".join(tower.scene.said(issue)))]
    told = tower.town.slack.said(tower.town.channel)
    parts += [
        _shown("Slack, the message as it stands in the end, and its thread", "\n\n".join(one.shown for one in told))
    ]
    if pull is not None:
        parts += [_shown(f"The pull request #{pull.number}", f"# {pull.title}\n\n{pull.body}")]
        parts += [_shown("The bot under it", "\n\n".join(tower.scene.said(pull)))]
    parts += [_shown("`git log` of the default branch", tower.git("log", "-3", "--format=%h %an %s%n%n%b", "main"))]
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    (path / f"{name}.md").write_text("\n".join(parts))


def _shown(title: str, text: str) -> str:
    clean = _ADDRESS.sub(
        lambda found: f"https://{'yantra' if found[1] == 'runs' else 'github'}.example/{found[1]}", text
    )
    clean = _PROMETHEUS.sub("https://prometheus.example/graph)", clean)
    return f"## {title}\n\n{_FENCE}text\n{_MARK.sub('', clean).strip()}\n{_FENCE}\n"
