// The page before everything else: sign in at the identity provider, or with a token. Why the last
// session ended, or this one did not begin, is said with what to do about it, because "please sign in"
// alone leaves people guessing.
import './sign-in.css';
import { useEffect, useState, type FormEvent } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Mark } from '../ui/mark.tsx';
import type { SignInSettings } from './console-settings.ts';
import { failures, type SignInFailure } from './failure.ts';
import { addresses } from './oidc/addresses.ts';
import type { Sessions, SignedOut } from './sessions.ts';

const command = 'npx atlas token';

interface SignInProps {
  readonly state: SignedOut;
  readonly sessions: Pick<Sessions, 'signInAtProvider' | 'signInWithToken'>;
}

export function SignIn({ state: { busy, failure, settings }, sessions }: SignInProps) {
  useEffect(() => {
    document.title = 'Sign in – Atlas';
  }, []);
  return (
    <main className="sign-in">
      <h1>
        <Mark /> Atlas
      </h1>
      {failure && <Why failure={failure} />}
      {location.pathname === addresses.signedOut && (
        <p className="hint">You are signed out, here and at your identity provider.</p>
      )}
      {busy !== undefined && (
        <p className="hint" role="status">
          {busy}…
        </p>
      )}
      {settings !== undefined && <Ways settings={settings} sessions={sessions} />}
      {settings === undefined && failure !== undefined && (
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Try again
        </button>
      )}
    </main>
  );
}

function Why({ failure: { code, detail } }: { readonly failure: SignInFailure }) {
  const { title, advice } = failures[code];
  return (
    <div className="note warn" role="alert">
      <Icon name="alert" />
      <div className="why">
        <p>{title}</p>
        <p>{advice}</p>
        {detail !== undefined && <p className="why-detail">{detail}</p>}
      </div>
    </div>
  );
}

interface WaysProps extends Pick<SignInProps, 'sessions'> {
  readonly settings: SignInSettings;
}

function Ways({ settings: { signIn, developmentTokens }, sessions }: WaysProps) {
  const form = (
    <TokenForm developmentTokens={developmentTokens} onToken={sessions.signInWithToken} />
  );
  if (signIn === null) return form;
  return (
    <>
      <button
        type="button"
        className="button primary"
        onClick={sessions.signInAtProvider}
        autoFocus
      >
        Sign in with {new URL(signIn.issuer).host}
      </button>
      <details className="other-way">
        <summary>Use a token instead</summary>
        {form}
      </details>
    </>
  );
}

interface TokenFormProps {
  readonly developmentTokens: boolean;
  readonly onToken: (token: string) => void;
}

function TokenForm({ developmentTokens, onToken }: TokenFormProps) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onToken(token.replace(/\s/g, ''));
  };
  return (
    <>
      <form onSubmit={submit}>
        <div className="field">
          <label htmlFor="token">Token</label>
          <textarea
            id="token"
            rows={4}
            value={token}
            onChange={(event) => setToken(event.target.value)}
            placeholder="eyJ…"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            required
            autoFocus
          />
        </div>
        <button type="submit" className="button primary">
          Sign in
        </button>
      </form>
      {developmentTokens ? (
        <p className="hint">
          A token for development: <code>{command}</code>{' '}
          <CopyButton text={command} what="the command" />
          <br />
          <code>atlas up</code> prints a link that is signed in already.
        </p>
      ) : (
        <p className="hint">A token is kept until this page is closed or loaded anew.</p>
      )}
    </>
  );
}
