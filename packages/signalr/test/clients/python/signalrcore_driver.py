"""The client of the package signalrcore. It runs threads of its own, and tells every error in one place."""
import asyncio
import logging
import uuid

from driver import Client, drive, pack_binary, unpack_binary
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.subject import Subject
from signalrcore.types import HttpTransportType, HubProtocolEncoding

protocols = {"json": HubProtocolEncoding.text, "messagepack": HubProtocolEncoding.binary}


class Signalrcore(Client):
    async def start(self, url, transport, protocol, keepAliveMs, serverTimeoutMs, token=None, skipNegotiation=False):
        self.loop = asyncio.get_running_loop()
        self.calls = {}
        opened = self.loop.create_future()
        options = {"transport": HttpTransportType(transport), "skip_negotiation": skipNegotiation}
        if token and transport == "LongPolling":
            url += f"?access_token={token}"  # Its polls have no headers.
        elif token:
            options["access_token_factory"] = lambda: token
        self.connection = (
            HubConnectionBuilder()
            .with_url(url.replace("http", "ws", 1) if skipNegotiation else url, options=options)
            .with_hub_protocol(protocols[protocol])
            .configure_logging(logging.CRITICAL)
            .with_automatic_reconnect({
                "type": "raw", "keep_alive_interval": keepAliveMs / 1000, "reconnect_interval": 0.05})
            .build())
        self.connection.on("pushed", lambda arguments: self.soon(self.pushed(arguments)))
        self.connection.on_open(lambda: self.loop.call_soon_threadsafe(opened.set_result, None))
        self.connection.on_reconnect(lambda: self.soon(self.returned()))
        self.connection.on_close(lambda: self.soon(self.over(None)))
        self.connection.on_error(lambda message: self.complete(message))
        await self.aside(self.connection.start)
        await opened

    async def invoke(self, target, args):
        id, completed = self.expect()
        await self.aside(self.connection.invoke, target, [pack_binary(arg) for arg in args], self.complete, id)
        return unpack_binary((await completed).result)

    async def send(self, target, args):
        await self.invoke(target, args)  # It gives every call an id.

    async def stream(self, target, args):
        items = []
        stream = await self.aside(self.connection.stream, target, args)
        _, completed = self.expect(stream.invocation_id)
        stream.subscribe({"next": items.append, "complete": self.complete, "error": self.complete})
        await completed
        return items

    async def upload(self, target, items):
        subject = Subject()
        await self.aside(self.connection.invoke, target, subject)
        for item in items:
            await self.aside(subject.next, item)
        await self.aside(subject.complete)

    async def stop(self):
        # Its reader may not notice until the server closes; nobody need wait for that.
        await asyncio.wait([self.aside(self.connection.stop)], timeout=3)

    def expect(self, id=None):
        id = id or str(uuid.uuid4())
        completed = self.calls[id] = self.loop.create_future()
        return id, completed

    def complete(self, message):
        self.loop.call_soon_threadsafe(self.settle, message)

    def settle(self, message):
        completed = self.calls.pop(message.invocation_id)
        if message.error:
            completed.set_exception(RuntimeError(message.error))
        else:
            completed.set_result(message)

    def soon(self, coroutine):
        asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def aside(self, run, *args):
        return self.loop.run_in_executor(None, run, *args)


asyncio.run(drive(Signalrcore))
