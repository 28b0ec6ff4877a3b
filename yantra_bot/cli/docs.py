"""`yantra docs`: what a project's Markdown says about features, decisions, changes and tasks, and adding to it."""

from dataclasses import asdict
from pathlib import Path

import click

from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.console import count
from yantra_bot.domain.project_docs import Entry, EntryKind, Registry, Status
from yantra_bot.graphdb.docs.additions import add_entry
from yantra_bot.graphdb.docs.files import read_texts, write_edit
from yantra_bot.graphdb.docs.registry import read_registry
from yantra_bot.graphdb.docs.writing import NewEntry

KINDS = click.Choice([kind.value for kind in EntryKind])
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def docs() -> None:
    """Read a project's documentation as a registry, and add to it; Markdown stays the only source."""


@docs.command("list")
@click.option("--repo", default=".", show_default=True, type=FOLDER, help="The project's folder.")
@click.option("--kind", type=KINDS, help="Only entries of this kind.")
@click.option("--status", type=click.Choice([status.value for status in Status]), help="Only entries of this status.")
@json_option
def list_entries(repo: Path, kind: str | None, status: str | None, *, as_json: bool) -> None:
    """List features, decisions, changes and tasks with the place of each, and what is said twice."""
    registry = read_registry(repo)
    entries = [
        entry for entry in registry.entries if kind in {None, entry.kind.value} and status in {None, entry.status}
    ]
    if as_json:
        print_json(_as_json(registry, entries))
        return
    for entry in entries:
        click.echo(_line_of(entry))
    if not entries:
        click.echo(_why_empty(repo, registry), err=True)
    for duplicate in registry.duplicates:
        if kind in {None, duplicate.kind.value}:
            keys = ", ".join(duplicate.keys)
            click.echo(_shown(f"said twice: {duplicate.kind} {duplicate.what!r} at {keys}"), err=True)
    for problem in registry.problems:
        click.echo(f"{_shown(problem.path)}: {problem.kind} ({problem.detail})", err=True)


def _as_json(registry: Registry, entries: list[Entry]) -> dict[str, object]:
    return {
        "entries": [asdict(entry) for entry in entries],
        "duplicates": [asdict(duplicate) for duplicate in registry.duplicates],
        "problems": [asdict(problem) for problem in registry.problems],
        "files": list(registry.files),
    }


def _why_empty(repo: Path, registry: Registry) -> str:
    if registry.entries:
        return f"No entry is of this kind and status; without them there are {len(registry.entries)}."
    if not registry.files:
        return _shown(f"There is no Markdown page in {repo.resolve()}.")
    pages = count(len(registry.files), "Markdown page")
    return _shown(f"In {pages} of {repo.resolve()} nothing is said of features, decisions, changes or tasks.")


def _line_of(entry: Entry) -> str:
    group = " / ".join(part for part in (entry.group, entry.category) if part)
    title = f"{entry.number} {entry.title}" if entry.number else entry.title
    after = f"  after {', '.join(entry.depends_on)}" if entry.depends_on else ""
    needs = f"  needs: {'; '.join(entry.user_actions)}" if entry.user_actions else ""
    where = f"  [{group}]" if group else ""
    return _shown(f"{entry.kind:<8}  {entry.status or '':<11}  {title}{where}{after}{needs}  ({entry.key})")


def _shown(text: str) -> str:
    """Return text without the control characters with which a page could act on the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


@docs.command("add")
@click.argument("kind", type=KINDS)
@click.argument("title")
@click.option("--repo", default=".", show_default=True, type=FOLDER, help="The project's folder.")
@click.option("--file", "path", default="", help="The page (of a decision: the folder), where several could be meant.")
@click.option("--body", default="", help="One line more about it.")
@click.option("--group", default="", help="The milestone of a task, the section of a feature.")
@click.option("--new-group", is_flag=True, help="Make the group if it is not there.")
@click.option("--category", default="", help="Of a change: Added, Changed, Fixed, …")
@click.option("--status", type=click.Choice([status.value for status in Status]), help="Of a task or a decision.")
@click.option("--after", multiple=True, help="What a task depends on, such as '#3'; may be repeated.")
@click.option("--user-action", multiple=True, help="What a person has to do for a task; may be repeated.")
@click.option("--date", default="", help="Of a decision, such as 2026-05-01.")
@json_option
def add(
    kind: str,
    title: str,
    *,
    repo: Path,
    path: str,
    body: str,
    group: str,
    new_group: bool,
    category: str,
    status: str | None,
    after: tuple[str, ...],
    user_action: tuple[str, ...],
    date: str,
    as_json: bool,
) -> None:
    """Add an entry to the page it belongs to, in that page's style; refuse where the place is not certain."""
    new = NewEntry(
        EntryKind(kind),
        title,
        body=body,
        path=path,
        group=group,
        creates_group=new_group,
        category=category,
        status=Status(status) if status else None,
        depends_on=after,
        user_actions=user_action,
        date=date,
    )
    pages = read_texts(repo)
    edit = add_entry(pages, new)
    write_edit(repo, edit, before=pages.get(edit.path))
    if as_json:
        print_json({"path": edit.path, "line": edit.line})
    else:
        click.echo(f"Added to {edit.path}, line {edit.line}.")
