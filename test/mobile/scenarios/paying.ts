// Money that is sent, refused, lost on its way, or asked for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draft, isLive, send, tap, type } from '../hands.ts';
import { oneByOne, ownLine } from '../own-line.ts';
import type { Town } from '../town.ts';

export function paying(town: () => Town): void {
  describe('sending money, and asking for it', oneByOne, () => {
    const at = ownLine(town, [0]);

    it('send money with a receipt, and the balance moves when the book says so', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      await draft(page, { to: ada.savings, amount: '12.5', note: 'For the roof' });
      await tap(page, 'Next');
      await page.getByText('they get exactly this amount').waitFor();
      await tap(page, 'Send 12.50 EUR');
      await page.getByRole('heading', { name: 'Receipt' }).waitFor();
      await tap(page, 'Done');
      await isLive(page, '87.50');
      await page.getByRole('button', { name: /For the roof.*\u221212\.50/ }).waitFor();
      assert.equal(await page.getByRole('heading', { name: 'Pending' }).count(), 0);
    });

    it('keep a lost transfer pending, and move money once when it is tried again', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      const keys = new Set<string | undefined>();
      page.on('request', (request) => {
        if (request.method() === 'POST') keys.add(request.headers()['idempotency-key']);
      });
      // The transfer is posted, and the phone does not hear of it.
      at().fronts.gateway.loseAnswers(/^(POST|GET) \/payments/);
      await send(page, { to: ada.savings, amount: '40' });
      await page.getByText('It is being tried again', { exact: false }).waitFor();
      await tap(page, 'Done');
      await page.getByRole('heading', { name: 'Pending' }).waitFor();
      await isLive(page, '60.00');
      await page.getByRole('button', { name: /Not confirmed.*\u221240\.00/ }).click();
      at().fronts.gateway.loseAnswers(undefined);
      await page.getByText('Already sent: the money moved once').waitFor({ timeout: 40_000 });
      assert.equal(keys.size, 1);
      await tap(page, 'Done');
      await isLive(page, '60.00');
    });

    it('say why a transfer is refused, and leave the balance alone', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      await send(page, { to: ada.savings, amount: '999' });
      await page.getByText('The available balance is too low.').waitFor();
      await tap(page, 'Done');
      await isLive(page, '100.00');
      assert.equal(await page.getByRole('heading', { name: 'Pending' }).count(), 0);
    });

    it('ask for money by a link that opens Send, filled in', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      await tap(page, 'Request');
      await type(page, '42');
      await page.getByLabel('Note').fill('Lunch & tea');
      const link = await page.getByTestId('request-link').innerText();
      const bola = await town().token({ subject: 'bola', accounts: [ada.savings] });
      await using other = await at().open(`token=${bola}`);
      await isLive(other.page, '0.00');
      await other.page.goto(link);
      await other.page.getByText('Filled in by a link.').waitFor();
      await other.page.getByLabel('Amount: 42.00 EUR').waitFor();
      assert.equal(await other.page.getByLabel('Note').inputValue(), 'Lunch & tea');
      await tap(other.page, 'Next');
      await other.page.getByRole('button', { name: 'Send 42.00 EUR' }).waitFor();
    });
  });
}
