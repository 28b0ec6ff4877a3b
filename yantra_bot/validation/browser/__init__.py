"""Whether a change to web pages breaks them: tried out in a browser that runs inside the sandbox."""
