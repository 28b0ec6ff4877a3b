"""The generator trained on toys: what it learns, that the product computes the same, and that a bad file is refused."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `learned` is not installed")
pytest.importorskip("torch_geometric", reason="the extra `learned` is not installed")

from yantra_bot.codex.generator import FORMAT, AboutGenerator, Kind, read_generator, write_generator  # noqa: E402 (torch first)
from yantra_bot.codex.network import WIDTHS, Network, shapes  # noqa: E402 (as above)
from yantra_bot.codex.problem import Problem, read_parameters, read_type  # noqa: E402 (as above)
from yantra_bot.codex.reading import read_functions  # noqa: E402 (as above)
from yantra_bot.codex.recall import Size  # noqa: E402 (as above)
from yantra_bot.codex.steps import Step  # noqa: E402 (as above)
from yantra_bot.errors import UserError  # noqa: E402 (as above)
from yantra_bot.safetensors import write_tensors  # noqa: E402 (as above)
from yantra_bot.training.corpora import Part  # noqa: E402 (as above)
from yantra_bot.training.generator_network import GeneratorNetwork, parameters_in  # noqa: E402 (as above)
from yantra_bot.training.generator_samples import Samples, make_batch, read_samples  # noqa: E402 (as above)
from yantra_bot.training.generator_training import (  # noqa: E402 (as above)
    ABOUT,
    GeneratorTraining,
    arrays_of,
    ask,
    export_generator,
    train_generator,
)
from yantra_bot.training.lines import fit_line  # noqa: E402 (as above)
from yantra_bot.training.loop import LoopSettings  # noqa: E402 (as above)

SMALL = (32, 24, 16)
SORTING = '''
def {name}(rows: list[str]) -> list[str]:
    """Return the rows of the {noun} in order."""
    return sorted(rows)
'''
CHECKING = '''
def {name}(value: str | None) -> None:
    """Check that the {noun} is there and refuse it otherwise."""
    if value is None:
        raise ValueError("missing")
'''
NOUNS = ["file", "user", "order", "price", "letter", "town", "team", "page", "note", "train", "song", "river"]


def samples(nouns: list[str]) -> Samples:
    found = Samples()
    for noun in nouns:
        source = SORTING.format(name=f"sort_{noun}", noun=noun) + CHECKING.format(name=f"check_{noun}", noun=noun)
        found.add(noun, read_functions(source.encode()))
    return found


def training(epochs: int = 30) -> GeneratorTraining:
    torch.set_num_threads(1)
    return GeneratorTraining(LoopSettings(epochs=epochs, rate=1e-2, device="cpu", about=ABOUT), SMALL, 8)


def problem(name: str, text: str, signature: str, returns: str) -> Problem:
    return Problem(name, read_parameters(signature), read_type(returns), text)


def test_it_learns_what_words_mean_and_the_product_says_it(tmp_path: Path) -> None:
    """After a training on toys the exported file answers problems with words that it has not seen together."""
    held_out = samples(NOUNS[6:])
    network = train_generator(samples(NOUNS[:6]), held_out, tmp_path / "run", training())
    path = tmp_path / "generator.safetensors"
    about = export_generator(network, held_out, path, widths=SMALL, note="a toy")
    generator = read_generator(path)
    assert generator.about == about
    sort = problem("sort_stars", "Return the stars in order.", "rows: list[str]", "list[str]")
    check = problem("check_star", "Check that the star is there.", "value: str | None", "None")
    assert generator.answer(sort).steps == (Step.SORT, Step.RETURN)
    assert generator.answer(check).steps == (Step.NULL_CHECK, Step.RAISE, Step.CLOSE)
    assert about.figures["exactly right"] == 1
    assert generator.answer(sort).confidence > 0.5


def test_numpy_computes_what_torch_does() -> None:
    """The same outputs from both, with neighbours and without, at the real size."""
    torch.manual_seed(3)
    network = GeneratorNetwork()
    network.eval()
    product = Network(arrays_of(network))
    data = samples(NOUNS[:2])
    for has in (True, False):
        batch = make_batch(data, [0], with_neighbours=[has])
        with torch.no_grad():
            said = ask(network, batch)
        told = product.ask(batch.features[0], batch.features[1:])
        assert np.allclose(told.pattern, said.pattern[0].numpy(), atol=1e-4)
        assert told.confidence == pytest.approx(float(said.confidence[0]), abs=1e-4)
        assert np.allclose(told.complexity, said.complexity[0].numpy(), atol=1e-4)


def test_the_network_has_the_size_of_its_specification() -> None:
    """978 → 1 536 → 1 280 → 1 024 with heads of 1 024, 1 and 5: about ten and a half million weights."""
    assert parameters_in(GeneratorNetwork()) == sum(int(np.prod(shape)) for shape in shapes(WIDTHS).values())
    assert 10.4e6 < parameters_in(GeneratorNetwork()) < 10.8e6


def test_neighbours_are_heard() -> None:
    """What stands beside a problem changes what is said of it: the graph is no ornament."""
    torch.manual_seed(5)
    network = GeneratorNetwork(SMALL)
    network.eval()
    data = samples(NOUNS[:2])
    with torch.no_grad():
        alone = ask(network, make_batch(data, [0], with_neighbours=[False])).pattern
        beside = ask(network, make_batch(data, [0], with_neighbours=[True])).pattern
    assert not torch.allclose(alone, beside)


def write(path: Path, **changed: Any) -> Path:
    rng = np.random.default_rng(1)
    arrays = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes(SMALL).items()}
    bad = changed.pop("bad", None)
    if bad is not None:
        arrays["pattern.bias"][0] = bad
    write_generator(path, arrays, about(changed))
    return path


def about(changed: dict[str, Any]) -> AboutGenerator:
    return AboutGenerator(**{"kind": Kind.NETWORK, "widths": SMALL, **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"features": 99}, "version 99"),
        ({"bad": float("nan")}, "no numbers"),
        ({"widths": (32, 24)}, "does not compute"),
        ({"scale": float("inf")}, "is damaged"),
        ({"figures": {"f1": float("nan")}}, "is damaged"),
        ({"features": True}, "is damaged"),
        ({"scale": 10**400}, "is damaged"),
        ({"size": Size(10**9, 1, 1), "kind": Kind.RECALL}, "does not compute"),
    ],
)
def test_a_file_for_something_else_is_refused(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    """Another version of the features, numbers that are none, another network: a sentence with the cure."""
    path = tmp_path / "generator.safetensors"
    if "size" in changed:
        write_tensors(path, {}, {"yantra generator": json.dumps({"format": FORMAT, **asdict(about(changed))})})
    elif "widths" in changed:
        write(path)
        data = path.read_bytes().replace(json.dumps(list(SMALL)).encode(), b"[32, 24]    ")
        path.write_bytes(data)
    else:
        write(path, **changed)
    with pytest.raises(UserError, match=words):
        read_generator(path)


@pytest.mark.parametrize("keep", [0, 5, 300, 5_000])
def test_half_a_file_is_refused(tmp_path: Path, keep: int) -> None:
    """A file that was cut is told, with its name, and nothing of it is used."""
    path = write(tmp_path / "generator.safetensors")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"generator\.safetensors"):
        read_generator(path)
    with pytest.raises(UserError, match="cannot be read"):
        read_generator(tmp_path / "none.safetensors")


def test_too_little_to_learn_from_is_told() -> None:
    """A handful of functions is no training set."""
    with pytest.raises(UserError, match="functions without a docstring"):
        train_generator(samples(NOUNS[:2]), samples(NOUNS[2:3]), Path("nowhere"), training())


def test_samples_are_split_by_the_parts_of_their_projects() -> None:
    """Each project is whole in its part, about as many functions of each are taken, and what does not parse is not."""
    source = b"".join(
        f'def sort_{place}(rows):\n    "Put the {place} rows in order."\n    return sorted(rows)\n'.encode()
        for place in range(4)
    )
    parts = read_samples(
        [("one", Part.TRAIN, [source, b"def ("]), ("two", Part.TEST, [source] * 10), ("three", Part.TRAIN, [])], 8
    )
    assert {part: set(samples.projects) for part, samples in parts.items()} == {
        Part.TRAIN: {"one"}, Part.VALIDATION: set(), Part.TEST: {"two"}
    }  # fmt: skip
    assert (len(parts[Part.TRAIN]), len(parts[Part.TEST])) == (4, 8)


def test_confidence_is_a_frequency() -> None:
    """The fitted line gives the frequency that was seen, and a logit that says nothing gets no say."""
    rng = np.random.default_rng(2)
    logits = rng.normal(size=4_000) * 2
    right = rng.random(4_000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    scale, shift = fit_line(logits, right.astype(float))
    assert (scale, shift) == pytest.approx((0.5, -1), abs=0.12)
    against = fit_line(-logits, right.astype(float))
    assert against[0] == 0
    assert 1 / (1 + np.exp(-against[1])) == pytest.approx(right.mean(), abs=0.01)
