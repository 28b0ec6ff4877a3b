"""Pictures for models: as each vendor wants them, and words where a model does not see."""

import base64

import pytest

from tests.fakes.models import chat_api, messages_api, responses_api
from tests.fakes.pictures import make_png
from yantra_bot.domain.conversation import Image, Message, ModelRequest, Role, Text
from yantra_bot.models import anthropic_shape, openai_chat, openai_responses
from yantra_bot.models.catalogue import MODELS
from yantra_bot.models.sight import MAX_BASE64, show_from
from yantra_bot.retrieval.picture_tokens import BLIND_TOKENS, count_picture, find_sight

PNG = make_png(64, 48)
IMAGE = Image("a" * 64, "image/png", 64, 48, len(PNG))
SHOW = show_from({"a" * 64: PNG}.__getitem__)
CODE = base64.b64encode(PNG).decode()


def ask(model: str, image: Image = IMAGE) -> ModelRequest:
    blocks = (Text("Picture 1, as data:"), image, Text("What is it?"))
    return ModelRequest(model, "", (), (Message(Role.USER, blocks),), 100)


def test_claude_gets_a_block_with_the_bytes() -> None:
    """In its place among the words."""
    body = anthropic_shape.encode(ask("claude-sonnet-5-5"), show=SHOW)
    assert messages_api.find_fault(body) is None
    kinds = [block["type"] for block in body["messages"][0]["content"]]
    assert kinds == ["text", "image", "text"]
    source = body["messages"][0]["content"][1]["source"]
    assert source == {"type": "base64", "media_type": "image/png", "data": CODE}


def test_chat_completions_get_parts() -> None:
    """A turn without pictures stays a plain text, which every compatible server takes."""
    body = openai_chat.encode(ask("gpt-6.2-sol"), show=SHOW)
    assert chat_api.find_fault(body) is None
    parts = body["messages"][0]["content"]
    assert [part["type"] for part in parts] == ["text", "image_url", "text"]
    assert parts[1]["image_url"] == {"url": f"data:image/png;base64,{CODE}", "detail": "high"}


def test_responses_get_an_input_image() -> None:
    """As an item of the user's."""
    body = openai_responses.encode(ask("gpt-6.2-sol"), show=SHOW)
    assert responses_api.find_fault(body) is None
    part = {"type": "input_image", "image_url": f"data:image/png;base64,{CODE}", "detail": "high"}
    assert body["input"][1] == {"role": "user", "content": [part]}


@pytest.mark.parametrize(
    ("model", "image"),
    [
        ("some-local-model", IMAGE),
        ("claude-sonnet-5-5", Image("b" * 64, "image/png", 64, 48, 9)),
        ("claude-sonnet-5-5", Image("a" * 64, "image/svg+xml", 64, 48, 9)),
        ("claude-sonnet-5-5", Image("a" * 64, "image/png", 9_000, 48, 9)),
    ],
)
def test_words_stand_for_what_is_not_shown(model: str, image: Image) -> None:
    """Nothing is known of the model, the bytes are gone, or the vendor would refuse them."""
    told = image.describe()
    request = ask(model, image)
    assert anthropic_shape.encode(request, show=SHOW)["messages"][0]["content"][1]["text"] == told
    assert openai_chat.encode(request, show=SHOW)["messages"][0]["content"][1] == {"type": "text", "text": told}
    assert openai_responses.encode(request, show=SHOW)["input"][1] == {"role": "user", "content": told}


def test_a_picture_beyond_the_vendors_limit_becomes_words() -> None:
    """A request that would be refused ends a run; a note does not."""
    large = show_from(lambda _: b"x" * MAX_BASE64)
    assert large(IMAGE, "claude-sonnet-5-5") is None


def test_the_fakes_refuse_what_vendors_refuse() -> None:
    """Bytes that are not what they are called, broken base64, a kind that nobody takes."""
    lying = show_from(lambda _: b"GIF89a")
    assert "does not match" in str(
        messages_api.find_fault(anthropic_shape.encode(ask("claude-sonnet-5-5"), show=lying))
    )
    assert "does not match" in str(chat_api.find_fault(openai_chat.encode(ask("gpt-6.2-sol"), show=lying)))
    assert "does not match" in str(responses_api.find_fault(openai_responses.encode(ask("gpt-6.2-sol"), show=lying)))
    broken = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/bmp;base64,aaaa"}}]}
    assert "not one of" in str(chat_api.find_fault({"messages": [broken]}))


@pytest.mark.parametrize(
    ("model", "size", "tokens"),
    [
        ("claude-sonnet-5-5", (1092, 1092), 39 * 39),
        ("claude-sonnet-5-5", (2576, 1456), 92 * 52),
        ("claude-sonnet-5-5", (8000, 8000), 4784),
        ("claude-sonnet-4-6", (1000, 1000), 36 * 36),
        ("claude-sonnet-4-6", (8000, 4500), 1568),
        ("gpt-6.2-sol", (1024, 1024), 1229),
        ("gpt-6.2-sol", (32, 32), 2),
        ("gpt-6.2-sol", (8000, 8000), 12_000),
        ("some-local-model", (4000, 4000), BLIND_TOKENS),
    ],
)
def test_pictures_are_counted_by_the_vendors_formulas(model: str, size: tuple[int, int], tokens: int) -> None:
    """Patches of 28 pixels at one vendor, of 32 times 1.2 at the other, after they were made smaller."""
    assert count_picture(Image("a", "image/png", *size, 1), model) == tokens


def test_whoever_sees_is_counted() -> None:
    """Each model of the catalogue that is shown pictures has a formula."""
    assert [name for name, facts in MODELS.items() if facts.sees and find_sight(name) is None] == []
