def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


queue = []
queue.append(one)
queue.extend([two])
queue.insert(0, three)
for function in queue:
    function()
queue.pop()()
