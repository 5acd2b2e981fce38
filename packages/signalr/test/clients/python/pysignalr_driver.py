"""The client of the package pysignalr. It speaks WebSockets only and comes back as often as run is called."""
import asyncio

from driver import Client, answer_to, drive, pack_binary, unpack_binary
from pysignalr.client import SignalRClient
from pysignalr.protocol.json import JSONProtocol
from pysignalr.protocol.messagepack import MessagepackProtocol


class Pysignalr(Client):
    async def start(self, url, transport, protocol, keepAliveMs, serverTimeoutMs, token=None):
        self.client = SignalRClient(
            url,
            protocol=JSONProtocol() if protocol == "json" else MessagepackProtocol(),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            signalr_ping_interval=keepAliveMs / 1000)
        opened = asyncio.Event()

        async def on_open():
            opened.set()

        async def on_error(message):
            pass  # The callback of the call gets it too.

        async def ask(arguments):
            return answer_to(arguments[0])

        self.client.on_open(on_open)
        self.client.on_error(on_error)
        self.client.on("pushed", self.pushed)
        self.client.on("ask", ask)
        self.running = asyncio.create_task(self.run())
        first = asyncio.create_task(opened.wait())
        await asyncio.wait([self.running, first], return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            raise ConnectionError(self.ended[0])

    async def run(self):
        try:
            await self.client.run()
        except Exception as error:
            await self.over(f"{type(error).__name__}: {error}")

    async def invoke(self, target, args):
        completed = asyncio.get_running_loop().create_future()

        async def on_invocation(message):
            completed.set_result(message)

        await self.client.send(target, [pack_binary(arg) for arg in args], on_invocation)
        message = await completed
        if message.error:
            raise RuntimeError(message.error)
        return unpack_binary(message.result)

    async def send(self, target, args):
        await self.client.send(target, args)

    async def stream(self, target, args):
        items, completed = [], asyncio.get_running_loop().create_future()

        async def on_next(item):
            items.append(item)

        async def on_complete(message):
            completed.set_result(items)

        async def on_error(message):
            completed.set_exception(RuntimeError(message.error))

        await self.client.stream(target, args, on_next, on_complete, on_error)
        return await completed

    async def upload(self, target, items):
        async with self.client.client_stream(target) as stream:
            for item in items:
                await stream.send(item)

    async def stop(self):
        self.running.cancel()
        await asyncio.wait([self.running])


asyncio.run(drive(Pysignalr))
