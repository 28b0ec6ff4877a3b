"""A picture in an issue reaches a model that sees, and is told of to one that does not."""

import base64

from tests.fakes.models import FakeModels
from tests.fakes.pictures import make_png
from tests.stories.library import SHELL_FILES
from tests.stories.models import WORK, claude, compatible
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

PICTURE = make_png(640, 480)


def upload(scene: Scene) -> None:
    """Let the issue show a picture, one that is none, and one of a stranger's server."""
    scene.work_in(SHELL_FILES)
    shown = scene.github.upload("0b1c", PICTURE)
    broken = scene.github.upload("ffff", b"<html>no picture</html>")
    scene.issue.body += (
        f"\n\n![What it shows]({shown})\n<img width=9 src='{broken}'>\n![](https://evil.example.com/x.png)"
    )


async def test_a_picture_in_an_issue_is_shown_to_a_model_that_sees(scene: Scene) -> None:
    """Claude gets the bytes that were uploaded, and words for what could not be had; every turn shows them again."""
    async with FakeModels() as models:
        models.will(*WORK)
        upload(scene)
        async with scene.server(**claude(models), critique_rounds=0):
            await scene.comment("@yantra implement")
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    for seen in models.seen:
        first = seen.body["messages"][0]["content"]
        (image,) = [block for block in first if block["type"] == "image"]
        assert base64.b64decode(image["source"]["data"]) == PICTURE
        before = first[first.index(image) - 1]["text"]
        assert before == "Picture 1, in the issue, as data:"
    words = "\n".join(block["text"] for block in first if block["type"] == "text")
    assert "Picture 2, in the issue, could not be had: It is no PNG, JPEG, GIF or WebP." in words
    assert "Picture 3, in the issue, could not be had: It lies at evil.example.com, which is not asked" in words
    assert [step.name for step in scene.steps() if step.name.startswith("read pictures")] == ["read pictures#1"]


async def test_a_model_that_does_not_see_is_told_of_the_picture(scene: Scene) -> None:
    """Nothing is known of a compatible server's model: it gets words in the picture's place."""
    async with FakeModels() as models:
        models.will(*WORK)
        upload(scene)
        async with scene.server(**compatible(models), critique_rounds=0):
            await scene.comment("@yantra implement")
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    sent = str(models.seen[0].body["messages"])
    assert "[A picture: PNG, 640 x 480 pixels. It cannot be shown to you.]" in sent
    assert "image_url" not in sent
