"""The proof: what running a change's tests shows."""
