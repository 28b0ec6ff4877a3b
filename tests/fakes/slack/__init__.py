"""A stateful Slack for tests, served over HTTP: the methods that the bot calls, and the requests that Slack sends."""

from tests.fakes.slack.fake import FakeSlack, start

__all__ = ["FakeSlack", "start"]
