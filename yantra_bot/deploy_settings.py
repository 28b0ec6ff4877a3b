"""Settings of shipping: which clusters there are, and who may deploy where. A part of `settings`."""

from pathlib import Path

from pydantic import Field, SecretStr
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
    helm: Path | None = None
    """Helm's own program, below /usr, with which charts are rendered in the sandbox, without a network. Default: `helm`
    in /usr/local/bin or /usr/bin; where there is none, environments with a chart are refused."""
    image_registries: Words = ()
    """Where images may come from, `HOST[:PORT]/PATH-PREFIX` such as ghcr.io/acme. Default none: nothing is deployed."""
    registry_config: Path | None = None
    """A `config.json` of docker's with names and passwords for registries under `auths`. Helpers in it are programs,
    and refused. Default: registries are asked without a password."""
    registry_token_hosts: Words = ()
    """Hosts, beside a registry itself, that it may have tokens asked of; those of Docker and of gitlab.com are known.
    Default: none."""
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
    deploy_approval_hours: float = Field(default=24, gt=0, le=720)
    """How long a deployment waits for people who have to approve it, in hours."""
    deploy_hold_minutes: float = Field(default=30, gt=0, le=1440)
    """How long a roll-out that holds still waits for a person, in minutes; then it goes back."""
