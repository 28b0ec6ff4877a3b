def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


def first(head, *rest):
    return head


head, *tail = [one, two, three]
head()


def last():
    *start, end = one, two, three
    end()
    start[0]()


last()
