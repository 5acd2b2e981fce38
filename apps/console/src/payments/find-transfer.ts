// Operators paste whatever name of a transfer they have, so both kinds are tried.
import { AtlasError, type AtlasClient, type FoundTransfer } from '@atlas/client';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Finds a transfer by its entry id, or by its idempotency key, which may look like an id too. */
export async function findTransfer(
  { transfers }: AtlasClient,
  reference: string,
  signal: AbortSignal,
): Promise<FoundTransfer> {
  if (!uuid.test(reference)) return transfers.find(reference, { signal });
  try {
    return await transfers.get(reference, { signal });
  } catch (error) {
    if (!(error instanceof AtlasError) || error.code !== 'not_found') throw error;
    return transfers.find(reference, { signal });
  }
}
