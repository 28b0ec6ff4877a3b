"""Lessons as text for other places: `lines` of JSON that come back, and `examples` to train a model on."""
