"""A stateful GitHub for tests and the demo, served over HTTP, judged by GitHub's own API description."""

from tests.fakes.github.fake import FakeGitHub, start

__all__ = ["FakeGitHub", "start"]
