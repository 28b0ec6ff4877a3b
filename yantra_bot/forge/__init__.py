"""GitHub: the one door to its API and to git over HTTP, on control's side."""
