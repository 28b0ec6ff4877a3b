"""The data set that the learned score is trained on: built once, kept on disk, read in batches."""

from yantra_bot.training.samples.dataset import build_dataset, is_whole, read_manifest
from yantra_bot.training.samples.reading import Labelled, Samples

__all__ = ["Labelled", "Samples", "build_dataset", "is_whole", "read_manifest"]
