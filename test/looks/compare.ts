// Pictures against the ones that are kept. Letters are smoothed a little differently from one machine to the
// next, so a pixel may differ; what may not is a patch: no square of the picture has more than a few that do.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const keptFolder = join(import.meta.dirname, 'kept');
const rejectedFolder = join(tmpdir(), 'atlas-looks');
const patchPx = 16;
/** Of the 256 pixels of a patch. */
const differingMax = 24;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What is wrong with a picture, as a sentence; undefined when it is as the one that is kept.
 * @param drawnByBrowser what is not compared: controls of which the browser draws the inside
 */
export async function differenceFromKept(
  name: string,
  taken: Buffer,
  drawnByBrowser: readonly Box[] = [],
): Promise<string | undefined> {
  const kept = await readFile(join(keptFolder, `${name}.png`)).catch(() => undefined);
  if (kept === undefined) return `${name}: no picture is kept`;
  const [was, is] = [PNG.sync.read(kept), PNG.sync.read(taken)];
  if (was.width !== is.width || was.height !== is.height) return `${name}: another size`;
  const { width, height } = was;
  const difference = new PNG({ width, height });
  const differing = pixelmatch(was.data, is.data, difference.data, width, height, {
    windowSize: patchPx,
    ignoreMask: maskOf(drawnByBrowser, width, height),
  });
  if (differing <= differingMax) return undefined;
  await mkdir(rejectedFolder, { recursive: true });
  const place = join(rejectedFolder, name);
  await writeFile(`${place}.png`, taken);
  await writeFile(`${place}.difference.png`, PNG.sync.write(difference));
  return `${name}: ${differing} of ${patchPx ** 2} pixels of a patch differ; see ${place}.difference.png`;
}

function maskOf(boxes: readonly Box[], width: number, height: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(width * height);
  for (const box of boxes) {
    const right = Math.min(width, Math.ceil(box.x + box.width));
    const bottom = Math.min(height, Math.ceil(box.y + box.height));
    for (let y = Math.max(0, Math.floor(box.y)); y < bottom; y += 1) {
      mask.fill(1, y * width + Math.max(0, Math.floor(box.x)), y * width + right);
    }
  }
  return mask;
}

export async function keep(name: string, taken: Buffer): Promise<void> {
  await mkdir(keptFolder, { recursive: true });
  // Large even areas are what deflate packs best by itself: of all filters and strategies the smallest.
  const small = { deflateLevel: 9, deflateStrategy: 0, filterType: 0, colorType: 2 } as const;
  await writeFile(join(keptFolder, `${name}.png`), PNG.sync.write(PNG.sync.read(taken), small));
}
