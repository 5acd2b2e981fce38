// Sign in by token: by the link that `atlas up` prints, or by pasting one here. Why the last session
// ended is said plainly, because "please sign in" alone leaves people guessing.
import './sign-in.css';
import { useEffect, useState, type FormEvent } from 'react';

import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Mark } from '../ui/mark.tsx';
import type { EndReason } from './session.ts';

const command = 'npx atlas token';

const reasons: Record<EndReason, string | undefined> = {
  signed_out: undefined,
  expired: 'Your token has expired, so you were signed out. Sign in with a new one.',
  rejected: 'Atlas does not accept this token (any more). Sign in with a new one.',
  unreadable: 'That is not a token. A token is three parts with points between them.',
};

interface SignInProps {
  readonly ended: EndReason | undefined;
  readonly onToken: (token: string) => void;
}

export function SignIn({ ended, onToken }: SignInProps) {
  const [token, setToken] = useState('');
  useEffect(() => {
    document.title = 'Sign in – Atlas';
  }, []);
  const reason = ended && reasons[ended];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onToken(token.replace(/\s/g, ''));
  };
  return (
    <main className="sign-in">
      <h1>
        <Mark /> Atlas
      </h1>
      {reason && (
        <p className="note warn" role="alert">
          <Icon name="alert" /> {reason}
        </p>
      )}
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
      <p className="hint">
        A token for development: <code>{command}</code>{' '}
        <CopyButton text={command} what="the command" />
        <br />
        <code>atlas up</code> prints a link that is signed in already.
      </p>
    </main>
  );
}
