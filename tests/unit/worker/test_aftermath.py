"""What a command left behind is told once."""

from yantra_bot.domain.changes import Changeset
from yantra_bot.sandbox.checkout import Survey
from yantra_bot.worker.aftermath import Aftermath, list_names


def survey(*created: str, put_back: tuple[str, ...] = (), count: int | None = None) -> Survey:
    return Survey(Changeset(), put_back, created, len(created) if count is None else count)


def test_new_files_are_told_once() -> None:
    """The second command does not repeat what the first one said; a further file is told."""
    aftermath = Aftermath()
    assert aftermath.describe(survey("a.txt")) == "\n[Not part of the change, since no tool wrote them: a.txt]"
    assert aftermath.describe(survey("a.txt")) == ""
    assert aftermath.describe(survey("a.txt", "b.txt")).endswith("wrote them: b.txt]")
    assert aftermath.describe(survey()) == ""


def test_by_products_of_running_python_are_not_told() -> None:
    """Caches and metadata appear whatever is run."""
    paths = (".pytest_cache/README.md", "src/x.egg-info/PKG-INFO", "a/__pycache__/b.pyc", ".coverage")
    assert Aftermath().describe(survey(*paths)) == ""


def test_many_files_are_counted_and_what_was_put_back_is_told_each_time() -> None:
    """Names that the survey left out count too."""
    aftermath = Aftermath()
    many = survey(*(f"{number:03}" for number in range(30)), count=500)
    assert aftermath.describe(many).endswith("018, 019 and 480 more]")
    back = survey(put_back=("a: it is a link",))
    assert (
        aftermath.describe(back)
        == aftermath.describe(back)
        == ("\n[Put back, since it cannot be part of the change: a: it is a link]")
    )
    assert list_names(["a", "b"]) == "a, b"
