import asyncio


async def job():
    return finish


def finish():
    return 1


async def run():
    task = asyncio.create_task(job())
    done = await task
    done()


asyncio.run(run())
