"""The sweeper: looks at the truth again and again, and begins what would have been begun, had nothing been lost."""
