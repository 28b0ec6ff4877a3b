"""Run a test GitHub as a process of its own, with one repository, one issue and the app installed.

    python -m tests.fakes.github --repository octo/demo --folder PATH --issue-title "…" --user alice

Prints one line of JSON when it is ready (addresses, ids, secrets of this run) and ends when its standard input does,
so that it never outlives who started it; with --stay it ends on SIGINT or SIGTERM only.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from tests.fakes.github.control import Control
from tests.fakes.github.fake import WEBHOOK_SECRET, FakeGitHub, start
from tests.fakes.github.judge import load


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.github", description="A local GitHub.")
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; 0 picks a free one")
    parser.add_argument("--data", type=Path, help="where repositories are kept; a temporary folder if left out")
    parser.add_argument("--app-key", type=Path, help="the app's private key (PEM); made, and written there, if missing")
    parser.add_argument("--webhook-url", help="where events are delivered; none if left out")
    parser.add_argument("--webhook-secret", default=WEBHOOK_SECRET)
    parser.add_argument("--description", type=Path, help="folder of the artefact github-openapi; judges if given")
    parser.add_argument("--repository", default="octo/demo", help="OWNER/NAME")
    parser.add_argument("--folder", type=Path, help="what the repository holds; empty if left out")
    parser.add_argument("--user", default="alice", help="login of a person with write permission")
    parser.add_argument("--issue-title")
    parser.add_argument("--issue-body", type=Path, help="file with the issue's text")
    parser.add_argument("--stay", action="store_true", help="do not end with standard input")
    return parser.parse_args(arguments)


async def prepare(options: argparse.Namespace) -> FakeGitHub:
    """Start, and fill it as the options say."""
    key_file: Path | None = options.app_key
    key = key_file.read_text() if key_file is not None and key_file.exists() else None
    judge = load(options.description) if options.description else None
    github = await start(
        options.data, port=options.port, private_key=key, webhook_secret=options.webhook_secret, judge=judge
    )
    if key_file is not None and key is None:
        key_file.touch(mode=0o600)
        key_file.write_text(github.private_key)
    github.send_webhooks_to(options.webhook_url)
    repository = github.add_repository(options.repository, folder=options.folder)
    github.permit(repository, options.user, "write")
    github.install(repository.owner.login)
    if options.issue_title:
        body = options.issue_body.read_text(encoding="utf-8") if options.issue_body else ""
        github.add_issue(repository, title=options.issue_title, body=body, by=options.user)
    return github


def describe(github: FakeGitHub, control: Control, control_url: str) -> dict[str, object]:
    """Return what the starter has to know."""
    repository = github.state.repositories[0]
    return {
        "api_url": github.api_url, "git_url": github.git_url, "app_id": github.app.id, "app_slug": github.app.slug,
        "installation_id": next(iter(github.state.installations)), "repository": repository.full_name,
        "repository_id": repository.id, "issue": next(iter(repository.issues), None), "control_url": control_url,
        "control_secret": control.secret, "webhook_secret": github.webhook_secret,
    }  # fmt: skip


async def wait_for_end(*, stay: bool) -> None:
    """Return on SIGINT or SIGTERM, or when standard input ends."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if not stay:
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

        async def follow() -> None:
            await reader.read()
            ended.set()

        following = loop.create_task(follow())
        await ended.wait()
        following.cancel()
    await ended.wait()


async def main(arguments: list[str]) -> None:
    options = parse(arguments)
    github = await prepare(options)
    control = Control(github)
    sys.stdout.write(json.dumps(describe(github, control, await control.start())) + "\n")
    sys.stdout.flush()
    await wait_for_end(stay=options.stay)
    await control.close()
    await github.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
