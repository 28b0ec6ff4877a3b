"""What people do around pull requests: open one, push again, answer remarks, resolve threads; webhooks and all."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github import git_http, git_repository, payloads
from tests.fakes.github.filling import Filling
from tests.fakes.github.routes_reviews import add_comment, announce_review, answer_in_thread, checked_place
from tests.fakes.github.state import CheckRun, Issue, Repository
from tests.fakes.github.state_reviews import Review, ReviewComment, Talk


class Reviewing(Filling):
    """The part of a GitHub in which people work on pull requests."""

    async def open_pull_request(
        self, repository: Repository, files: Mapping[str, str | bytes | None], *,
        branch: str = "change", by: str, title: str = "A change", from_fork: Repository | None = None,
        is_draft: bool = False,
    ) -> Issue:  # fmt: skip
        """Commit files to a new branch, open a pull request from it, and deliver its webhook."""
        self.commit(from_fork or repository, files, branch=branch)
        issue = self.add_pull_request(
            repository, head=branch, title=title, by=by, from_fork=from_fork, is_draft=is_draft
        )
        await self.announce_pull_request(issue, "opened", by=by)
        return issue

    async def announce_pull_request(self, issue: Issue, action: str, *, by: str) -> None:
        """Deliver a `pull_request` event, and make it so: opened, reopened, ready_for_review, closed."""
        assert issue.pull is not None
        issue.pull.is_draft = issue.pull.is_draft and action != "ready_for_review"
        issue.state = {"closed": "closed", "reopened": "open"}.get(action, issue.state)
        issue.updated_at = self.state.timestamp()
        self.world.emit_pull_request(issue, action=action, sender=self.add_user(by))
        await self.world.deliveries.wait()

    async def push_again(
        self, issue: Issue, files: Mapping[str, str | bytes | None], *, by: str, is_forced: bool = False
    ) -> str:
        """Push to a pull request's branch; `is_forced` has the branch begin anew at its base. Return the commit."""
        pull = issue.pull
        assert pull is not None
        source, ref = pull.head_repository, f"refs/heads/{pull.head_ref}"
        before, person = pull.head_sha, self.add_user(by)
        if is_forced:
            git_repository.run_git(source.git_dir, "update-ref", ref, pull.base_sha)
        after = self.commit(source, files, branch=pull.head_ref)
        payload = payloads.push(self.world.links, source, ref=ref, before=before, after=after, pusher=person)
        self.world.emit("push", payload, repository=source, sender=person)
        git_http.move_pull_requests(self.world, source, ref=ref, sha=after, sender=person)
        await self.world.deliveries.wait()
        return after

    async def run_check_again(self, issue: Issue, run: CheckRun, *, by: str) -> None:
        """Press the button that runs a check again, and deliver its webhook."""
        pull, links = issue.pull, self.world.links
        assert pull is not None
        payload = payloads.check_run(links, issue.repository, run, app=self.app, action="rerequested")
        place = {"id": issue.repository.id, "url": links.repo(issue.repository), "name": issue.repository.name}
        head = {"ref": pull.head_ref, "sha": pull.head_sha, "repo": place}
        base = {"ref": pull.base_ref, "sha": pull.base_sha, "repo": place}
        url = f"{links.repo(issue.repository)}/pulls/{issue.number}"
        shape = {"id": pull.id, "number": issue.number, "url": url, "head": head, "base": base}
        payload["check_run"]["pull_requests"] = [shape] if pull.head_repository is issue.repository else []
        self.world.emit("check_run", payload, repository=issue.repository, sender=self.add_user(by))
        await self.world.deliveries.wait()

    def talk_of(self, issue: Issue) -> Talk:
        """Return the reviews of a pull request."""
        assert issue.pull is not None
        return issue.pull.talk

    async def submit_review(
        self, issue: Issue, *comments: Mapping[str, Any], by: str, state: str = "COMMENTED", body: str = ""
    ) -> list[ReviewComment]:
        """Submit a review with comments (`path`, `line`, `body`, perhaps `start_line`), and deliver its webhooks."""
        assert issue.pull is not None
        commit, user, made = issue.pull.head_sha, self.add_user(by), []
        review = Review(self.state.new_large_id(), user, body, state, commit, self.state.timestamp())
        issue.pull.talk.reviews.append(review)
        for one in comments:
            hunk = checked_place(issue, dict(one), commit)
            assert hunk is not None, f"{one} is not in the difference"
            made.append(add_comment(self.world, issue, review, dict(one), commit=commit, hunk=hunk, user=user))
        announce_review(self.world, issue, review)
        await self.world.deliveries.wait()
        return made

    async def answer_remark(self, issue: Issue, comment: ReviewComment, body: str, *, by: str) -> ReviewComment:
        """Reply in the thread of a remark, and deliver its webhook."""
        first = self.talk_of(issue).thread_of(comment).first
        reply = answer_in_thread(self.world, issue, first, body, user=self.add_user(by))
        await self.world.deliveries.wait()
        return reply

    def resolve_thread(self, issue: Issue, comment: ReviewComment, *, by: str) -> None:
        """Resolve the thread of a remark, as its button does."""
        thread = self.talk_of(issue).thread_of(comment)
        thread.is_resolved, thread.resolved_by = True, self.add_user(by)

    def thumb_down(self, comment: ReviewComment, *, by: str) -> None:
        """Put a thumb down at a remark."""
        self.state.add_reaction(comment.reactions, user=self.add_user(by), content="-1")

    def delete_remark(self, issue: Issue, comment: ReviewComment) -> None:
        """Delete a remark, as anybody who may write can."""
        self.talk_of(issue).remove(comment)
