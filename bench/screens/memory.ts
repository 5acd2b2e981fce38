// What is left of memory after the collection of garbage: of a page its objects and the nodes of its document,
// of a process its objects, with what their buffers hold, and what is resident.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

export interface PageMemory {
  readonly heapMegabytes: number;
  readonly nodes: number;
}

export async function pageMemory(page: Page): Promise<PageMemory> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const { nodes } = await devtools.send('Memory.getDOMCounters');
  await devtools.detach();
  return { heapMegabytes: usedSize / 1_000_000, nodes };
}

/** `inspector`: the address of the process's own. */
export async function processHeapMegabytes(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  await once(socket, 'open');
  socket.send('{"id":1,"method":"HeapProfiler.collectGarbage"}');
  await once(socket, 'message');
  socket.send('{"id":2,"method":"Runtime.getHeapUsage"}');
  const [{ data }] = (await once(socket, 'message')) as [{ data: string }];
  socket.close();
  const { usedSize, backingStorageSize } = JSON.parse(data).result;
  return (usedSize + backingStorageSize) / 1_000_000;
}

/** Undefined where there is no /proc. */
export async function residentMegabytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : (Number(kilobytes) * 1_024) / 1_000_000;
}
