import config
from config import settings

config.hook()
settings.load()
config.settings.load()
