def greet():
    return 1


hello = greet
again = hello
again()
