"""The rows of the comparison that asyncio can run too, on its own loop.

Usage: asyncio_rows.py ROUNDS [ROW ...]; prints one JSON object. Standard library only.
A round lasts at least 5 ms. What it does not show: asyncio has no threads to compare across, so
the two-thread rows are missing, as are try_acquire and acquire_many, which it does not have.
L1/fire has 20,000 timers here, not 100,000: more would take longer than all else together.
"""

import asyncio
import json
import platform
import random
import sys
from time import perf_counter_ns

SLICE = 5_000_000


async def e1(n):
    event = asyncio.Event()
    event.set()
    start = perf_counter_ns()
    for _ in range(n):
        await event.wait()
    return perf_counter_ns() - start, n


async def e2(n):
    event = asyncio.Event()
    start = perf_counter_ns()
    for _ in range(n):
        event.set()
        event.clear()
    return perf_counter_ns() - start, n


def crowd(size):
    async def run(n):
        rounds = -(-n // size)
        event, parked = asyncio.Event(), asyncio.Event()
        counts = [0, 0]

        async def waiter():
            for _ in range(rounds):
                counts[0] += 1
                if counts[0] == size:
                    parked.set()
                await event.wait()

        tasks = [asyncio.ensure_future(waiter()) for _ in range(size)]
        start = perf_counter_ns()
        for _ in range(rounds):
            await parked.wait()
            parked.clear()
            counts[0] = 0
            event.set()
            event.clear()
        await asyncio.gather(*tasks)
        return perf_counter_ns() - start, rounds * size

    return run


async def e4(n):
    there, back = asyncio.Event(), asyncio.Event()

    async def ping():
        for _ in range(n):
            there.set()
            await back.wait()
            back.clear()

    async def pong():
        for _ in range(n):
            await there.wait()
            there.clear()
            back.set()

    start = perf_counter_ns()
    await asyncio.gather(ping(), pong())
    return perf_counter_ns() - start, n


async def s1(n):
    semaphore = asyncio.Semaphore(1)
    start = perf_counter_ns()
    for _ in range(n):
        async with semaphore:
            pass
    return perf_counter_ns() - start, n


async def s2(n):
    turns = -(-n // 64)
    semaphore = asyncio.Semaphore(1)

    async def worker():
        for _ in range(turns):
            async with semaphore:
                await asyncio.sleep(0)

    start = perf_counter_ns()
    await asyncio.gather(*(worker() for _ in range(64)))
    return perf_counter_ns() - start, turns * 64


def chain(size):
    async def run(n):
        rounds = -(-n // size)
        semaphore = asyncio.Semaphore(1)

        async def waiter():
            async with semaphore:
                pass

        took = 0
        for _ in range(rounds):
            await semaphore.acquire()
            tasks = [asyncio.ensure_future(waiter()) for _ in range(size)]
            start = perf_counter_ns()
            await asyncio.sleep(0)
            semaphore.release()
            await asyncio.gather(*tasks)
            took += perf_counter_ns() - start
        return took, rounds * size

    return run


def try_pair(capacity):
    async def run(n):
        queue = asyncio.Queue(capacity)
        start = perf_counter_ns()
        for item in range(n):
            queue.put_nowait(item)
            queue.get_nowait()
        return perf_counter_ns() - start, n

    return run


def pipe(capacity):
    async def run(n):
        queue = asyncio.Queue(capacity)

        async def produce():
            for item in range(n):
                await queue.put(item)

        async def consume():
            for _ in range(n):
                await queue.get()

        start = perf_counter_ns()
        await asyncio.gather(produce(), consume())
        return perf_counter_ns() - start, n

    return run


def gathered(size):
    async def run(n):
        rounds = -(-n // size)
        loop = asyncio.get_running_loop()

        async def child(woken):
            return await woken

        start = perf_counter_ns()
        for _ in range(rounds):
            seats = [loop.create_future() for _ in range(size)]
            whole = asyncio.gather(*map(child, seats))
            await asyncio.sleep(0)
            for number, seat in enumerate(seats):
                seat.set_result(number)
            await whole
        return perf_counter_ns() - start, rounds * size

    return run


async def tasks(n):
    size = 10_000
    rounds = -(-n // size)

    async def task(number):
        return number

    start = perf_counter_ns()
    for _ in range(rounds):
        running = [asyncio.ensure_future(task(number)) for number in range(size)]
        for one in running:
            await one
    return perf_counter_ns() - start, rounds * size


class Tally:
    def __init__(self, size):
        self.left, self.done = size, asyncio.get_running_loop().create_future()

    def arrive(self):
        self.left -= 1
        if not self.left:
            self.done.set_result(None)


async def soon(n):
    size = 100_000
    rounds = -(-n // size)
    loop = asyncio.get_running_loop()
    start = perf_counter_ns()
    for _ in range(rounds):
        tally = Tally(size)
        for _ in range(size):
            loop.call_soon(tally.arrive)
        await tally.done
    return perf_counter_ns() - start, rounds * size


async def fire(n):
    size, window = 20_000, 0.004
    rounds, ahead = -(-n // size), 0.1
    loop, took = asyncio.get_running_loop(), 0
    for _ in range(rounds):
        tally, start = Tally(size), perf_counter_ns()
        first = loop.time() + ahead
        for _ in range(size):
            loop.call_at(first + random.random() * window, tally.arrive)
        took += perf_counter_ns() - start
        first = max(first, loop.time())
        await tally.done
        took += int((loop.time() - first) * 1e9)
    return took, rounds * size


async def cancel(n):
    size, far = 100_000, 3600
    rounds = -(-n // size)
    loop = asyncio.get_running_loop()
    start = perf_counter_ns()
    for _ in range(rounds):
        timers = [loop.call_later(far * (1 + random.random()), print) for _ in range(size)]
        for timer in timers:
            timer.cancel()
        await asyncio.sleep(0)
    return perf_counter_ns() - start, rounds * size


ROWS = {
    "E1": e1,
    "E2": e2,
    "E3/1": crowd(1),
    "E3/64": crowd(64),
    "E3/1000": crowd(1_000),
    "E4": e4,
    "S1": s1,
    "S2": s2,
    "S6/100": chain(100),
    "S6/1000": chain(1_000),
    "Q1/16": try_pair(16),
    "Q1/unbounded": try_pair(0),
    "Q2/1": pipe(1),
    "Q2/16": pipe(16),
    "Q2/1024": pipe(1_024),
    "Q2/unbounded": pipe(0),
    "G1/10": gathered(10),
    "G1/1000": gathered(1_000),
    "G1/10000": gathered(10_000),
    "L1/tasks": tasks,
    "L1/soon/100000": soon,
    "L1/fire": fire,
    "L1/cancel": cancel,
}


def measure(row, rounds):
    n = 1
    while True:
        took, done = asyncio.run(row(n))
        if took >= SLICE / 4:
            break
        n = max(done * 2, int(done * min(50, SLICE / 2 / max(took, 1))))
    n = max(1, int(done * SLICE / took))
    samples = []
    for _ in range(rounds):
        took, done = asyncio.run(row(n))
        samples.append(took / done)
    return samples


def main():
    rounds, wanted = int(sys.argv[1]), sys.argv[2:]
    rows = {key: measure(row, rounds) for key, row in ROWS.items() if key in wanted}
    print(json.dumps({"version": platform.python_version(), "rows": rows}))


main()
