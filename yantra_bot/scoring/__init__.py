"""The learned score: features of code as graph and text, and a trained network that reads them, on numpy alone.

Nothing here trains: `yantra_bot.training` does, with torch, and exports the weights that are read here.
"""
