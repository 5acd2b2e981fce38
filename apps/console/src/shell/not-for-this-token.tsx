// In the place of a page that the token may not see: asked for by a link, since the navigation does not offer it.
// Nothing is asked of the roles, which would refuse it again and again.
import type { ConsolePage } from '../pages.ts';
import { EmptyState } from '../ui/empty-state.tsx';

const command = 'npx atlas token';

export function NotForThisToken({ page: { name, scope } }: { readonly page: ConsolePage }) {
  return (
    <div className="page-broken">
      <h1>{name}</h1>
      <EmptyState title="This token may not see this page." command={command}>
        <p>
          It needs the scope <code>{scope}</code>. Sign out and in again with a token that has it;
          one for development:
        </p>
      </EmptyState>
    </div>
  );
}
