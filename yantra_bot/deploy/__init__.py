"""Shipping, pure: manifests and their policy, strategies, roll-outs and their health. It never reaches a cluster."""
