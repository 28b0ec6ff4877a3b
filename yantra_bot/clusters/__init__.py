"""Clusters and registries: the doors to Kubernetes, to image registries and to what is asked whether it is well."""
