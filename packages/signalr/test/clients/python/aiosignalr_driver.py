"""The client of the package aiosignalr."""
import asyncio

from aiosignalr.client import HubConnection, HubConnectionOptions
from aiosignalr.client.retry import RetryPolicy
from driver import Client, answer_to, drive, pack_binary, unpack_binary


class Soon(RetryPolicy):
    def next_retry_delay(self, context):
        return 0.01 * context.previous_retry_count if context.previous_retry_count < 20 else None


class Aiosignalr(Client):
    async def start(self, url, transport, protocol, keepAliveMs, serverTimeoutMs, token=None,
                    skipNegotiation=False, statefulReconnect=False):
        options = HubConnectionOptions(
            keep_alive_interval=keepAliveMs / 1000, server_timeout=serverTimeoutMs / 1000)
        self.connection = HubConnection(protocol=protocol, options=options).with_retry_policy(Soon())
        if statefulReconnect:
            self.connection.with_stateful_reconnect()
        self.connection.on("pushed", lambda *arguments: self.pushed(arguments))
        self.connection.on("ask", answer_to)
        self.connection.on_reconnected = self.returned
        self.connection.on_close = lambda error: self.over(error and str(error))
        await self.connection.start(
            url.replace("http", "ws", 1) if skipNegotiation else url, access_token_factory=token and (lambda: token), transports={transport},
            skip_negotiation=skipNegotiation)

    async def invoke(self, target, args):
        return unpack_binary(await self.connection.invoke(target, *map(pack_binary, args)))

    async def send(self, target, args):
        await self.connection.send(target, *args)

    async def stream(self, target, args, take=None):
        items = []
        stream = await self.connection.stream(target, *args)
        async for item in stream:
            items.append(item)
            if len(items) == take:
                break
        await stream.aclose()
        return items

    async def upload(self, target, items):
        async with self.connection.client_stream(target) as stream:
            for item in items:
                await stream.send_item(item)
        return stream.result

    async def stop(self):
        await self.connection.stop()


asyncio.run(drive(Aiosignalr))
