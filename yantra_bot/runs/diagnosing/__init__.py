"""The story of a diagnosis: evidence is gathered without a model, suspects are ranked, what was found is kept."""
