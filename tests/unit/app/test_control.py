"""What control is told is all that it needs, secrets of every kind among it, and shows none of them."""

from pathlib import Path

from yantra_bot.app.control_part import ControlPart
from yantra_bot.app.door import DoorPart
from yantra_bot.settings import Settings


def test_every_secret_reaches_control_by_the_pipe_and_no_text_of_it(tmp_path: Path) -> None:
    """One value and several: what is masked on the way would be used as it looks."""
    key = tmp_path / "app.pem"
    key.touch(mode=0o600)
    key.write_text("the app's key")
    settings = Settings(
        state_folder=tmp_path,
        github_app_key_file=key,
        anthropic_api_key="sk-one",
        memory_url="s3://bucket/memory",
        memory_secrets="aws_access_key_id=key-two,aws_secret_access_key=key-three",
        webhook_secrets="four",
        slack_signing_secrets="a signing secret",
        alert_tokens="a bearer token",
        alert_secrets="a sender's secret",
        sentry_secrets="sentry's secret",
        slack_bot_token="xoxb-a-token",
    )
    part = ControlPart.of(settings)
    told = part.model_dump_json()
    there = ControlPart.model_validate_json(told).settings()
    assert there.anthropic_api_key.get_secret_value() == "sk-one"
    secrets = [one.get_secret_value() for one in there.memory_secrets]
    assert secrets == ["aws_access_key_id=key-two", "aws_secret_access_key=key-three"]
    assert there.slack_bot_token.get_secret_value() == "xoxb-a-token"
    assert "four" not in told
    doors = ("a signing secret", "a bearer token", "a sender's secret", "sentry's secret")
    assert not any(secret in told for secret in doors)
    given = DoorPart.of(settings)
    assert (given.slack_signing_secrets + given.alert_tokens + given.alert_secrets + given.sentry_secrets) == doors
    assert repr(given) == "DoorPart(…)"
    assert not any(
        word in f"{part!r} {there!r}" for word in ("sk-one", "key-two", "key-three", "xoxb", "the app's key")
    )
