"""Plays scripts on CPython's asyncio.

Reads scripts as JSON lines on stdin, writes for each one JSON line: what could be seen after every
group of steps, once every task that could run had run. What a script is says src/asyncio/script.rs.

The first line it writes is the version of Python, and whether its queues can be shut down.
"""

import asyncio
import json
import sys

QUEUES = {
    "queue": asyncio.Queue,
    "lifo": asyncio.LifoQueue,
    "priority": asyncio.PriorityQueue,
}
ShutDown = getattr(asyncio, "QueueShutDown", None)


class Event:
    def __init__(self, _):
        self.event = asyncio.Event()

    async def task(self, op):
        await self.event.wait()
        return "ok"

    def call(self, op):
        getattr(self.event, op)()

    def late(self):
        return self.event.wait()

    def state(self):
        return [self.event.is_set()]


class Semaphore:
    def __init__(self, value):
        self.semaphore = asyncio.Semaphore(value)

    async def task(self, op):
        await self.semaphore.acquire()
        return "ok"

    def call(self, op):
        if op == "locked":
            return self.semaphore.locked()
        try:
            self.semaphore.release()
        except ValueError:
            return "too many"

    def state(self):
        return [self.semaphore.locked(), self.semaphore._value]


class BoundedSemaphore(Semaphore):
    def __init__(self, value):
        self.semaphore = asyncio.BoundedSemaphore(value)


class Queue:
    def __init__(self, kind, maxsize):
        self.queue = QUEUES[kind](maxsize)

    async def task(self, op, item=None):
        try:
            if op == "put":
                await self.queue.put(item)
                return "ok"
            if op == "get":
                return await self.queue.get()
            await self.queue.join()
            return "ok"
        except Exception as error:
            return self.name(error)

    def call(self, op, item=None):
        queue = self.queue
        try:
            if op == "put_nowait":
                queue.put_nowait(item)
                return "ok"
            if op == "get_nowait":
                return queue.get_nowait()
            if op == "task_done":
                queue.task_done()
                return "ok"
            queue.shutdown(immediate=op == "shutdown_now")
        except Exception as error:
            return self.name(error)

    def name(self, error):
        if ShutDown is not None and isinstance(error, ShutDown):
            return "closed"
        if isinstance(error, asyncio.QueueFull):
            return "full"
        if isinstance(error, asyncio.QueueEmpty):
            return "empty"
        if isinstance(error, ValueError):
            return "too many"
        raise error

    def state(self):
        queue = self.queue
        return [queue.qsize(), queue.empty(), queue.full(), queue._unfinished_tasks]


def primitive(kind, value):
    if kind == "event":
        return Event(value)
    if kind == "semaphore":
        return Semaphore(value)
    if kind == "bounded":
        return BoundedSemaphore(value)
    return Queue(kind, value)


async def quiet(loop):
    # The queue of what is ready holds everything but this task, which is running.
    await asyncio.sleep(0)
    while loop._ready:
        await asyncio.sleep(0)


async def play(script):
    loop = asyncio.get_running_loop()
    target = primitive(script["kind"], script["value"])
    tasks, waiting, seen = [], {}, []
    for group in script["groups"]:
        calls = []
        for step, *rest in group:
            if step == "spawn":
                waiting[len(tasks)] = loop.create_task(target.task(*rest))
                tasks.append(waiting[len(tasks)])
            elif step == "late":
                # The wait is called here, and begins with its task's first step.
                waiting[len(tasks)] = late = target.late()
                tasks.append(late)
            elif step == "begin":
                waiting[rest[0]] = tasks[rest[0]] = loop.create_task(tasks[rest[0]])
            elif step == "cancel":
                tasks[rest[0]].cancel()
            else:
                calls.append(target.call(*rest))
        await quiet(loop)
        ended = []
        for name, task in list(waiting.items()):
            if isinstance(task, asyncio.Task) and task.done():
                del waiting[name]
                result = "cancelled" if task.cancelled() else task.result()
                ended.append([name, "ok" if result is True else result])
        seen.append([calls, ended, target.state()])
    for task in waiting.values():
        if isinstance(task, asyncio.Task):
            task.cancel()
        else:
            task.close()
    await quiet(loop)
    return seen


async def main():
    version = ".".join(map(str, sys.version_info[:3]))
    print(json.dumps([version, ShutDown is not None]), flush=True)
    for line in sys.stdin:
        print(json.dumps(await play(json.loads(line))))


asyncio.run(main())
