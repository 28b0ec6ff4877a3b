"""A stateful cluster for tests and the demo: an API server with controllers, and the pretend node that both it and a
real control plane run their pods on."""
