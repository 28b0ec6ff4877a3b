"""The vocabulary: frozen values that every layer shares, a noun a file.

Nothing here reads a file, a clock or a network, and nothing here imports another part of the product
but `errors`.
"""
