"""Pictures on the forge: a commit of their own under a ref of ours, which no clone fetches and no workflow hears of.

Whoever may read the repository may see them, and nobody else. A branch, a tag or the default branch is never touched.
"""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.commits import Author, signature
from yantra_bot.forge.conversation import Conversation
from yantra_bot.forge.git_failures import explain, trouble_of
from yantra_bot.forge.git_names import picture_ref
from yantra_bot.forge.mirror import Mirror
from yantra_bot.ports import BlobStore

_NAME = re.compile(r"[a-z0-9-]{1,80}\.(png|jpg|gif|webp)")
MAX_PICTURES = 20


async def build_album(
    mirror: Mirror, blobs: BlobStore, pictures: Mapping[str, str], *, author: Author, message: str, at: float
) -> str:
    """Return the id of a commit without a parent that holds these blobs by name; the same input gives the same id."""
    if not 0 < len(pictures) <= MAX_PICTURES or not all(_NAME.fullmatch(name) for name in pictures):
        raise UserError("Only a few pictures with plain names are put on the forge.")
    lines = []
    for name, blob in sorted(pictures.items()):
        digest = await mirror.must("hash-object", "-w", "--stdin", "--no-filters", stdin=blobs.get(blob))
        lines.append(f"100644 {digest}\t{name}\0".encode())
    with tempfile.TemporaryDirectory(prefix="yantra-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        await mirror.must("update-index", "-z", "--index-info", stdin=b"".join(lines), environment=index)
        tree = await mirror.must("write-tree", environment=index)
    return await mirror.must("commit-tree", tree, stdin=message.encode(), environment=signature(author, at))


async def push_album(conversation: Conversation, commit: str, run_id: str) -> None:
    """Put the commit under the run's ref; done already is done. Raises Permanent where a rule refuses it, Transient."""
    ref, what = picture_ref(run_id), "Pushing the pictures"
    there = await conversation.there(ref)
    if there == commit:
        return
    if there is not None:
        raise Permanent(f"{what}: {ref} holds other pictures.")
    done = await conversation.talk("push", "--porcelain", "--no-verify", "origin", f"{commit}:{ref}")
    if done.code != 0 and await conversation.there(ref) != commit:
        raise explain(trouble_of(done), done, what=what)
