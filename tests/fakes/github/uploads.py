"""What people uploaded into issues: served beside the API, to whoever asks and without credentials."""

from collections.abc import Mapping

from tests.fakes.github.exchange import Answer
from tests.fakes.github.world import World

PREFIX = "/user-attachments/assets/"


def serve(world: World, path: str, headers: Mapping[str, str]) -> Answer:
    """Return an upload, or the redirect that stands in its place."""
    if "authorization" in headers or "cookie" in headers:
        world.violations.append(f"GET {path}: credentials were sent for an upload")
    found = world.uploads.get(path.removeprefix(PREFIX))
    if found is None:
        return Answer(404, raw=b"")
    if isinstance(found, str):
        return Answer(302, raw=b"", headers={"Location": found})
    # Whatever was uploaded is called a picture: nobody is to believe it.
    return Answer(raw=found, content_type="image/png")
