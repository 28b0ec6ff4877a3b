import asyncio


class Pool:
    def __init__(self):
        self.items = [Item()]

    async def take(self):
        return self.items.pop()


class Item:
    def use(self):
        return 1


async def each(pool):
    yield await pool.take()


async def main():
    pool = Pool()
    used = [item.use() async for item in each(pool)]
    return await finish(used)


async def finish(used):
    return used


asyncio.run(main())
