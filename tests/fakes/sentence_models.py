"""Small sentence models of random numbers, in folders like the published ones: for tests of everything but taste."""

import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WORDS = [
    "a", "ab", "b", "c", "crash", "the", "file", "is", "empty", "read", "parse", "config", "retry", "time",
    "##s", "##er", "##ing", "##b", ".", ",", ":", "(", ")", "_", "1", "2", "é",
]  # fmt: skip
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
WIDTH, LAYERS, HEADS, INNER, POSITIONS, TYPES = 16, 2, 4, 32, 40, 2


def make_config(**changed: object) -> dict[str, object]:
    return {
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "intermediate_size": INNER, "max_position_embeddings": POSITIONS,
        "type_vocab_size": TYPES, "vocab_size": len(VOCABULARY), "layer_norm_eps": 1e-12,
    } | changed  # fmt: skip


def make_weights(seed: int = 1) -> dict[str, NDArray[np.float32]]:
    """Return a model's arrays by their published names."""
    random = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (TYPES, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for number in range(LAYERS):
        place = f"encoder.layer.{number}."
        for name, rows, columns in (
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", INNER, WIDTH),
            ("output.dense", WIDTH, INNER),
        ):
            shapes |= {f"{place}{name}.weight": (rows, columns), f"{place}{name}.bias": (rows,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{place}{name}.weight": (WIDTH,), f"{place}{name}.bias": (WIDTH,)}
    return {name: random.normal(0, 0.6, shape).astype(np.float32) for name, shape in shapes.items()}


def write_safetensors(path: Path, arrays: dict[str, NDArray[np.generic]], kinds: dict[str, str] | None = None) -> None:
    """Write arrays, float32 unless `kinds` says another name for an array's type."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, array in arrays.items():
        raw = array.tobytes()
        kind = (kinds or {}).get(name, "F32")
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


def make_model(folder: Path, *, seed: int = 1, **config: object) -> Path:
    """Make a model's folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(make_config(**config)))
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    write_safetensors(folder / "model.safetensors", dict(make_weights(seed)))
    return folder


def change_json(path: Path, **changed: object) -> None:
    """Change keys of a JSON file; make it when there is none."""
    said = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(said | changed))
