"""What a change does to dependencies, over real manifests and lock files of each kind."""

import json
import zipfile
from pathlib import Path

import pytest

from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.dependencies import DEPENDENCY_RULES, Reader, check_dependencies
from yantra_bot.validation.security.dependencies.advisories import Advisories

Files = dict[str, str]


def check(before: Files, after: Files, advisories: Advisories | None = None) -> tuple[list[Finding], list[str]]:
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    changes = []
    for path in paths:
        old, new = before.get(path), after.get(path)
        was = set((old or "").split("\n"))
        added = tuple(
            range(number, number + 1) for number, line in enumerate((new or "").split("\n"), 1) if line not in was
        )
        changes.append(
            Change(path, None if old is None else old.encode(), None if new is None else new.encode(), added=added)
        )
    reader = Reader(
        base=lambda path: before[path].encode() if path in before else None,
        head=lambda path: after[path].encode() if path in after else None,
    )
    report = check_dependencies(changes, reader, advisories)
    return report.findings, [gap.why for gap in report.gaps]


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.rule.removeprefix("dependencies/"), one.symbol) for one in findings]


MANIFESTS = {
    "requirements.txt": ("flask\n", "flask\nrequests==2.32.0  # web\n"),
    "requirements/dev.txt": ("", "requests>=2\n"),
    "pyproject.toml": (
        "[project]\ndependencies = []\n",
        "[project]\ndependencies = [\"requests[socks]>=2; python_version>'3'\"]\n",
    ),
    "pyproject.toml of Poetry": ("", '[tool.poetry.dependencies]\npython = "^3.11"\nrequests = {version = "^2"}\n'),
    "pyproject.toml with groups": ("", '[dependency-groups]\ntest = ["requests"]\n'),
    "setup.cfg": ("", "[options]\ninstall_requires =\n    requests>=2\n"),
    "setup.py": ("", "setup(name='x', install_requires=['requests>=2'])\n"),
    "Pipfile": ("", '[packages]\nrequests = "*"\n'),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_new_dependency_is_named_wherever_it_is_declared(name: str) -> None:
    """Every kind of manifest of Python; a widely used package is a remark, no more."""
    before, after = MANIFESTS[name]
    path = name.partition(" ")[0]
    (finding,), _ = check({path: before}, {path: after})
    assert (finding.rule, finding.symbol, finding.severity) == ("dependencies/new", "requests", Severity.INFO)
    assert "requests" in after.split("\n")[finding.line - 1]


OTHERS = {
    "package.json": ('{"dependencies": {}}', '{"dependencies": {"react": "^18.0.0"}}', "react"),
    "Cargo.toml": ("[dependencies]\n", '[dependencies]\nserde = { version = "1", features = ["derive"] }\n', "serde"),
    "go.mod": ("module a\n", "module a\n\nrequire (\n\tgithub.com/spf13/cobra v1.8.0\n)\n", "github.com/spf13/cobra"),
    "pom.xml": (
        "<project/>",
        "<project><dependency><groupId>junit</groupId><artifactId>junit</artifactId></dependency></project>",
        "junit:junit",
    ),
    "build.gradle.kts": (
        "",
        'dependencies {\n    implementation("com.google.guava:guava:33.0")\n}\n',
        "com.google.guava:guava",
    ),
}


@pytest.mark.parametrize("path", OTHERS)
def test_the_other_ecosystems_are_read_too(path: str) -> None:
    """npm, crates, Go, Maven and Gradle."""
    before, after, name = OTHERS[path]
    findings, _ = check({path: before}, {path: after})
    assert rules(findings) == [("new", name)]


@pytest.mark.case("C17")
def test_a_name_that_nobody_knows_is_a_warning() -> None:
    """A dependency that a model may have made up is named, in the file and the line, for a person to look at."""
    (finding,), _ = check({"requirements.txt": ""}, {"requirements.txt": "# x\nflask-auto-security-toolkit\n"})
    assert (finding.rule, finding.severity, finding.line) == ("dependencies/new", Severity.WARNING, 2)
    assert "not among the widely used" in finding.message


@pytest.mark.parametrize(
    ("path", "line", "name", "meant"),
    [
        ("requirements.txt", "reqeusts", "reqeusts", "requests"),
        ("requirements.txt", "djnago==4.2", "djnago", "django"),
        ("requirements.txt", "python-dateutils", "python-dateutils", "python-dateutil"),
        ("requirements.txt", "beautifulsoup", "beautifulsoup", "beautifulsoup4"),
        ("package.json", '{"dependencies": {"crossenv": "1"}}', "crossenv", "cross-env"),
        ("package.json", '{"dependencies": {"expresss": "^4"}}', "expresss", "express"),
        ("package.json", '{"dependencies": {"1odash": "^4"}}', "1odash", "lodash"),
        ("package.json", '{"dependencies": {"rеact-dom": "1"}}', "rеact-dom", "react-dom"),  # Cyrillic
        ("Cargo.toml", '[dependencies]\nserde_jsom = "1"\n', "serde_jsom", "serde-json"),
        ("go.mod", "module a\nrequire github.com/spf1e/cobra v1.0.0\n", "github.com/spf1e/cobra",
         "github.com/spf13/cobra"),
        ("pom.xml", "<p><dependency><groupId>joda-tlme</groupId><artifactId>joda-time</artifactId></dependency></p>",
         "joda-tlme:joda-time", "joda-time:joda-time"),
    ],
)  # fmt: skip
def test_a_name_like_a_popular_one_is_found(path: str, line: str, name: str, meant: str) -> None:
    """Letters exchanged, left out, doubled, look-alikes, other alphabets, separators."""
    (finding,), _ = check({}, {path: line})
    if meant == "beautifulsoup4":  # only a number at the end: two versions of a package are called so
        assert finding.rule == "dependencies/new"
    else:
        assert (finding.rule, finding.symbol) == ("dependencies/typosquat", name)
        assert f"Is {meant} meant?" in finding.message


@pytest.mark.parametrize(
    "name",
    ["boto", "psycopg", "jinja2", "redis", "pydantic-core", "Django", "ruamel.yaml", "attrs", "pytest_cov", "typer",
     "mock", "black", "blake", "sphinx", "tox", "nox", "pox", "@types/node", "pdf"],
)  # fmt: skip
def test_known_and_short_names_are_not_suspected(name: str) -> None:
    """A popular package is never another one's look-alike, and three letters prove nothing."""
    findings, _ = check({}, {"requirements.txt": name})
    assert [rule for rule, _ in rules(findings) if rule == "typosquat"] == []


def test_a_modules_name_is_not_its_packages() -> None:
    """`sklearn` and `cv2` are installed under other names."""
    findings, _ = check({}, {"requirements.txt": "cv2\n"})
    assert rules(findings) == [("module-name", "cv2")]
    assert "opencv-python" in findings[0].message


def test_what_was_there_is_not_new() -> None:
    """A dependency that moved between manifests, or of which only the version changed, is not named again."""
    before = {"requirements.txt": "flask==1\nrequests\n", "pyproject.toml": "[project]\ndependencies = []\n"}
    after = {"requirements.txt": "flask==2\n", "pyproject.toml": '[project]\ndependencies = ["Requests"]\n'}
    assert check(before, after)[0] == []


LOOSE = [
    ("requirements.txt", "git+https://host/a/b.git#egg=thing\n", "thing"),
    ("requirements.txt", "thing @ git+https://host/a/b.git@main\n", "thing"),
    ("requirements.txt", "https://host/thing.tar.gz\n", "thing.tar.gz"),
    ("package.json", '{"dependencies": {"thing": "github:a/b#main"}}', "thing"),
    ("package.json", '{"dependencies": {"thing": "a/b"}}', "thing"),
    ("Cargo.toml", '[dependencies]\nthing = { git = "https://host/a/b", branch = "main" }\n', "thing"),
    (
        "pyproject.toml",
        '[project]\ndependencies = ["thing"]\n[tool.uv.sources]\nthing = { git = "https://host/a/b" }\n',
        "thing",
    ),
]


@pytest.mark.parametrize(("path", "text", "name"), LOOSE)
def test_an_address_without_a_fixed_content_is_told(path: str, text: str, name: str) -> None:
    """A branch, a tag or a bare archive may be another one tomorrow."""
    findings, _ = check({}, {path: text})
    assert ("loose-source", name) in rules(findings)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", f"thing @ git+https://host/a/b.git@{'a1' * 20}\n"),
        ("requirements.txt", f"thing @ https://host/thing.tar.gz#sha256={'a1' * 32}\n"),
        ("package.json", json.dumps({"dependencies": {"thing": f"github:a/b#{'a1' * 20}", "own": "file:../own"}})),
        ("Cargo.toml",
         f'[dependencies]\nown = {{ path = "../own" }}\nthing = {{ git = "git://h", rev = "{"a1" * 20}" }}\n'),
    ],
)  # fmt: skip
def test_a_fixed_content_is_not(path: str, text: str) -> None:
    """A whole commit, a hash, and a folder of the repository itself."""
    findings, _ = check({}, {path: text})
    assert "loose-source" not in dict(rules(findings))


def test_any_version_is_told() -> None:
    """`*` and `latest` install what is published next."""
    findings, _ = check({}, {"package.json": '{"dependencies": {"react": "*", "vue": "latest", "lodash": "^4"}}'})
    assert [one for one in rules(findings) if one[0] == "any-version"] == [
        ("any-version", "react"),
        ("any-version", "vue"),
    ]


PACKAGE_LOCK = json.dumps({"lockfileVersion": 3, "packages": {"": {}, "node_modules/react": {"version": "18.2.0"}}})
LOCKS = [
    ("package.json", '{"dependencies": {"react": "^18", "vue": "^3"}}', "package-lock.json", PACKAGE_LOCK, "vue"),
    ("package.json", '{"dependencies": {"react": "17.0.1"}}', "package-lock.json", PACKAGE_LOCK, "react"),
    ("package.json", '{"dependencies": {"react": "^18", "vue": "^3"}}', "yarn.lock",
     '# yarn\n\nreact@^18:\n  version "18.2.0"\n  resolved "x"\n', "vue"),
    ("package.json", '{"dependencies": {"react": "^18", "vue": "^3"}}', "pnpm-lock.yaml",
     "lockfileVersion: '9.0'\n\npackages:\n\n  react@18.2.0:\n    resolution: {integrity: x}\n", "vue"),
    ("pyproject.toml", '[project]\ndependencies = ["flask", "requests"]\n[build-system]\nrequires = ["flit"]\n',
     "uv.lock",
     '[[package]]\nname = "flask"\nversion = "3.0"\n', "requests"),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"\nflask = "^3"\nrequests = "*"\n', "poetry.lock",
     '[[package]]\nname = "Flask"\nversion = "3.0"\n', "requests"),
    ("Pipfile", '[packages]\nflask = "*"\nrequests = "*"\n', "Pipfile.lock",
     '{"default": {"flask": {"version": "==3.0"}}, "develop": {}}', "requests"),
    ("Cargo.toml", '[dependencies]\nserde = "1"\nserde_json = "1"\nown = { path = "own" }\n', "Cargo.lock",
     '[[package]]\nname = "serde"\nversion = "1.0.1"\n', "serde_json"),
    ("go.mod", "module a\nrequire (\n\tgithub.com/pkg/errors v0.9.1\n\tgithub.com/spf13/cobra v1.8.0\n)\n", "go.sum",
     "github.com/pkg/errors v0.9.1 h1:x=\ngithub.com/pkg/errors v0.9.1/go.mod h1:x=\n", "github.com/spf13/cobra"),
]  # fmt: skip


@pytest.mark.parametrize(("manifest", "text", "lock", "locked", "missing"), LOCKS)
def test_a_lock_file_out_of_step_is_told(manifest: str, text: str, lock: str, locked: str, missing: str) -> None:
    """What the manifest asks for and the lock does not hold is named, in each package manager's lock."""
    findings, _ = check({manifest: "", lock: locked}, {manifest: text, lock: locked})
    (finding,) = [one for one in findings if one.rule == "dependencies/lock-out-of-step"]
    assert [evidence.text.split()[0] for evidence in finding.evidence] == [missing]
    assert (finding.path, finding.symbol) == (manifest, lock)


def test_a_lock_file_that_was_out_of_step_before_is_not_told_again() -> None:
    """Nor one that follows, nor one that cannot be read."""
    manifest = '{"dependencies": {"react": "^18", "vue": "^3"}}'
    before = {"package.json": manifest, "package-lock.json": PACKAGE_LOCK}
    after = {**before, "package.json": manifest.replace("^18", "^18.1")}
    assert check(before, after)[0] == []
    follows = {"package.json": '{"dependencies": {"react": "^18.2.0"}}', "package-lock.json": PACKAGE_LOCK}
    assert dict(rules(check({}, follows)[0])).keys() == {"new"}
    assert dict(rules(check({}, {"package.json": manifest, "package-lock.json": "[]"})[0])).keys() == {"new"}


def test_a_requirement_without_a_hash_among_others_is_told() -> None:
    """pip would refuse the file."""
    text = f"flask==3.0 \\\n    --hash=sha256:{'a1' * 32}\n"
    findings, _ = check({"requirements.txt": text}, {"requirements.txt": text + "requests==2.32.0\n"})
    assert ("missing-hash", "requests") in rules(findings)


@pytest.mark.case("D19")
@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("requirements.txt", "--extra-index-url https://pkgs.internal/simple"),
        ("pip.conf", "extra-index-url = https://user:x9Kq2Lm7vT@pkgs.internal/simple"),
        ("Dockerfile", "RUN pip install --extra-index-url https://pkgs.internal/simple thing"),
        (".github/workflows/ci.yml", "        PIP_EXTRA_INDEX_URL: https://pkgs.internal/simple"),
        ("pyproject.toml", "[[tool.uv.index]]\nurl = 'https://pkgs.internal'"),
        (".npmrc", "@own:registry=https://pkgs.internal/"),
    ],
)
def test_another_source_of_packages_is_told(path: str, line: str) -> None:
    """Where packages may come from is never changed unseen, and a password in the address is not repeated."""
    findings, _ = check({path: "# x\n"}, {path: f"# x\n{line}\n"})
    (finding,) = [one for one in findings if one.rule == "dependencies/extra-index"]
    assert finding.line == 2
    assert "x9Kq2Lm7vT" not in repr(finding)


def record(name: str, ecosystem: str, events: list[dict[str, str]], **fields: object) -> str:
    affected = {"package": {"name": name, "ecosystem": ecosystem}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return json.dumps({"id": "GHSA-1", "summary": "It breaks.", "affected": [affected], **fields})


def test_a_version_with_a_known_weakness_is_found_in_an_export(tmp_path: Path) -> None:
    """By ranges, from files and from zip files, with the version that mends it; what is not affected is not named."""
    events = [{"introduced": "0"}, {"fixed": "2.32.4"}]
    (tmp_path / "a.json").write_text(
        record("requests", "PyPI", events, database_specific={"severity": "HIGH"}, aliases=["CVE-2024-1"])
    )
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(
            "b.json", record("react", "npm", [{"introduced": "18.0.0"}, {"last_affected": "18.2.0"}], id="MAL-2")
        )
        archive.writestr("c.json", "not json react")
        archive.writestr("d.json", record("react", "npm", events, withdrawn="2024-01-01"))
    after = {"requirements.txt": "requests==2.32.0\nflask==3.0.0\n", "package-lock.json": PACKAGE_LOCK}
    findings, gaps = check({}, after, Advisories(tmp_path / "index", tmp_path))
    known = {one.symbol: one for one in findings if one.rule == "dependencies/known-weakness"}
    assert known.keys() == {"requests GHSA-1", "react MAL-2"}
    assert known["requests GHSA-1"].severity is Severity.ERROR
    assert known["react MAL-2"].severity is Severity.CRITICAL
    assert "It is mended in 2.32.4." in known["requests GHSA-1"].message
    assert gaps == []
    assert (
        check({}, {"requirements.txt": "requests==2.32.4\n"}, Advisories(tmp_path / "index", tmp_path))[0][0].rule
        == "dependencies/new"
    )


def test_no_database_is_a_gap_only_where_a_version_came(tmp_path: Path) -> None:
    """A review says that nothing was looked up, and only when there was something to look up."""
    assert "YANTRA_ADVISORIES_FOLDER" in check({}, {"requirements.txt": "flask==3.0\n"})[1][0]
    assert check({}, {"a.py": "x = 1\n"})[1] == []
    assert (
        "is no folder"
        in check({}, {"requirements.txt": "flask==3.0\n"}, Advisories(tmp_path / "index", tmp_path / "nowhere"))[1][0]
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", "[" * 50_000), ("package.json", "[]"), ("package.json", '{"dependencies": 3}'),
        ("pyproject.toml", "= ="), ("pyproject.toml", "project = 3"), ("setup.py", "def ("), ("setup.cfg", "x"),
        ("Cargo.toml", "dependencies = [1]"), ("pom.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("pom.xml", "<a"), ("requirements.txt", "\x00\ufffd @@@ ==\n-r x"),
        ("go.mod", "require"), ("package-lock.json", "{"), ("Cargo.lock", "x = "), ("uv.lock", "package = 3"),
    ],
)  # fmt: skip
def test_a_broken_file_raises_nothing(path: str, text: str) -> None:
    """What cannot be read declares nothing."""
    assert [one for one in check({}, {path: text})[0] if one.rule != "dependencies/new"] == []


def test_every_rule_is_described() -> None:
    """A report that lists rules knows each that can be found."""
    assert len({rule.id for rule in DEPENDENCY_RULES}) == len(DEPENDENCY_RULES) == 9
