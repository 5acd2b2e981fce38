// A page inside the shell: its title, what stands there while its code is fetched, and what stands there
// when it breaks. One page that fails leaves the others and the way to them in place.
import { Component, Suspense, useLayoutEffect, type ReactNode } from 'react';
import { maySee, type ConsolePage } from '../pages.ts';
import { useSession } from '../session/use-session.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { StillAsking } from '../ui/still-asking.tsx';
import { PageName, titleOf } from '../ui/title.ts';
import { NotForThisToken } from './not-for-this-token.tsx';

export function PageFrame({ page }: { readonly page: ConsolePage }) {
  const { name, Page } = page;
  const { claims } = useSession();
  // Before the effects of the page, which may know more (useTitle).
  useLayoutEffect(() => {
    document.title = titleOf(name);
  }, [name]);
  return (
    <PageName value={name}>
      <Broken key={name} name={name}>
        <Suspense fallback={<Opening name={name} />}>
          {maySee(page, claims.scopes) ? <Page /> : <NotForThisToken page={page} />}
        </Suspense>
      </Broken>
    </PageName>
  );
}

function Opening({ name }: { readonly name: string }) {
  return (
    <div className="page-opening" aria-busy="true">
      <h1>{name}</h1>
      <span className="skeleton" />
      <span className="skeleton" />
      <span className="skeleton" />
      <StillAsking />
    </div>
  );
}

interface BrokenProps {
  readonly name: string;
  readonly children: ReactNode;
}

/** React tells of a failed render, and of a chunk that did not come, to a class only. */
class Broken extends Component<BrokenProps, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (!('error' in this.state)) return this.props.children;
    return (
      <div className="page-broken">
        <h1>{this.props.name}</h1>
        <ProblemNote error={this.state.error}>
          <p>The page could not be shown. A newer version may have taken its place.</p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load it again
          </button>
        </ProblemNote>
      </div>
    );
  }
}
