// What stands round every page: where one can go, whose book this is, and the way out. A sidebar on
// a wide screen, a bar on a narrow one, where the rest opens from its last button.
import './styles/shell.css';
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { useSession } from './session/use-session.ts';
import { Icon, type IconName } from './ui/icons.tsx';
import { ThemeSwitch } from './ui/theme-switch.tsx';
import { untilText } from './ui/time.ts';

interface ShellProps {
  readonly children: ReactNode;
  readonly onSignOut: () => void;
}

export function Shell({ children, onSignOut }: ShellProps) {
  const { claims } = useSession();
  return (
    <div className="shell">
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <header className="shell-bar">
        <Link href="/accounts" className="brand">
          <Mark />
          <span className="brand-name">Atlas</span>
          <span className="brand-tenant">{claims.tenant}</span>
        </Link>
        <nav className="shell-nav" aria-label="Pages">
          <NavLink href="/accounts" icon="accounts" name="Accounts" />
          {claims.scopes.includes('transfers') && (
            <NavLink href="/transfers" icon="transfers" name="Transfers" />
          )}
          {claims.scopes.includes('ops') && (
            <NavLink href="/operations" icon="operations" name="Operations" />
          )}
        </nav>
        <div className="shell-foot">
          <Who onSignOut={onSignOut} />
        </div>
        <button
          type="button"
          className="icon-button shell-menu-button"
          popoverTarget="shell-menu"
          aria-label="Session and theme"
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
    </div>
  );
}

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M8.5 23 16 8l7.5 15M11.6 17h8.8" />
    </svg>
  );
}

function NavLink(props: { readonly href: string; readonly icon: IconName; readonly name: string }) {
  const [active] = useRoute(`${props.href}/*?`);
  return (
    <Link href={props.href} className="nav-link" aria-current={active ? 'true' : undefined}>
      <Icon name={props.icon} />
      {props.name}
    </Link>
  );
}

function Who({ onSignOut }: Pick<ShellProps, 'onSignOut'>) {
  const { claims } = useSession();
  return (
    <>
      <p className="who">
        <span className="who-subject">{claims.subject}</span>
        <span className="who-tenant">{claims.tenant}</span>
        <span>signed in until {untilText(claims.expiresAtMs)}</span>
      </p>
      <ThemeSwitch />
      <button type="button" className="button quiet" onClick={onSignOut}>
        Sign out
      </button>
    </>
  );
}
