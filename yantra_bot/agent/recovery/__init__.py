"""What a run does when something goes wrong: pure decisions, which the story and the worker carry out."""
