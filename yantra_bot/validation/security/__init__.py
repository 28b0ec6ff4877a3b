"""Security of a change: what rules find in its code, secrets, dependencies, and fixes that were checked.

Everything takes plain values (the changed files with their bytes before and after) and returns findings. It executes
nothing of a repository, and starts a scanner in the sandbox alone.
"""
