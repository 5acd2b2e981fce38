"""What the Python drivers share: commands come in and answers go out, one JSON object a line."""
import asyncio
import base64
import json
import sys


class Client:
    """Remembers what commands wait for. A driver adds start, invoke, send, stream, upload and stop."""

    def __init__(self):
        self.seen = []
        self.returns = 0
        self.ended = None
        self.changed = asyncio.Condition()

    async def note(self, **changes):
        async with self.changed:
            for name, value in changes.items():
                setattr(self, name, value)
            self.changed.notify_all()

    async def pushed(self, arguments):
        await self.note(seen=[*self.seen, list(arguments)])

    async def returned(self):
        await self.note(returns=self.returns + 1)

    async def over(self, words):
        if self.ended is None:
            await self.note(ended=(words,))

    async def until(self, holds):
        async with self.changed:
            await self.changed.wait_for(holds)

    async def pushes(self, count):
        await self.until(lambda: len(self.seen) >= count)
        return self.seen[:count]

    async def reconnected(self, times):
        await self.until(lambda: self.returns >= times)

    async def closed(self):
        await self.until(lambda: self.ended is not None)
        return self.ended[0]


def answer_to(question):
    if question == "fail":
        raise RuntimeError("no answer")
    return question + "?"


def pack_binary(value):
    return base64.b64decode(value["$binary"]) if isinstance(value, dict) and "$binary" in value else value


def unpack_binary(value):
    return {"$binary": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


async def drive(make_client):
    """Carries commands out, all at once, until the input ends."""
    clients, tasks = {}, set()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        name, do, id = command.pop("client"), command.pop("do"), command.pop("id")
        if do == "start":
            clients[name] = make_client()
        task = asyncio.create_task(carry_out(id, getattr(clients[name], do), command))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def carry_out(id, run, arguments):
    try:
        answer = {"id": id, "result": await run(**arguments)}
    except BaseException as error:
        answer = {"id": id, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
