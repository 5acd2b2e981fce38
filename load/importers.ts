// A brown-out made from outside: importers who post whole batches as fast as they are answered, and so
// take the database's time from everybody else. For what slows the platform in another way, a command
// can be given instead (`atlas load … --during`).
import { batchRequests, type TrafficPlace } from './traffic.ts';
import { runClock } from './clock.ts';
import { Sockets } from './http/sockets.ts';

const importersAtOnce = 4;
const batchSize = 1_000;
const answerTimeoutMs = 60_000;
/** After a refusal. */
const pauseMs = 100;

/** Works until it is disposed; what is under way then is left to the server. */
export function startImporters(place: TrafficPlace): Disposable {
  const sockets = new Sockets({ clock: runClock, socketsMax: importersAtOnce });
  const next = batchRequests({ ...place, runId: `${place.runId}:import` }, batchSize);
  const url = new URL(place.url);
  let isOver = false;
  const importer = async () => {
    while (!isOver) {
      const answer = await sockets.send(url, next(), answerTimeoutMs);
      if (typeof answer === 'object' && answer.status < 300) continue;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  for (let count = 0; count < importersAtOnce; count += 1) void importer();
  return {
    [Symbol.dispose]() {
      isOver = true;
      sockets.close();
    },
  };
}
