// What stands round every page: where one can go, the way to find and do everything by keyboard, whose book
// this is, and the way out. A sidebar on a wide screen; on a phone a bar above, and the pages below, where
// the thumb is.
import './shell.css';
import { useEffect, useState, type ReactNode } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { pagesFor, type ConsolePage } from '../pages.ts';
import { useSession } from '../session/use-session.ts';
import { Icon } from '../ui/icons.tsx';
import { Mark } from '../ui/mark.tsx';
import { useGoKeys } from './go-keys.ts';
import { KeysHelp } from './keys-help.tsx';
import { Palette } from './palette.tsx';
import { Who } from './who.tsx';

interface ShellProps {
  readonly children: ReactNode;
  readonly onSignOut: () => void;
}

export function Shell({ children, onSignOut }: ShellProps) {
  const { claims } = useSession();
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const offered = pagesFor(claims.scopes);
  const close = () => setOpen(undefined);
  usePaletteKey(() => setOpen('palette'));
  useGoKeys(offered, { onPage: navigate, onHelp: () => setOpen('keys') });
  return (
    <div className="shell">
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <header className="shell-bar">
        <Link href="/" className="brand">
          <Mark />
          <span className="brand-name">Atlas</span>
          <span className="brand-tenant">{claims.tenant}</span>
        </Link>
        <button
          type="button"
          className="palette-button"
          aria-label="Search, go to, act"
          aria-keyshortcuts="Meta+K Control+K"
          onClick={() => setOpen('palette')}
        >
          <Icon name="search" />
          <span className="palette-button-word">Search</span>
          <kbd data-keys={isApple ? '⌘K' : 'Ctrl K'} />
        </button>
        <nav className="shell-nav" aria-label="Pages">
          {offered.map((page) => (
            <NavLink key={page.path} page={page} />
          ))}
        </nav>
        <div className="shell-foot">
          <Who onSignOut={onSignOut} />
        </div>
        <button
          type="button"
          className="icon-button shell-menu-button"
          popoverTarget="shell-menu"
          aria-label="Session, theme and times"
        >
          <Icon name="person" />
        </button>
        <div id="shell-menu" className="shell-menu" popover="auto">
          <Who onSignOut={onSignOut} />
        </div>
      </header>
      <main id="page" className="page" tabIndex={-1}>
        {children}
      </main>
      {open === 'palette' && (
        <Palette onClose={close} onKeys={() => setOpen('keys')} onSignOut={onSignOut} />
      )}
      {open === 'keys' && <KeysHelp onClose={close} />}
    </div>
  );
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

function NavLink({ page }: { readonly page: ConsolePage }) {
  const [active] = useRoute(`${page.path}/*?`);
  const fetchAhead = () => void page.load().catch(() => undefined);
  return (
    <Link
      href={page.path}
      className="nav-link"
      aria-current={active ? 'page' : undefined}
      onPointerEnter={fetchAhead}
      onFocus={fetchAhead}
    >
      <Icon name={page.icon} />
      <span>{page.name}</span>
    </Link>
  );
}

/** ⌘K and Ctrl-K open it from anywhere, also out of a field, but not over a dialog. */
function usePaletteKey(onOpen: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      if (event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (document.querySelector('dialog[open]') === null) onOpen();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  });
}
