"""In a sandbox: serves a site and looks at it with a browser."""
