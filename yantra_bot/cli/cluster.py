"""`yantra cluster`: what an operator needs to let the bot into a cluster."""

import click
import yaml

from yantra_bot.clusters.rights import make_rights


@click.group()
def cluster() -> None:
    """Let the bot into a cluster of Kubernetes."""


@cluster.command()
@click.option("--namespace", required=True, help="The namespace of one environment.")
@click.option("--account-namespace", default="", help="Where the account itself lives. Default: the same namespace.")
def rbac(namespace: str, account_namespace: str) -> None:
    """Print the account and the rights that the bot needs in a namespace, for `kubectl apply -f -`."""
    documents = [yaml.safe_dump(_copy(one), sort_keys=False) for one in make_rights(namespace, home=account_namespace)]
    click.echo("---\n".join(documents), nl=False)


def _copy(value: object) -> object:
    """Return the same with nothing shared: YAML would write anchors."""
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value
