"""The features of symbols, from their sources, the graph and the past: what each one is says `scoring.layout`."""

from yantra_bot.scoring.features.reading import Piece, Read, SymbolFeatures, features_of

__all__ = ["Piece", "Read", "SymbolFeatures", "features_of"]
