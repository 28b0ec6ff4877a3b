"""A run's model reads history through a real worker: out of the repository that a push has filled, never the tree."""

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import FILES, Crew
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.worker.protocol import Close, Closed

FIXED = {**FILES, "calc.py": b"def add(a, b):\n    return a + b\n"}


async def test_a_model_looks_back_through_a_worker(crew: Crew) -> None:
    """Log, blame and a commit are told as of the run's commit, whatever the run has made of its tree meanwhile."""
    past = MirrorMaker(crew.maker.folder.with_name("mirror-past.git"))
    commits = []
    for maker in (past, crew.maker):
        first = maker.commit(FILES)
        commits.append(maker.child(maker.commit(FIXED), first, "Add instead of subtract"))
    assert commits[0] == commits[1]
    workspace = await crew.hire()
    await workspace.open(commits[0], Changeset())
    batch = await workspace.call(
        [
            ToolCall("1", "write_file", {"path": ".gitattributes", "content": "* diff=evil filter=evil\n"}),
            ToolCall("2", "edit_file", {"path": "calc.py", "search": "a + b", "replace": "b + a"}),
            ToolCall("3", "git_log", {"path": "calc.py"}),
            ToolCall("4", "git_blame", {"path": "/workspace/calc.py", "start_line": 2, "end_line": 2}),
            ToolCall("5", "git_show", {"commit": commits[0][:12]}),
        ]
    )
    log, blame, shown = (result.content for result in batch.results[2:])
    assert not any(result.is_error for result in batch.results[1:]), batch.results
    assert "Add instead of subtract" in log
    assert commits[0][:9] in blame
    assert "return a + b" in blame
    assert "+    return a + b" in shown
    late = await workspace._order(Close(), Closed, patience=30)
    assert late.late_imports == ()


async def test_a_worker_without_a_past_says_so(crew: Crew) -> None:
    """Where no push has fetched the history, the tool says that it is not at hand, and the run goes on."""
    workspace = await crew.open(FILES)
    (result,) = (await workspace.call([ToolCall("1", "git_log", {})])).results
    assert result.is_error
    assert "not at hand" in result.content
