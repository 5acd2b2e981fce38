// Who is signed in and until when, how the console looks to them, and the way out.
import { useSession } from '../session/use-session.ts';
import { Icon } from '../ui/icons.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';
import { untilText } from '../ui/time.ts';
import { ZoneSwitch } from '../ui/zone-switch.tsx';

export function Who({ onSignOut }: { readonly onSignOut: () => void }) {
  const { claims, isRenewed } = useSession();
  return (
    <>
      <div className="who">
        <span className="who-subject">{claims.subject}</span>
        <span className="who-tenant">{claims.tenant}</span>
        {!isRenewed && <span>signed in until {untilText(claims.expiresAtMs)}</span>}
      </div>
      <div className="who-switches">
        <ThemeSwitch />
        <ZoneSwitch />
      </div>
      <button type="button" className="button quiet" onClick={onSignOut}>
        <Icon name="leave" /> Sign out
      </button>
    </>
  );
}
