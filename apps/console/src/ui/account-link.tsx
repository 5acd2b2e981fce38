// An account that something else speaks of: it opens, and its id can be copied.
import { Link } from 'wouter';
import { accountPath } from '../paths.ts';
import { CopyButton } from './copy-button.tsx';
import { Id } from './id.tsx';

export function AccountLink({ id }: { readonly id: string }) {
  return (
    <span className="copy-id">
      <Link href={accountPath(id)} className="text-link">
        <Id id={id} />
      </Link>
      <CopyButton text={id} what={`the account id ${id}`} />
    </span>
  );
}
