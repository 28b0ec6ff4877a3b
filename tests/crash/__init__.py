"""Killing processes on purpose: a child that runs an engine, and moments to die at."""
