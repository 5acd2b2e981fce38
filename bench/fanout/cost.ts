// CPU of the server for each delivery, in interleaved rounds: all servers run all the time, each with
// its 1,000 clients, and are loaded one after the other, so that a slow minute meets all alike.
import { median, table } from '../support/table.ts';
import { connections, fans, type Cost, type Fan, type Load } from './load.ts';
import { silentClient, type ProtocolName } from './plan.ts';
import type { Place } from './place.ts';
import { startLines, startReceivers, type Received, type Receivers } from './receivers.ts';
import { startServer } from './server.ts';

interface Contender {
  readonly name: string;
  readonly load: (load: Load) => Promise<Cost>;
  readonly receivers: Receivers;
}

interface Figure {
  readonly cpuUs: number;
  readonly receiverShare: number;
  readonly bytes: number;
}

const shapes: Readonly<Record<Fan, string>> = { 10: '100 × 10', 1000: '1 × 1,000', 1: '1,000 × 1' };
const warmUpMs = 1_500;
/** Longer than any delivery of an unhurried load takes. */
const settleMs = 300;
const openAtOnce = 100;
const writesPerSecond = 20_000;
/** Of the hub's message in JSON: the floor sends as much. */
const messageBytes = 250;

export async function cost(
  place: Place,
  { rounds, ms }: { rounds: number; ms: number },
): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const bare = await bareWs(place, stack, 'bare ws', 1);
  const contenders = [
    await floor(place, stack),
    bare,
    await bareWs(place, stack, 'bare ws, two receivers', 2),
    await atlas(place, stack, 'json'),
    await atlas(place, stack, 'messagepack'),
  ];
  const loads = [1, 10].flatMap((together) =>
    fans.map((fan) => ({
      fan,
      together: together as 1 | 10,
      deliveriesPerSecond: writesPerSecond * together,
      ms,
    })),
  );
  const figures = new Map(loads.map((load) => [load, new Map<Contender, Figure[]>()]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const load of loads) {
      for (const contender of contenders) {
        if (round === 0) await measure(contender, { ...load, ms: warmUpMs });
        else {
          const found = await measure(contender, load);
          const list = figures.get(load)!.get(contender) ?? [];
          figures.get(load)!.set(contender, [...list, found]);
        }
      }
    }
  }
  return [...figures]
    .map(
      ([load, found]) =>
        `${shapes[load.fan]}, ${load.together === 1 ? 'each update flushed alone' : 'ten messages a socket and flush'}, ${load.deliveriesPerSecond.toLocaleString('en')}/s\n` +
        tableOf(found, figures.get(loads.find((one) => one.fan === load.fan)!)!.get(bare)!),
    )
    .join('\n\n');
}

/** `unbatched`: bare ws under the same shape, each update written alone. */
function tableOf(found: Map<Contender, Figure[]>, unbatched: Figure[]): string {
  const middle = (list: Figure[], what: keyof Figure) => median(list.map((each) => each[what]));
  const [floor, bare] = [...found.values()] as [Figure[], Figure[]];
  const against = (list: Figure[], other: Figure[]) =>
    median(list.map(({ cpuUs }, round) => cpuUs / other[round]!.cpuUs));
  return table(
    ['', 'CPU µs', '× floor', '× bare ws', '× bare ws unbatched', 'bytes', 'receiver CPU'],
    [...found].map(([{ name }, list]) => [
      name,
      middle(list, 'cpuUs'),
      against(list, floor),
      against(list, bare),
      against(list, unbatched),
      middle(list, 'bytes'),
      `${Math.round(100 * middle(list, 'receiverShare'))} %`,
    ]),
  );
}

/** @throws when a delivery has not arrived. */
async function measure({ name, load, receivers }: Contender, wanted: Load): Promise<Figure> {
  await receivers.order('begin');
  const { deliveries, cpuUs } = await load(wanted);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const received = await receivers.order('end');
  const sum = (what: keyof Received) => received.reduce((total, each) => total + each[what], 0);
  if (sum('deliveries') !== deliveries) {
    throw new Error(`${name}: ${sum('deliveries')} of ${deliveries} deliveries arrived`);
  }
  return {
    cpuUs: cpuUs / deliveries,
    receiverShare: (sum('cpuShare') * (wanted.ms + settleMs)) / wanted.ms,
    bytes: sum('bytes') / deliveries,
  };
}

async function floor(place: Place, stack: AsyncDisposableStack): Promise<Contender> {
  const server = stack.use(startLines(place.floor, [String(connections)]));
  const port = Number(await server.next());
  const receivers = stack.use(
    await startReceivers({
      program: place.receiver,
      folder: place.folder,
      port,
      plan: silentClients(),
      silent: true,
    }),
  );
  await receivers.order('open', openAtOnce);
  return {
    name: 'C send()',
    receivers,
    async load({ fan, together, deliveriesPerSecond, ms }) {
      const groupsPerSecond = deliveriesPerSecond / fan / together;
      const answer = await server.ask(
        `${groupsPerSecond} ${ms} ${fan} ${together} ${messageBytes}`,
      );
      return JSON.parse(answer) as Cost;
    },
  };
}

async function bareWs(
  place: Place,
  stack: AsyncDisposableStack,
  name: string,
  processes: number,
): Promise<Contender> {
  const server = stack.use(await startServer('./bare-ws.ts'));
  const receivers = stack.use(
    await startReceivers({
      program: place.receiver,
      folder: place.folder,
      port: server.port,
      plan: silentClients(),
      processes,
    }),
  );
  await receivers.order('open', openAtOnce);
  return { name, receivers, load: (load) => server.order('load', load) };
}

async function atlas(
  place: Place,
  stack: AsyncDisposableStack,
  protocol: ProtocolName,
): Promise<Contender> {
  const server = stack.use(await place.startAtlas('./fan-out-server.ts'));
  const receivers = stack.use(
    await startReceivers({
      program: place.receiver,
      folder: place.folder,
      port: server.port,
      plan: await place.clients(connections, protocol),
    }),
  );
  await receivers.order('open', openAtOnce);
  return { name: `Atlas, ${protocol}`, receivers, load: (load) => server.order('load', load) };
}

function silentClients(): string[] {
  return Array.from({ length: connections }, () => silentClient);
}
