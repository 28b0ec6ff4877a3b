"""What a worker does with its tree: lay it out, prepare it, run tools and tests in it, show it. The child's side.

Everything that a repository or a model wrote is executed by the sandbox alone; this process reads and writes files.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from yantra_bot.agent.commands import CommandResult
from yantra_bot.agent.history import HistoryTools
from yantra_bot.agent.search import find_ripgrep
from yantra_bot.agent.syntax import Grammars
from yantra_bot.agent.tools import ToolBox
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.context import without_context
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.proof import ChangeFacts, EnvironmentReport, TestReport, TestStatus
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError, YantraError
from yantra_bot.ports import ToolBatch
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.checkout import Checkout, Mark
from yantra_bot.sandbox.environment import Environment, prepare
from yantra_bot.sandbox.layout import lay_out
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.validation.test_run import TestBench, run_tests
from yantra_bot.worker.aftermath import Aftermath, list_names
from yantra_bot.worker.base_desk import run_base
from yantra_bot.worker.check_desk import CheckMeans, check_tree
from yantra_bot.worker.computing import compute
from yantra_bot.worker.guide_link import GuideLink
from yantra_bot.worker.measuring import measure_tree
from yantra_bot.worker.outline import outline
from yantra_bot.worker.packages import Means, Packages, prepare_base
from yantra_bot.worker.protocol import RECORDING_FOLDER, Assemble, Call, Open, Opened, Start
from yantra_bot.worker.recording_desk import record_suite
from yantra_bot.worker.tasks import Check, Measure, Validate
from yantra_bot.worker.undoing import Undoing

NO_ENVIRONMENT = Environment(EnvironmentReport(key="none", was_cached=False, seconds=0.0))
"""Until `prepare`: the interpreter and what its own library holds."""

MAX_DIFF = 4_000_000


class Desk:
    """One tree, and the tools in it. `say` takes lines of output for people."""

    def __init__(
        self,
        start: Start,
        mirror: Mirror,
        grammars: Grammars,
        guide: GuideLink | None = None,
        *,
        past: Mirror | None = None,
    ) -> None:
        """`past` has the commits that led to the tree's, where a push has fetched them."""
        self.say: Callable[[str], None] = _ignore
        self._start = start
        self._mirror = mirror
        self._past = past
        self._guide = guide
        self._commit = ""
        self._grammars = grammars
        self._ripgrep = find_ripgrep()
        self._sandbox: Sandbox | None = None
        self._checkout: Checkout | None = None
        self._box: ToolBox | None = None
        self._packages: Packages | None = None
        self._environment = NO_ENVIRONMENT
        self._aftermath = Aftermath()
        self._failed_before: frozenset[str] = frozenset()
        self._remembered: dict[str, Any] = {}

    def open(self, commit: str, changes: Changeset, read_blob: Callable[[str], bytes]) -> Opened:
        """Lay out a commit and a change, anew. Raises KeyError when a blob is missing."""
        self._checkout = self._box = None
        self._environment = NO_ENVIRONMENT
        self._aftermath = Aftermath()
        self._failed_before = frozenset()
        self._remembered = {}
        root = self._start.folder / "tree"
        remove_folder(root)
        root.mkdir(mode=0o755)
        checkout = Checkout(self._mirror, commit, root, self._start.config.checkout)
        checkout.apply(changes, read_blob)
        self._checkout, self._commit = checkout, commit
        means = Means(
            self._mirror,
            commit,
            self.open_sandbox,
            self._prepare_again,
            self._tell,
            self._start.config.allowed_packages,
        )
        self._packages = Packages(checkout, means)
        self._box = ToolBox(
            checkout.tree,
            run=self._run,
            test=self.test,
            diff=checkout.diff,
            grammars=self._grammars,
            ripgrep=self._ripgrep,
            explore=self._explore,
            failed_before=lambda: self._failed_before,
            history=HistoryTools(self._past, commit),
            compute=self._compute,
            require=self._packages.require,
        )
        layout = checkout.layout
        omitted = tuple(f"{left.shown}: {left.reason}" for left in layout.omitted)
        return Opened(len(layout.files), layout.bytes, omitted[:1_000])

    def prepare(self) -> EnvironmentReport:
        """Install what the repository declares, or find it installed; of a change, only what somebody vouches for."""
        checkout, _ = self._need()
        strange = self._packages.unvouched() if self._packages else ()
        if strange:
            place = self._start.folder / "prepare-base"
            self._environment = prepare_base(place, self._lay_base, self._install, strange)
        else:
            self._environment = self._install(checkout.tree.root)
        return self._environment.report

    def _install(self, tree: Path) -> Environment:
        config, sandbox = self._start.config, self.open_sandbox()
        places: dict[str, Any] = {"index": config.index, "egress": config.egress_folder}
        return prepare(tree, sandbox=sandbox, cache=self._start.cache, on_line=self.say, **places)

    def _prepare_again(self) -> Environment:
        self.prepare()
        return self._environment

    def _tell(self, line: str) -> None:
        self.say(line)

    @property
    def prepared(self) -> Environment | None:
        """What was installed; None where nothing was."""
        return None if self._environment is NO_ENVIRONMENT else self._environment

    def call(
        self, calls: Sequence[ToolCall], checkpoints: Sequence[Changeset], read_blob: Callable[[str], bytes]
    ) -> ToolBatch:
        """Run tool calls in order, and survey the tree after the last one."""
        checkout, box = self._need()
        box.undo_with(Undoing(checkout, checkpoints, read_blob).undo)
        before = len(box.commands)
        results = tuple(box.call(call) for call in calls)
        question = self._packages.question if self._packages else ""
        executions = tuple(one.cut() for one in box.commands[before:])
        return ToolBatch(results, checkout.survey().changes, box.finished, question, executions)

    def content(self, blob: str) -> bytes:
        """Return the content of a file of the change."""
        return self._need()[0].content(blob)

    def test_base(self, projects: tuple[str, ...]) -> TestReport:
        """Run projects of the base commit, by their labels, beside the tree."""
        place = self._start.folder / "test-base"
        return run_base(self._make_bench(self._need()[0]), projects, place, self._lay_base, self.say)

    def test(self, selection: tuple[str, ...], *, records: bool = False, is_lenient: bool = False) -> TestReport:
        """Run tests, all where none is named, and undo what they did to the tree.

        `is_lenient`: tests that are named and that pytest does not know are left out.
        `records`: keep what each test ran of the commit, where the tree is the commit's and its tests are pytest's.
        """
        checkout, _ = self._need()
        mark = checkout.mark()
        try:
            report = self._record(checkout, mark) if records and not selection and not mark.changes.files else None
            if report is None:
                report = run_tests(
                    self._make_bench(checkout),
                    selection,
                    is_lenient=is_lenient,
                    near=[change.path for change in mark.changes.files],
                    on_line=self.say,
                )
            if not mark.changes.files:
                self._failed_before |= report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR)
            return report
        finally:
            restored = checkout.undo_since(mark)
            if restored:
                self.say(f"The tests changed {list_names(restored)}; that was undone.")

    def _record(self, checkout: Checkout, mark: Mark) -> TestReport | None:
        """Return what the tests showed while what they ran was written down; None where a plain run has to tell."""
        tests = self._start.tests
        if self._environment.python is None or tests.argv or tests.runner not in {None, RunnerName.PYTEST}:
            return None
        place = self._start.folder / RECORDING_FOLDER
        report = record_suite(self._make_bench(checkout), checkout, self._commit, place, say=self.say)
        if report is None:
            checkout.undo_since(mark)
        return report

    def check(self, order: Check, keep: Callable[[bytes], str]) -> CheckResult:
        """Make a check, and undo what it did to the tree. `keep` takes bytes that control is to get."""
        checkout, _ = self._need()
        strange = self._packages.unvouched if self._packages else tuple
        means = CheckMeans(self.open_sandbox(), self._environment, self._ask, keep, self._remembered, strange, self.say)
        return check_tree(order, checkout, self._start.folder, means, self._lay_base)

    def _lay_base(self, folder: Path) -> None:
        lay_out(self._mirror, self._commit, folder, self._start.config.checkout)

    def diff(self) -> str:
        """Return the change as a unified diff, cut at MAX_DIFF: a run does not end by what it cannot show."""
        text = self._need()[0].diff()
        if len(text) <= MAX_DIFF:
            return text
        kept = text[:MAX_DIFF].rpartition("\n")[0]
        return f"{kept}\n[The diff has {len(text)} characters; the rest is left out.]\n"

    def measure(self, order: Measure) -> ChangeFacts:
        """Measure the change, how much of it was executed, and what the symbols are that were named."""
        return measure_tree(self._need()[0], order, self._grammars.parse)

    def outline(self, limit: int) -> str:
        """Name the paths of the tree."""
        return outline(self._need()[0].paths(), limit)

    def assemble(self, order: Assemble) -> Any:
        """Return the context of a task, or why there is none: a run does not end by that."""
        self._need()
        try:
            return self._ask(order)
        except YantraError as problem:
            return without_context(str(problem))

    def _explore(self, tool: str, arguments: dict[str, Any]) -> str:
        """Return what a tool says that knows the tree, as it is edited now."""
        return str(self._ask(Call((ToolCall("", tool, arguments),))))

    def _ask(self, task: Assemble | Call | Validate) -> Any:
        checkout, _ = self._need()
        if self._guide is None:
            raise UserError("Nobody here knows the code as a whole. Use search, list_files and read_file.")
        return self._guide.ask(Open(self._commit, checkout.survey().changes), task)

    def _run(self, argv: tuple[str, ...]) -> CommandResult:
        checkout, _ = self._need()
        limits = self._start.config.command_limits
        checkout.expect_anything()
        job = self._environment.make_job(argv, workspace=checkout.tree.root, limits=limits)
        finished = self.open_sandbox().run(job, on_line=self.say)
        reason = f"{finished.limit} limit" if finished.limit else ""
        output = finished.output + self._aftermath.describe(checkout.survey())
        return CommandResult(finished.exit_code, output, finished.seconds, reason)

    def _compute(self, code: bytes) -> CommandResult:
        return compute(code, self.open_sandbox(), self._environment, self._need()[0].tree.root, self.say)

    def open_sandbox(self) -> Sandbox:
        """Return what executes, for whoever works at this desk."""
        if self._sandbox is None:
            start = self._start
            insecure = start.config.insecure_no_sandbox
            self._sandbox = Sandbox(interpreter=start.interpreter, user=start.account, insecure=insecure)
        return self._sandbox

    def _make_bench(self, checkout: Checkout) -> TestBench:
        scratch = self._start.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        environment = self._environment
        return TestBench(
            self.open_sandbox(),
            checkout.tree.root,
            scratch,
            environment.python or self._start.interpreter.executable,
            self._start.tests,
            mounts=environment.mounts,
            environment=environment.variables,
            prefix=environment.prefix,
            files=environment.files,
        )

    def _need(self) -> tuple[Checkout, ToolBox]:
        if self._checkout is None or self._box is None:
            raise UserError("The workspace has no tree yet. Open it first.")
        return self._checkout, self._box


def _ignore(_: str) -> None:
    return
