from first.api import run
from second import api

run()
api.run()
