from functools import wraps


def logged(f):
    @wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)

    return wrapper


@logged
def add(a, b):
    return a + b


add(1, b=2)
