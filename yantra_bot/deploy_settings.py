"""Settings of shipping: which clusters there are, and who may deploy where. A part of `settings`."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from yantra_bot.model_settings import Words


class DeploySettings(BaseSettings):
    """What may be set about deployments."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    clusters: Words = ()
    """Clusters of Kubernetes, `NAME=KUBECONFIG_FILE`, with `#CONTEXT` where it is not the current one, or
    `NAME=in-cluster` for the one that the server runs in. Environments name them. Default: none."""
    deploy_targets: Words = ()
    """Which repository may deploy where, `OWNER/REPO=CLUSTER/NAMESPACE`, with * as wildcard in OWNER/REPO; what a
    repository says of its environments can only choose among these. Default none: nobody deploys anywhere."""
    deploy_hosts: Words = ()
    """Hosts that an Ingress may name, `CLUSTER/NAMESPACE=HOST`; `*.` at its beginning stands for any subdomain. Default
    none: no Ingress is deployed."""
    pod_networks: Words = ()
    """Networks in which health checks may ask pods by their addresses, such as 10.42.0.0/16. Default: the private
    ranges; loopback and link-local addresses only where they are named."""
    health_hosts: Words = ()
    """Hosts, as `HOST` or `HOST:PORT`, that the `urls:` of a repository's health checks may reach although their
    addresses are not public. Without a port both usual ones are meant. Default: none."""
    prometheus_url: str = ""
    """Base address of the Prometheus that `metrics:` of health checks are asked of. Repositories that may deploy can
    query all of it. Default: none, and such checks say so."""
    prometheus_token: SecretStr = SecretStr("")
    """Bearer token for it. Default: none is sent."""
