// The whole way in: POST at the payments role of a running Atlas, everything else running beside it.
import { openPglite } from '../../src/engines/pglite.ts';
import { openPostgres } from '../../src/engines/postgres.ts';
import { postgres } from '../../test/engines/index.ts';
import { startAtlas, type Atlas } from '../support/atlas.ts';
import type { LoopFigures } from '../support/closed-loop.ts';
import { postgresCpu, processCpu, type CpuMeter } from '../support/cpu.ts';
import { cpuWindow, type Figures } from '../support/figures.ts';
import { generate } from '../support/generator.ts';
import type { TransfersTask } from './generator.ts';
import { checkBook, type Load, type Writer } from './load.ts';
import { totalsOf } from './through-core.ts';

const generator = new URL('generator.ts', import.meta.url);

export const httpOnPostgres: Writer = {
  name: 'HTTP, PostgreSQL',
  async measure(load) {
    await using place = await postgres();
    await using atlas = await startAtlas({ DATABASE_URL: place.url });
    await using database = await openPostgres({
      url: place.url,
      connectionsMax: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 60_000,
      applicationName: 'bench',
    });
    const { answered, figures } = await callersOn(atlas, load, await postgresCpu(database));
    checkBook(this.name, await totalsOf(database), answered);
    return figures;
  },
};

export const httpOnPglite: Writer = {
  name: 'HTTP, PGlite',
  async measure(load) {
    await using atlas = await startAtlas({});
    const { answered, figures } = await callersOn(atlas, load, async () => undefined);
    await atlas.stop();
    await using database = await openPglite(atlas.folder);
    checkBook(this.name, await totalsOf(database), answered);
    return figures;
  },
};

async function callersOn(
  atlas: Atlas,
  load: Load,
  databaseCpu: CpuMeter,
): Promise<{ answered: number; figures: Figures }> {
  const { payments, ledger } = atlas.urls;
  const task: TransfersTask = { payments, ledger, token: atlas.token, load };
  const cpu = cpuWindow(processCpu(atlas.pid), databaseCpu);
  const loop = (await generate(generator, task, cpu.window)) as LoopFigures;
  return { answered: loop.answered, figures: cpu.figures(loop) };
}
