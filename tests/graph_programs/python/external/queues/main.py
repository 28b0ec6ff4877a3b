import asyncio
import queue
from queue import PriorityQueue


def one():
    return 1


def two():
    return 2


def three():
    return 3


def four():
    return 4


class Worker:
    def __init__(self):
        self.tasks = queue.Queue()

    def add(self, task):
        self.tasks.put(task)

    def run(self):
        while not self.tasks.empty():
            task = self.tasks.get()
            task()
            self.tasks.task_done()


def by_order():
    waiting = PriorityQueue()
    waiting.put((2, two))
    _, task = waiting.get_nowait()
    task()


def last_first():
    waiting = queue.LifoQueue()
    waiting.put_nowait(three)
    waiting.get(timeout=1)()


async def produce(waiting):
    await waiting.put(four)


async def consume(waiting):
    task = await waiting.get()
    task()


async def serve():
    waiting = asyncio.Queue()
    await produce(waiting)
    await consume(waiting)


worker = Worker()
worker.add(one)
worker.run()
by_order()
last_first()
asyncio.run(serve())
