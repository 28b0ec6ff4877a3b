"""Accounts, repositories, the app and its installations as GitHub writes them in JSON. Reads state, changes none."""

import base64
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.github import git_repository
from tests.fakes.github.state import APP_EVENTS, APP_PERMISSIONS, Installation, Repository, State, Token, User

Json = dict[str, Any]

USER_LINKS = {
    "followers_url": "/followers", "following_url": "/following{/other_user}", "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}", "subscriptions_url": "/subscriptions", "organizations_url": "/orgs",
    "repos_url": "/repos", "events_url": "/events{/privacy}", "received_events_url": "/received_events",
}  # fmt: skip
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
    "downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
    "languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}  # fmt: skip
RIGHTS = ("pull", "triage", "push", "maintain", "admin")
WORDS = ("read", "triage", "write", "maintain", "admin")


@dataclass(frozen=True)
class Links:
    """Where the API (`api`) and the pages and git (`web`) are, without a slash at the end."""

    api: str
    web: str

    def repo(self, repository: Repository) -> str:
        return f"{self.api}/repos/{repository.full_name}"

    def page(self, repository: Repository) -> str:
        return f"{self.web}/{repository.full_name}"


@dataclass(frozen=True)
class App:
    """The one GitHub App of this world. `bot` is the account that it acts as."""

    id: int
    client_id: str
    slug: str
    name: str
    bot: User
    owner: User
    public_key: str
    permissions: dict[str, str]
    events: tuple[str, ...]

    @classmethod
    def create(cls, state: State, public_key: str, *, slug: str = "yantra") -> "App":
        bot, owner = state.add_user(f"{slug}[bot]", "Bot"), state.add_user("yantra-operators", "Organization")
        client = "Iv23" + "yantratestclient"
        permissions = dict(APP_PERMISSIONS)
        return cls(state.new_id(), client, slug, slug.title(), bot, owner, public_key, permissions, APP_EVENTS)

    def other(self, slug: str) -> "App":
        """Return the App of somebody else that reports checks."""
        return replace(self, id=15_368 + len(slug), client_id=f"Iv1.{slug}", slug=slug, name=slug.title())


def node_id(kind: str, number: int) -> str:
    """Return an opaque id."""
    return base64.b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


def user(links: Links, one: User) -> Json:
    """Return GitHub's `simple-user`."""
    api = f"{links.api}/users/{one.login}"
    slug = one.login.removesuffix("[bot]")
    page = f"{links.web}/apps/{slug}" if one.kind == "Bot" else f"{links.web}/{one.login}"
    return {
        "login": one.login, "id": one.id, "node_id": node_id("User", one.id), "avatar_url": f"{links.web}/u/{one.id}",
        "gravatar_id": "", "url": api, "html_url": page, **{key: api + path for key, path in USER_LINKS.items()},
        "type": one.kind, "user_view_type": "public", "site_admin": False,
    }  # fmt: skip


def repository(links: Links, one: Repository) -> Json:
    """Return GitHub's `repository`, as it stands in payloads and in pull requests."""
    api, page = links.repo(one), links.page(one)
    open_issues = sum(issue.state == "open" for issue in one.issues.values())
    size = git_repository.size_kb(one.git_dir) if one.size_kb is None else one.size_kb
    return {
        "id": one.id, "node_id": node_id("Repository", one.id), "name": one.name, "full_name": one.full_name,
        "private": one.is_private, "owner": user(links, one.owner), "html_url": page, "description": None,
        "fork": one.is_fork, "url": api, **{key: api + path for key, path in REPOSITORY_LINKS.items()},
        "created_at": one.created_at, "updated_at": one.created_at, "pushed_at": one.created_at,
        "git_url": f"git:{page.split(':', 1)[1]}.git", "ssh_url": f"git@127.0.0.1:{one.full_name}.git",
        "clone_url": f"{page}.git", "svn_url": page, "homepage": None, "size": size, "stargazers_count": 0,
        "watchers_count": 0, "language": None, "has_issues": True, "has_projects": True, "has_downloads": True,
        "has_wiki": True, "has_pages": False, "has_discussions": False, "forks_count": 0, "mirror_url": None,
        "archived": one.is_archived, "disabled": False, "open_issues_count": open_issues, "license": None,
        "allow_forking": True, "is_template": False, "web_commit_signoff_required": False, "topics": [],
        "visibility": "private" if one.is_private else "public", "forks": 0, "open_issues": open_issues, "watchers": 0,
        "default_branch": one.default_branch, "custom_properties": {},
    }  # fmt: skip


def rights(word: str) -> dict[str, bool]:
    """Return the five flags of a permission word."""
    level = WORDS.index(word) if word in WORDS else -1
    return {flag: index <= level for index, flag in enumerate(RIGHTS)}


def full_repository(links: Links, one: Repository, *, permission: str) -> Json:
    """Return GitHub's `full-repository`, the answer to GET on a repository."""
    more = {"permissions": rights(permission), "network_count": 0, "subscribers_count": 0, "organization": None}
    if one.owner.kind == "Organization":
        more["organization"] = user(links, one.owner)
    return {**repository(links, one), **more}


def app(links: Links, one: App) -> Json:
    """Return GitHub's `integration`."""
    return {
        "id": one.id, "client_id": one.client_id, "slug": one.slug, "node_id": node_id("Integration", one.id),
        "owner": user(links, one.owner), "name": one.name, "description": "", "external_url": links.web,
        "html_url": f"{links.web}/apps/{one.slug}", "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z", "permissions": one.permissions, "events": list(one.events),
    }  # fmt: skip


def installation(links: Links, one: Installation, owner: App) -> Json:
    """Return GitHub's `installation`."""
    return {
        "id": one.id, "account": user(links, one.account), "app_id": owner.id, "app_slug": owner.slug,
        "repository_selection": "all" if one.repositories is None else "selected",
        "access_tokens_url": f"{links.api}/app/installations/{one.id}/access_tokens",
        "repositories_url": f"{links.api}/installation/repositories",
        "html_url": f"{links.web}/settings/installations/{one.id}", "target_id": one.account.id,
        "target_type": one.account.kind, "permissions": one.permissions, "events": list(owner.events),
        "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z", "single_file_name": None,
        "has_multiple_single_files": False, "single_file_paths": [], "client_id": owner.client_id,
        "suspended_by": None, "suspended_at": "2024-01-02T00:00:00Z" if one.is_suspended else None,
    }  # fmt: skip


def token(links: Links, one: Token, *, expires_at: str) -> Json:
    """Return GitHub's `installation-token`."""
    shape: Json = {"token": one.value, "expires_at": expires_at, "permissions": one.permissions}
    if one.repositories is None:
        return {**shape, "repository_selection": "all"}
    return {
        **shape,
        "repository_selection": "selected",
        "repositories": [repository(links, each) for each in one.repositories],
    }
