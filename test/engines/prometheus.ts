// A Prometheus of our own that scrapes what a file names, so that it can start before what it scrapes.
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Programs } from './programs.ts';
import { engineFolder, freePort, startServer, type Server } from './server.ts';

export interface PrometheusServer extends Server {
  readonly url: string;
  /** From now on it scrapes these, every second, as the job `atlas`. @param targets host:port */
  scrape(targets: readonly string[]): Promise<void>;
}

export async function startPrometheus(programs: Programs): Promise<PrometheusServer> {
  const command = await programs.find('prometheus');
  const folder = await engineFolder('prometheus');
  const port = await freePort();
  const targets = join(folder, 'targets.json');
  const config = join(folder, 'prometheus.yml');
  const scrape = async (names: readonly string[]): Promise<void> => {
    const written = `${targets}.new`;
    await writeFile(written, JSON.stringify([{ targets: names }]));
    await rename(written, targets);
  };
  await scrape([]);
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        { job_name: 'atlas', file_sd_configs: [{ files: [targets], refresh_interval: '1s' }] },
      ],
    }),
  );
  const server = await startServer(
    {
      command,
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      ready: /Server is ready to receive web requests/,
      endSignal: 'SIGKILL',
    },
    'SIGTERM',
    folder,
  );
  return Object.assign(server, { url: `http://127.0.0.1:${port}`, scrape });
}
