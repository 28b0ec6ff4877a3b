"""Learning together, opt-in: what is shared holds no text, and what comes back is judged before it is used."""
