"""The features of symbols, from their sources, the graph and the past: what each one is says `scoring.layout`."""

from yantra_bot.scoring.features.reading import Read, SymbolFeatures, features_of

__all__ = ["Read", "SymbolFeatures", "features_of"]
