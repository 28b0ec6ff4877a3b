import asyncio

import wire


async def fetch():
    async with wire.Session() as session:
        async with session.get("a") as response:
            await response.text()
        response = await session.get("b")
        response.release()


async def stream():
    link = await wire.connect()
    await link.send()
    async for frame in link:
        frame.ack()


asyncio.run(fetch())
asyncio.run(stream())
