"""Watching production, pure: metrics, rules, incidents, suspects, what to do next. Knows no adapter and no story."""
