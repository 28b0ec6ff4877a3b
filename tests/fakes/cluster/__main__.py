"""The fake cluster as a process: `python -m tests.fakes.cluster FOLDER [NAMESPACE …]`.

Prints the path of a kubeconfig when it can be reached, then goes on until its input ends.
"""

import asyncio
import sys
from pathlib import Path

from tests.fakes.cluster.fake import FakeCluster


async def main(folder: Path, namespaces: list[str]) -> None:
    cluster = await FakeCluster(folder).start()
    for name in namespaces:
        cluster.objects.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    sys.stdout.write(f"{cluster.kubeconfig}\n")
    sys.stdout.flush()
    try:
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await cluster.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
