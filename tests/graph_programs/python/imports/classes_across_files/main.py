from models import User
from services import Service

user = User("u")
Service(user).greet()
