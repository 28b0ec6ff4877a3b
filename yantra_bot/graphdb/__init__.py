"""The code as a graph: parsing, resolution, store, queries. It runs in workers and terminals, and holds no key."""
