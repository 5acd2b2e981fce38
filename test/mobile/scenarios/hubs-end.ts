// Replicas of the hub that are killed or stopped, while somebody is connected to them.
import { describe, it } from 'node:test';
import { balanceShown, isLive, stateShown } from '../hands.ts';
import { oneByOne, ownLine } from '../own-line.ts';
import { timed } from '../timed.ts';
import { urlOf, type Town } from '../town.ts';

export function hubsEnd(town: () => Town): void {
  describe('when hubs end', oneByOne, () => {
    const mortal = [1, 2];
    const at = ownLine(town, mortal);

    it('every hub killed: the balance is read all the same, and live with the first hub', async (t) => {
      await using ada = await town().person(at());
      const { page } = ada;
      const [one, other] = mortal.map((nth) => town().hubs[nth]!);
      await Promise.all([one!.kill('SIGKILL'), other!.kill('SIGKILL')]);
      await stateShown(page, /^Reconnecting… · as of /);
      await town().pay(ada.name, '500', 'While the hubs are dead');
      await balanceShown(page, '105.00');
      await stateShown(page, /^(Reconnecting…|Offline) · as of /);
      await one!.restart();
      await timed(t, 'server kill', () => isLive(page, '105.00'));
      await town().pay(ada.name, '500', 'Pushed again');
      await isLive(page, '110.00');
      await other!.restart();
    });

    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      it(`its replica ends by ${signal}: the other one goes on`, async (t) => {
        const [one, other] = mortal.map((nth) => town().hubs[nth]!);
        const { realtime } = at().fronts;
        realtime.leadTo(urlOf(one!));
        await using ada = await town().person(at());
        const { page } = ada;
        realtime.leadTo(urlOf(other!));
        await one!.kill(signal);
        const sentAt = performance.now();
        await town().pay(ada.name, '500', 'Over the other');
        await isLive(page, '105.00');
        const ms = performance.now() - sentAt;
        t.diagnostic(`${signal}: right and live ${ms.toFixed(0)} ms after the transfer was sent`);
        await one!.restart();
        realtime.leadTo(urlOf(one!), urlOf(other!));
      });
    }
  });
}
