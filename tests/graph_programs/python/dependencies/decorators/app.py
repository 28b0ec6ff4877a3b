import frame


def helper():
    return 1


@frame.keep
def plain():
    return helper()


@frame.named("a")
def labelled():
    return 2


@frame.retry
def retried():
    return 3


@frame.command
def main():
    return 4


@frame.unknown
def other():
    return 5


plain()
labelled()
retried()
main.invoke()
main()
other()
