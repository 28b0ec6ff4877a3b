"""The folder of a sentence model as it is published: what its small files say, and a digest of all that matters.

Wanted are config.json, vocab.txt and model.safetensors (or model.onnx); the other files of a published model are
looked at when they are there. Nothing in the folder is trusted, and this module never loads weights.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.bert import BertShape

CONFIG, VOCABULARY, WEIGHTS = "config.json", "vocab.txt", "model.safetensors"
GRAPHS = ("model.onnx", "onnx/model.onnx")
POOLING, LENGTH, LETTERS = "1_Pooling/config.json", "sentence_bert_config.json", "tokenizer_config.json"
DEFAULT_LIMIT = 256
"""Tokens of a text that are read, where the model does not say."""
MAX_SETTINGS_BYTES = 1024 * 1024
CURE = "Cure: `make setup` fetches the default model; for another one, set the folder where it was unpacked."


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that holds a BERT-like sentence model."""

    path: Path
    shape: BertShape
    limit: int
    """Tokens of a text that the model was trained to read."""
    pools_first: bool
    lowers: bool
    graph: Path | None
    """Where the model also lies as an ONNX file."""

    def digest(self, *weights: Path) -> str:
        """Return a hash of everything that decides what a text's vector is; `weights` are the files in use."""
        decided = [self.pools_first, self.lowers, self.shape.epsilon, self.shape.heads, weights[0].name]
        said = hashlib.sha256(json.dumps(decided).encode())
        for path in (self.path / VOCABULARY, *weights):
            try:
                with path.open("rb") as stream:
                    said.update(hashlib.file_digest(stream, "sha256").digest())
            except OSError as problem:
                raise UserError(f"The model's file {path} cannot be read ({problem}). {CURE}") from problem
        return said.hexdigest()


def read_folder(path: Path) -> ModelFolder:
    """Return what a model's folder says of it. Raises UserError, saying the cure, when it is no such model."""
    if not path.is_dir():
        raise UserError(f"There is no embedding model in {path}. {CURE}")
    config = read_json(path / CONFIG)
    pooling, length, letters = (read_json(path / name, needed=False) for name in (POOLING, LENGTH, LETTERS))
    for key, wanted in (("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
        if config.get(key, wanted) != wanted:
            raise UserError(f"{path / CONFIG} says {key} {config[key]!r}; only {wanted!r} can be computed here. {CURE}")
    shape = read_shape(path / CONFIG, config)
    said = length.get("max_seq_length")
    limit = said if type(said) is int and said > 2 else DEFAULT_LIMIT
    return ModelFolder(
        path=path,
        shape=shape,
        limit=min(limit, shape.positions),
        pools_first=pools_first(path / POOLING, pooling),
        lowers=letters.get("do_lower_case") is not False,
        graph=find_graph(path),
    )


def find_graph(path: Path) -> Path | None:
    """Return the ONNX file of a model's folder, None where there is none."""
    return next((path / name for name in GRAPHS if (path / name).is_file()), None)


def read_shape(path: Path, config: dict[str, Any]) -> BertShape:
    """Return the dimensions that a config.json gives. Raises UserError when one is missing or makes no sense."""

    def number(key: str, *, default: int | None = None) -> int:
        value = config.get(key, default)
        if type(value) is not int or not 1 <= value <= 1_000_000:
            raise UserError(f"{path} gives {key} as {value!r}, not as a number that makes sense. {CURE}")
        return value

    epsilon = config.get("layer_norm_eps", 1e-12)
    if type(epsilon) is not float or not 0 <= epsilon < 1:
        raise UserError(f"{path} gives layer_norm_eps as {epsilon!r}, not as a small number. {CURE}")
    shape = BertShape(
        width=number("hidden_size"),
        layers=number("num_hidden_layers"),
        heads=number("num_attention_heads"),
        inner=number("intermediate_size"),
        vocabulary=number("vocab_size"),
        positions=number("max_position_embeddings"),
        token_types=number("type_vocab_size", default=2),
        epsilon=epsilon,
    )
    if shape.width % shape.heads or shape.positions < 3:
        raise UserError(f"{path} describes no BERT model: {shape.heads} heads do not share {shape.width}. {CURE}")
    return shape


def pools_first(path: Path, pooling: dict[str, Any]) -> bool:
    """Say whether a text's vector is its first token's; else it is the mean. Raises UserError on another way."""
    chosen = [key for key, value in pooling.items() if key.startswith("pooling_mode_") and value is True]
    if chosen not in ([], ["pooling_mode_mean_tokens"], ["pooling_mode_cls_token"]):
        raise UserError(f"{path} asks for {', '.join(chosen)}; only the mean or the first token can be had. {CURE}")
    return chosen == ["pooling_mode_cls_token"]


def read_json(path: Path, *, needed: bool = True) -> dict[str, Any]:
    """Return a small JSON file's object, {} where a file that is not needed is absent. Raises UserError."""
    if not needed and not path.exists():
        return {}
    try:
        with path.open("rb") as stream:
            found = json.loads(stream.read(MAX_SETTINGS_BYTES))
    except (OSError, ValueError, RecursionError) as problem:
        raise UserError(f"The model's file {path} cannot be read ({problem}). {CURE}") from problem
    if not isinstance(found, dict):
        raise UserError(f"The model's file {path} holds no JSON object. {CURE}")
    return found
