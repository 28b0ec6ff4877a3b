"""The operator's settings of the memory of mistakes; `settings.Settings` has them with all others."""

from typing import Annotated

from pydantic import BeforeValidator, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from yantra_bot.model_settings import split

Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split)]


class MemorySettings(BaseSettings):
    """What may be set about the memory of mistakes."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    memory: bool = True
    """Remember mistakes and what repaired them, and remind runs and reviews of them. It stays on this machine."""
    memory_url: str = ""
    """Where mistakes are remembered: another folder, or an address of object storage (`s3://BUCKET/PATH`, `gs://…`,
    `az://…`) that several machines share. Default: a folder in the state folder."""
    memory_secrets: Secrets = ()
    """What that object storage asks for, comma separated: `NAME=VALUE` by LanceDB's names, such as aws_access_key_id,
    aws_secret_access_key, aws_region, aws_endpoint. Default: what the machine itself is given."""
