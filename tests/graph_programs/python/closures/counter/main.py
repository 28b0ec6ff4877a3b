def counter(step):
    count = 0

    def increase():
        nonlocal count
        count = step(count)
        return count

    def reset():
        nonlocal count
        count = zero()

    return increase, reset


def plus_one(n):
    return n + 1


def zero():
    return 0


increase, reset = counter(plus_one)
increase()
reset()
