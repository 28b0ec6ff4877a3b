from dataclasses import dataclass

SECRET_KEY = "kd83hf-92jsl-00xm2"


@dataclass
class Config:
    debug: bool = False
    database_password: str = "s3cure-Passw0rd-42"


class Production(Config):
    API_TOKEN = "a8f5f167f44f4964e6c998dee827110c"
