import asyncio


async def fetch(name):
    return Reply(name)


class Reply:
    def __init__(self, name):
        self.name = name

    def text(self):
        return self.name


async def gather():
    replies = await asyncio.gather(fetch("a"), fetch("b"))
    return [reply.text() for reply in replies]


async def run():
    reply = await fetch("c")
    reply.text()
    await gather()


asyncio.run(run())
