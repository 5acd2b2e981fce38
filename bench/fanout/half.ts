// From publishing to receiving at half of the load that one core can deliver without gathering, through
// the role as it is, with the schedule that it runs on.
import { median, table, type Cell } from '../support/table.ts';
import { connections, fans, type Load } from './load.ts';
import type { Place } from './place.ts';
import { startReceivers } from './receivers.ts';

const shapes = { 10: '100 × 10', 1000: '1 × 1,000', 1: '1,000 × 1' };
/** Light enough that nothing is gathered: it tells what a delivery costs. */
const lightPerSecond = 10_000;
const settleMs = 500;

export async function half(
  place: Place,
  { rounds, ms }: { rounds: number; ms: number },
): Promise<string> {
  await using server = await place.startAtlas('./role-server.ts');
  await using receivers = await startReceivers({
    program: place.receiver,
    folder: place.folder,
    port: server.port,
    plan: await place.clients(connections, 'json'),
  });
  await receivers.order('open', 100);
  const run = async (load: Load) => {
    await receivers.order('begin');
    const { cpuUs, deliveries } = await server.order('load', load);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const [received] = await receivers.order('end');
    return { ...received!, published: deliveries, cpuUs: cpuUs / deliveries };
  };
  const rows: Cell[][] = [];
  for (const fan of fans) {
    await run({ fan, together: 1, deliveriesPerSecond: lightPerSecond, ms: 2_000 });
    const light = await run({ fan, together: 1, deliveriesPerSecond: lightPerSecond, ms: 2_000 });
    const deliveriesPerSecond = 500_000 / light.cpuUs;
    const figures: Awaited<ReturnType<typeof run>>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      figures.push(await run({ fan, together: 1, deliveriesPerSecond, ms }));
    }
    const middle = (what: 'p50Ms' | 'p99Ms' | 'maxMs') => median(figures.map((each) => each[what]));
    const arrived = median(figures.map((each) => each.deliveries / each.published));
    rows.push([
      shapes[fan],
      deliveriesPerSecond,
      middle('p50Ms'),
      middle('p99Ms'),
      middle('maxMs'),
      `${(100 * (1 - arrived)).toFixed(1)} %`,
    ]);
  }
  return table(['half load', 'deliveries/s', 'p50 ms', 'p99 ms', 'max ms', 'conflated'], rows);
}
