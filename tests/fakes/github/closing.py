"""The words in a pull request's text that close issues, which GitHub heeds on a merge and never before."""

import re

KEYWORDS = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b", re.IGNORECASE)


def numbers(body: str) -> list[int]:
    """Return the numbers of the issues of this repository that a text closes."""
    return [int(number) for number in KEYWORDS.findall(body)]
