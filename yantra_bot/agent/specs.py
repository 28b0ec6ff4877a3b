"""The tools as a model sees them: name, purpose, arguments. Nothing else teaches it to use them: every word counts."""

from dataclasses import dataclass

from yantra_bot.agent.arguments import Field, Kind, build_schema
from yantra_bot.agent.commands import programs
from yantra_bot.domain.conversation import ToolSpec

MAX_CONTENT = 1024 * 1024
MAX_PATH = 4096

_PATH = Field("path", Kind.STRING, "Path relative to the root of the repository.", is_required=True, most=MAX_PATH)
_SEARCH = Field(
    "search",
    Kind.STRING,
    "The text to be replaced, exactly as it is in the file, indentation included, without line numbers.",
    is_required=True,
    most=MAX_CONTENT,
)
_REPLACE = Field("replace", Kind.STRING, "The text to put there; empty removes it.", is_required=True, most=MAX_CONTENT)
_ALL = Field("replace_all", Kind.BOOLEAN, "Replace every occurrence. Default: there has to be exactly one.")
_NAME = Field(
    "name", Kind.STRING, "A name, its last parts (Class.method), or its place (FILE:LINE).", True, least=1, most=500
)
_EDIT = (_PATH, _SEARCH, _REPLACE, _ALL)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool's name, description and arguments."""

    name: str
    description: str
    fields: tuple[Field, ...] = ()

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, self.description, build_schema(self.fields))


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "read_file",
            "Show a text file with line numbers. Without a range it starts at line 1; long files come in parts.",
            (
                _PATH,
                Field("start_line", Kind.INTEGER, "First line, counted from 1.", least=1, most=10_000_000),
                Field("end_line", Kind.INTEGER, "Last line, included.", least=1, most=10_000_000),
            ),
        ),
        Tool(
            "list_files",
            "List the files of the repository, or of a folder, or those that a glob selects.",
            (
                Field("path", Kind.STRING, "Folder to list. Default: the whole repository.", most=MAX_PATH),
                Field("glob", Kind.STRING, "Such as *.py, src/**/*.ts or {a,b}/*.md.", most=200),
            ),
        ),
        Tool(
            "search",
            "Find lines that contain a text, or match a regular expression, in the files of the repository.",
            (
                Field("pattern", Kind.STRING, "What to find in a line.", is_required=True, least=1, most=1_000),
                Field("regex", Kind.BOOLEAN, "Take the pattern as a regular expression. Default: as plain text."),
                Field("ignore_case", Kind.BOOLEAN, "Let upper and lower case be the same."),
                Field("path", Kind.STRING, "File or folder to look in. Default: the whole repository.", most=MAX_PATH),
                Field("glob", Kind.STRING, "Look only in files that it selects, such as *.py.", most=200),
                Field("context", Kind.INTEGER, "Lines to show around each match. Default 0.", least=0, most=10),
            ),
        ),
        Tool(
            "codebase_search",
            "Find the functions, files and tests that a text is about, the best first, each with the reason: a "
            "sentence, an error message, a traceback, names. For one exact text use search.",
            (
                Field("text", Kind.STRING, "What it is about.", is_required=True, least=1, most=20_000),
                Field("top", Kind.INTEGER, "How many functions. Default 10.", least=1, most=20),
            ),
        ),
        Tool(
            "symbol",
            "Show what a name is: where it is defined, its signature, docstring and members, and who uses it.",
            (_NAME,),
        ),
        Tool(
            "callers",
            "List the places that call a function, each with how sure that is, and what could not be resolved.",
            (
                _NAME,
                Field("depth", Kind.INTEGER, "Through how many calls. Default 1.", least=1, most=3),
            ),
        ),
        Tool(
            "impact",
            "List what a change of symbols, or of a file, may affect, and the tests that reach it: a lower bound.",
            (
                Field("names", Kind.STRINGS, "Symbols, named as for symbol.", most=20),
                Field("path", Kind.STRING, "A source file, for all that it defines.", most=MAX_PATH),
            ),
        ),
        Tool(
            "git_log",
            "List the commits that led to where you began, newest first: all, or those of a file, of some of its "
            "lines, or that added or removed a text.",
            (
                Field("path", Kind.STRING, "File or folder. Default: the whole repository.", most=MAX_PATH),
                Field("start_line", Kind.INTEGER, "First of the file's lines.", least=1, most=10_000_000),
                Field("end_line", Kind.INTEGER, "Last of the file's lines, included.", least=1, most=10_000_000),
                Field(
                    "text", Kind.STRING, "Exact text, such as a name, that they added or removed.", least=1, most=500
                ),
                Field("limit", Kind.INTEGER, "How many commits. Default 20.", least=1, most=100),
            ),
        ),
        Tool(
            "git_blame",
            "Show the lines of a file, each with the commit, author and date that last changed it.",
            (
                _PATH,
                Field("start_line", Kind.INTEGER, "First line, counted from 1.", least=1, most=10_000_000),
                Field("end_line", Kind.INTEGER, "Last line, included.", least=1, most=10_000_000),
            ),
        ),
        Tool(
            "git_show",
            "Show one commit: its message and what it changed.",
            (
                Field("commit", Kind.STRING, "Its id, as git_log and git_blame show it.", True, least=1, most=64),
                Field("path", Kind.STRING, "Show only what it did to this file or folder.", most=MAX_PATH),
            ),
        ),
        Tool(
            "edit_file",
            "Replace one piece of a file. The search text has to be there exactly once; take enough lines for that. "
            "An edit that would break the file's syntax is refused. Nothing else in the file changes.",
            _EDIT,
        ),
        Tool(
            "batch_edit",
            "Make several edits, in order, in one or more files: all of them or, when one does not fit, none. "
            "Syntax is checked after the last one. Use it where one edit alone would leave the code broken.",
            (Field("edits", Kind.OBJECTS, "The edits, as for edit_file.", True, least=1, most=100, items=_EDIT),),
        ),
        Tool(
            "write_file",
            "Make a new file, or replace the whole content of one. To change a part of a file use edit_file.",
            (
                _PATH,
                Field("content", Kind.STRING, "The whole content.", is_required=True, most=MAX_CONTENT),
                Field("executable", Kind.BOOLEAN, "Whether it may be executed. Default: as it was, no for a new file."),
            ),
        ),
        Tool("delete_file", "Remove one file, and the folders that it leaves empty.", (_PATH,)),
        Tool(
            "undo",
            "Go back to how the files were before your last turn that changed something, or before several of them. "
            "It shows what that changes. Use it where an approach leads nowhere, instead of editing on top of it.",
            (Field("steps", Kind.INTEGER, "How many such turns to take back. Default 1.", least=1, most=30),),
        ),
        Tool(
            "run_tests",
            "Run the repository's tests in a sandbox and show which failed and why. Without a selection all run.",
            (
                Field(
                    "tests",
                    Kind.STRINGS,
                    "Test files, folders or pytest node ids to run, such as tests/test_a.py::test_b.",
                    most=200,
                ),
            ),
        ),
        Tool(
            "run_command",
            "Run a program in a sandbox at the root of the repository: no shell, no network, a time limit. Changes to "
            "files that the repository has are kept; new files are not, make those with write_file. Programs: "
            f"{' '.join(programs())}.",
            (
                Field(
                    "argv",
                    Kind.STRINGS,
                    'The program and each argument as an item, such as ["python", "-m", "unittest", "tests.test_a"].',
                    is_required=True,
                    least=1,
                    most=500,
                ),
            ),
        ),
        Tool(
            "run_python",
            "Run a piece of Python of your own in a sandbox, to compute or to try something out, and see what it "
            "prints: 30 s, 512 MiB, no network, packages as the tests have them. It may import from the repository, "
            "which lies in /repository, and changes nothing there.",
            (Field("code", Kind.STRING, "The whole program.", is_required=True, least=1, most=40_000),),
        ),
        Tool(
            "require_package",
            "Declare a package that the change needs in the repository's dependency file and install it for the tests: "
            "only for what the code cannot do without; a package that nobody here knows is left to a person to decide.",
            (
                Field("module", Kind.STRING, "The module as it is imported, such as yaml.", True, least=1, most=200),
                Field("package", Kind.STRING, "The package that brings it, where its name is another.", most=200),
            ),
        ),
        Tool("diff", "Show all changes made so far as a unified diff."),
        Tool(
            "finish",
            "End the work. Call it once, alone, when the task is done and the tests were run, or when you are stuck.",
            (
                Field(
                    "title",
                    Kind.STRING,
                    "Subject of the commit as a Conventional Commit, such as fix(parser): keep empty lines.",
                    is_required=True,
                    most=120,
                ),
                Field(
                    "summary",
                    Kind.STRING,
                    "For the reviewer, in Markdown: what was changed, why it is right, what is not done or checked.",
                    is_required=True,
                    most=20_000,
                ),
                Field(
                    "confidence",
                    Kind.NUMBER,
                    "How likely the change is right and complete, honestly: 0 means not at all, 1 certain.",
                    is_required=True,
                    least=0,
                    most=1,
                ),
                Field(
                    "answers",
                    Kind.OBJECTS,
                    "For each numbered point of the task that is done: where. Leave out where none was listed.",
                    most=30,
                    items=(
                        Field("number", Kind.INTEGER, "Of the point.", is_required=True, least=1, most=100),
                        Field(
                            "evidence",
                            Kind.STRING,
                            "file:line of your change, or the name of a test that passes. It is looked up.",
                            is_required=True,
                            most=600,
                        ),
                    ),
                ),
                Field(
                    "heeded",
                    Kind.STRINGS,
                    'Numbers of the earlier mistakes that you were shown and that concerned this task, such as "1". '
                    "Leave out where none did.",
                    most=20,
                ),
                Field(
                    "question",
                    Kind.STRING,
                    "What a person has to decide first, where the task contradicts itself, says too little, or asks "
                    "for what may not be done. Leave out where nothing has to be.",
                    most=2_000,
                ),
            ),
        ),
    )
}
