"""No model at all: a server without one reviews, and tells whoever asks for more what is missing."""

from typing import Final

from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.domain.tiers import Tier
from yantra_bot.errors import UserError
from yantra_bot.ports import Model

NO_MODEL: Final = (
    "No model is set up here, so only reviews are possible. The operator can set ANTHROPIC_API_KEY, OPENAI_API_KEY, or "
    "YANTRA_MODEL_BASE_URL with YANTRA_MODEL."
)


class NoModels:
    """Stands where `vendors.Vendors` would: its default is empty, and nothing can be asked."""

    default: Final = ""
    others: Final[tuple[str, ...]] = ()

    def __call__(self, model: str) -> Model:
        raise UserError(NO_MODEL)

    def of_tier(self, tier: Tier) -> str:
        return self.default

    async def close(self) -> None:
        """There is nothing to close."""

    def tokens(self, request: ModelRequest) -> int:
        return 0

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        return None

    def counted(self, text: str, model: str) -> int:
        return len(text)

    def room(self, model: str) -> int:
        return 0
