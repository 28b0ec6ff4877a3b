"""The demonstration: the main job on real input, offline."""
