"""The project's talk as a knowledge graph: who and what is talked about, and how it hangs together."""
