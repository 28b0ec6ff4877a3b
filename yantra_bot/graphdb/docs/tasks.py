"""Reads plan tasks: checkboxes with their milestone, status, dependencies and what a person has to do. Pure."""

import re
from dataclasses import replace

from yantra_bot.domain.project_docs import Entry, EntryKind, Status
from yantra_bot.graphdb.docs.markdown import Item, Page
from yantra_bot.graphdb.docs.text import bold_lead, entry_of, first_sentence, key_of
from yantra_bot.graphdb.docs.words import plain

_BOXES = {
    " ": Status.OPEN,
    "x": Status.DONE,
    "X": Status.DONE,
    "✓": Status.DONE,
    "/": Status.IN_PROGRESS,
    "~": Status.IN_PROGRESS,
    "@": Status.IN_PROGRESS,
    "!": Status.BLOCKED,
    "-": Status.CANCELLED,
}
"""`[ ]` and `[x]` are GitHub's; the others are the commonest customs. What is in no table is open."""
_MARKS = (
    (re.compile(r"[(\[](?:blocked|on hold|waiting)\b|⛔|🚫", re.IGNORECASE), Status.BLOCKED),
    (re.compile(r"[(\[](?:in progress|wip|doing|started)\b|🚧|🏗", re.IGNORECASE), Status.IN_PROGRESS),
    (re.compile(r"[(\[](?:cancell?ed|dropped|won't do|wontfix)\b", re.IGNORECASE), Status.CANCELLED),
)
_STRUCK = re.compile(r"~~.+~~\W*$")
_GENERIC = re.compile(
    r"\W*(?:to ?-?do(?:s| list)?|tasks?|check ?list|plan|road ?map|backlog|next(?: steps)?|open|done|remaining|work)"
    r"\W*",
    re.IGNORECASE,
)
_MILESTONE = re.compile(
    r"\b(?:milestone|phase|sprint|iteration|stage|release|version|step|week|month|quarter|epic|part)\b"
    r"|\bv?\d+\.\d+|\b[MQPS]\d{1,2}\b|\b20\d\d\b",
    re.IGNORECASE,
)
_LABEL = r"[A-Z]{1,5}-?\d{1,5}(?:\.\d{1,4})*"
_DOTTED = r"\d{1,4}(?:\.\d{1,4})+"
_NUMBER = re.compile(
    rf"(?:[(\[]?(#\d{{1,6}}|{_LABEL}|{_DOTTED}|\d{{1,4}}(?=[.)]))[)\]]?[.:)]?)(?:\s*[–—-])?\s+",
)
_AFTER = re.compile(
    r"\b(?:after|depends (?:up)?on|dependenc(?:y|ies)|blocked (?:by|on)|requires|needs|prerequisites?)\b\s*:?\s*",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:tasks?|items?|steps?|issues?)?\s*"
    rf"(#\d{{1,9}}|[\w.-]{{1,60}}/[\w.-]{{1,60}}#\d{{1,9}}|\b{_LABEL}\b|\b{_DOTTED}\b"
    r"|(?<=task )\d{1,4}\b|(?<=step )\d{1,4}\b|\"[^\"\n]{3,200}\"|“[^”\n]{3,200}”)"
)
_BETWEEN = re.compile(r"\s*(?:,\s*(?:and\s)?|and\s|&|\+|;)\s*", re.IGNORECASE)
_ACTION_NAME = (
    r"(?:required )?(?:user|manual|owner|human|your) (?:actions?|steps?)(?: required| needed)?"
    r"|actions? required|needs (?:user|you|owner)|👤|🙋"
)
_ACTION = re.compile(rf"(?:{_ACTION_NAME})\s*[:–—-]\s*(.+)", re.IGNORECASE)
_ACTION_TAG = re.compile(r"\[(?:user|manual|human|owner)(?: action)?\]", re.IGNORECASE)
_ACTION_SENTENCE = re.compile(
    r"\b((?:the )?(?:you|user|owner|maintainer|operator|admin(?:istrator)?)s?"
    r" (?:must|has to|have to|needs? to)\s.{3,200}?)"
    r"(?=[;)]|\.(?:\s|$)|$)",
    re.IGNORECASE,
)
_ACTION_SECTION = re.compile(_ACTION_NAME, re.IGNORECASE)
_ASIDE = re.compile(
    r"\s*[(\[](?:after|depends|blocked|requires|needs|user action|manual|owner|in progress|wip|on hold|doing|started"
    r"|cancell?ed|dropped)\b[^()\[\]]*[)\]]",
    re.IGNORECASE,
)
_TEMPLATES = re.compile(r"(?:^|/)\.github/|template", re.IGNORECASE)


def read_tasks(page: Page) -> list[Entry]:
    """Return the tasks of a page in the order of their lines; a template for issues or pull requests has none."""
    if _TEMPLATES.search(page.path):
        return []
    milestones = [_milestone(page, index) for index in range(len(page.headings))]
    actions = [_is_action_section(page, index) for index in range(len(page.headings))]
    found = []
    for index, item in enumerate(page.items):
        is_action = item.heading >= 0 and actions[item.heading]
        if item.text and (item.box is not None or (is_action and item.depth == 0)):
            found.append(_task(page, index, milestones[item.heading] if item.heading >= 0 else "", is_action))
    return found


def _task(page: Page, index: int, milestone: str, is_action: bool) -> Entry:
    item = page.items[index]
    title, number = read_title(item)
    own = _own_text(page, index, item)
    entry = entry_of(page, EntryKind.TASK, title, item)
    actions = _actions_of(own) or ((title,) if is_action else ())
    parent = _parent_task(page, item)
    return replace(
        entry,
        status=read_box(item),
        number=number,
        group=milestone,
        depends_on=tuple(name for name in read_dependencies(own) if name != number),
        user_actions=actions,
        parent=key_of(page.path, parent.line) if parent else "",
    )


def read_box(item: Item) -> Status:
    """Return how far a task is: its box, unless its words say more about what is not done."""
    status = _BOXES.get(item.box or " ", Status.OPEN)
    if status is not Status.OPEN:
        return status
    if _STRUCK.match(item.text):
        return Status.CANCELLED
    return next((status for pattern, status in _MARKS if pattern.search(item.text)), Status.OPEN)


def read_title(item: Item) -> tuple[str, str]:
    """Return a task's title and number, without what stands in brackets about its state and its dependencies."""
    text, number = item.text, item.marker.rstrip(".)") if item.marker[0].isdigit() else ""
    lead, rest = bold_lead(text)
    labelled = _NUMBER.fullmatch(f"{lead} ") if lead else None
    if labelled:
        number, text = labelled[1], rest.lstrip(" :–—-.")
    elif lead and (
        not rest.strip()
        or rest.lstrip()[0] in ":–—-("
        or text[: len(text) - len(rest)].rstrip("*_").endswith((":", "."))
    ):
        text = lead
    words = plain(text)
    found = _NUMBER.match(words)
    if found and len(words) > found.end():
        number, words = found[1], words[found.end() :]
    return first_sentence(_without_clause(_ASIDE.sub("", words))) or first_sentence(words), number.strip("()[]")


def _without_clause(words: str) -> str:
    """Return a title without what it comes after, if that is how it ends."""
    for keyword in _AFTER.finditer(words):
        _, end = _references_at(words, keyword.end())
        if end > keyword.end() and (end == len(words) or words[end] in ".;,"):
            return (words[: keyword.start()].rstrip(" ,;:–—-") + words[end:]).strip()
    return words


def read_dependencies(text: str) -> tuple[str, ...]:
    """Return what Markdown says that a task comes after: `#3`, `T2`, `owner/name#4`, or a quoted title."""
    found: list[str] = []
    for keyword in _AFTER.finditer(text):
        found += _references_at(text, keyword.end())[0]
    return tuple(dict.fromkeys(found))


def _references_at(text: str, place: int) -> tuple[list[str], int]:
    """Return the references that follow one another from `place` on, and where they end."""
    found: list[str] = []
    end = place
    while reference := _REFERENCE.match(text, place):
        found.append(reference[1].strip('"“”'))
        end = reference.end()
        between = _BETWEEN.match(text, end)
        if between is None:
            break
        place = between.end()
    return found, end


def _own_text(page: Page, index: int, item: Item) -> str:
    """Return the text of a task without the tasks nested in it, line by line, as a reader sees it."""
    last = min(item.end_line, item.line + 60)
    later = (other.line for other in page.items[index + 1 :] if other.box is not None)
    last = min(last, next(later, last + 1) - 1)
    lines = page.visible(item.line + 1, last)
    return "\n".join([plain(item.text), *(plain(line[:2_000]) for _, line in lines)])


def _actions_of(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for words in text.split("\n"):
        named = _ACTION.search(words) or _ACTION_SENTENCE.search(words)
        if named:
            found.append(named[1].strip().rstrip(").]").strip())
        elif _ACTION_TAG.search(words):
            found.append(first_sentence(_ACTION_TAG.sub("", words).strip(" -*+x[]")))
    return tuple(dict.fromkeys(action for action in found if action))


def _parent_task(page: Page, item: Item) -> Item | None:
    while item.parent >= 0:
        item = page.items[item.parent]
        if item.box is not None:
            return item
    return None


def _milestone(page: Page, index: int) -> str:
    """Return the innermost heading that sounds like a milestone, else the innermost one that says something."""
    above = [plain(heading.text) for heading in page.ancestors(index)]
    named = next((text for text in above if _MILESTONE.search(text)), None)
    if named is not None:
        return named
    levels = [heading.level for heading in page.ancestors(index)]
    kept = (text for text, level in zip(above, levels, strict=True) if level > 1 and not _is_generic(text))
    return next(kept, "")


def _is_generic(heading: str) -> bool:
    return bool(_GENERIC.fullmatch(heading) or _ACTION_SECTION.fullmatch(heading.strip(" :")))


def _is_action_section(page: Page, index: int) -> bool:
    return any(_ACTION_SECTION.fullmatch(plain(heading.text).strip(" :")) for heading in page.ancestors(index))
