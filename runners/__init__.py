"""What sandboxes are made of. Imports nothing of the product: it runs beside untrusted code."""
