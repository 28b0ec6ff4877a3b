import asyncio


async def stream():
    yield Event()


class Event:
    def handle(self):
        return 1


class Feed:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration()


async def run():
    async for event in stream():
        event.handle()
    async for other in Feed():
        other.handle()
    return [event.handle() async for event in stream()]


asyncio.run(run())
