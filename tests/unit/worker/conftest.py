"""The worker's bench, for every test here."""

from tests.fakes.worker_bench import blobs, cache_folder, config, crew, maker, open_folder

__all__ = ["blobs", "cache_folder", "config", "crew", "maker", "open_folder"]
