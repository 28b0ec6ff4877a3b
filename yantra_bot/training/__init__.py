"""Training of the learned score and of the generator: corpora, faults, networks. Needs the extra `learned`."""
