// An address that is none of the console's: a link that was cut or mistyped. To lead somewhere else without a word
// would let it pass for what was meant.
import { Link, useLocation } from 'wouter';
import { useEffect } from 'react';
import { pagesFor } from '../pages.ts';
import { useSession } from '../session/use-session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { titleOf } from '../ui/title.ts';

export function NotFound() {
  const { claims } = useSession();
  const [path] = useLocation();
  useEffect(() => {
    document.title = titleOf('No such page');
  }, []);
  return (
    <div className="page-broken">
      <h1>No such page</h1>
      <EmptyState title={`Nothing is at ${path}.`}>
        <p>The link may be cut or have a slip. What is here:</p>
        <ul>
          {pagesFor(claims.scopes).map((page) => (
            <li key={page.path}>
              <Link href={page.path} className="text-link">
                {page.name}
              </Link>
            </li>
          ))}
        </ul>
      </EmptyState>
    </div>
  );
}
