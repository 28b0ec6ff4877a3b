def one():
    return "1"


def two():
    return "2"


class Listener:
    def hear(self, sound):
        return sound


for index, function in enumerate([one]):
    function()
for function, listener in zip([two], [Listener()]):
    listener.hear(function())
