import asyncio


class Connection:
    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *details):
        return None

    async def open(self):
        return 1

    def send(self):
        return 2


async def talk():
    async with Connection() as connection:
        connection.send()


asyncio.run(talk())
