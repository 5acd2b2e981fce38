// What is left of memory after the collection of garbage: of a page its objects and the nodes of its document,
// of a process what is resident.
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

/** Undefined where there is no /proc. */
export async function residentMegabytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : (Number(kilobytes) * 1_024) / 1_000_000;
}
