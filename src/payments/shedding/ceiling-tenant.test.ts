import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPayments } from '../testing.ts';

const path = '/payments/load-shedding';
const wanted = { ratePerSecond: 100 };

test('where the settings name a tenant only its operators set the ceiling of all, and any operator sees it', async () => {
  await using payments = await testPayments({ LS_CEILING_TENANT: 'tnt_operator' });
  const statuses = async (tenant: string, scope = 'ops') => {
    const authorization = `Bearer ${await payments.token({ tenant, scope })}`;
    const answers = [
      await payments.send('GET', path, undefined, { authorization }),
      await payments.send('PUT', path, wanted, { authorization }),
      await payments.send('DELETE', path, undefined, { authorization }),
    ];
    return answers.map(({ status }) => status);
  };
  assert.deepEqual(await statuses('tnt_demo'), [200, 403, 403]);
  assert.deepEqual(await statuses('tnt_operator', 'transfers'), [403, 403, 403]);
  // There is no core here to store it.
  assert.deepEqual(await statuses('tnt_operator'), [200, 503, 503]);
  await using open = await testPayments();
  assert.equal((await open.send('PUT', path, wanted)).status, 503);
});
