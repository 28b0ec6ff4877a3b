def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def factorial(n):
    return n * factorial(n - 1) if n > 1 else 1


even(3)
factorial(3)
