// A list and, beside it, what is open of it; on a phone one of them, the open one as a page of its own. Each
// scrolls by itself, and the list stays mounted, so going back finds it where it was left.
import './split-view.css';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useKeys } from './keys.ts';

interface SplitViewProps {
  /** What the list is of, for assistive technology. */
  readonly label: string;
  /** Stays above the list while it scrolls: title, filters. */
  readonly head: ReactNode;
  readonly list: ReactNode;
  /** Undefined while nothing is open. */
  readonly detail: ReactNode | undefined;
  /** In the place of a detail, on a wide screen. */
  readonly none: ReactNode;
  /** Where Escape leads from an open detail. */
  readonly backTo: string;
  /** A list with columns of its own needs the room; its detail is then as wide as a phone. */
  readonly wideList?: boolean;
}

export function SplitView(props: SplitViewProps) {
  const [, navigate] = useLocation();
  const open = props.detail !== undefined;
  useKeys({ Escape: () => (open ? navigate(props.backTo) : false) });
  const classes = ['split', open && 'open', props.wideList && 'wide-list'].filter(Boolean);
  return (
    <div className={classes.join(' ')}>
      <section className="split-list" aria-label={props.label}>
        <header className="split-head">{props.head}</header>
        <div className="split-rows">{props.list}</div>
      </section>
      {(open || props.none != null) && (
        <div className="split-detail">
          {open ? props.detail : <div className="split-none">{props.none}</div>}
        </div>
      )}
    </div>
  );
}
