"""What installed packages declare, as values of a resolution: types, members, results. Their code is never followed."""
