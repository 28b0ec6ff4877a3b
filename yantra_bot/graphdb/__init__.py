"""The code as a graph: parsing, resolution, store, queries. It runs on the worker's side and holds no key."""
