"""What is not told of the symbols that are scored and of those around them: the same in training and in use.

Either it would tell the answer, or training sees it one way and use another. Features that are held back are 0.
"""

import numpy as np

from yantra_bot.scoring.batch import Floats, SymbolGraph
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.layout import IMPORTS, MASKED, OF_TEXT, THROUGH_GRAPH
from yantra_bot.scoring.neighbours import Surroundings


def symbol_graph(features: SymbolFeatures, around: Surroundings) -> SymbolGraph:
    """Return the arrays that the network reads. Files of all symbols around are parsed, each once.

    Numbers are rounded to half precision, which training keeps them in.
    """
    rows, places = np.unique(around.rows, return_inverse=True)
    rounded = features.of(rows).astype(np.float16).astype(np.float32)
    return SymbolGraph(hold_back(rounded[places], around), around.edges, around.scored)


def hold_back(features: Floats, around: Surroundings) -> Floats:
    """Put what is not told at 0 in `features`, [n, 978] of what was drawn, and return them."""
    features[:, MASKED] = 0
    features[np.ix_(around.is_beside, IMPORTS)] = 0
    features[np.ix_(around.is_around, OF_TEXT)] = 0
    features[np.ix_(around.scored, np.flatnonzero(THROUGH_GRAPH))] = 0
    return features
