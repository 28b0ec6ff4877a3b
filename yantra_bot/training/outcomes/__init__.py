"""What a project's own tests say to variants of its functions: sdists with fast suites, run in the sandbox."""
