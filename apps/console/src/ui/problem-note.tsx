// A refusal as a person can use it: what happened, its code for a search or a colleague, and what
// to do now.
import type { ReactNode } from 'react';
import { AtlasError } from '@atlas/client';
import { adviceFor, titleFor } from './advice.ts';
import { Icon } from './icons.tsx';

export function ProblemNote({
  error,
  children,
}: {
  readonly error: unknown;
  readonly children?: ReactNode;
}) {
  const problem = error instanceof AtlasError ? error : undefined;
  return (
    <div className="note bad">
      <Icon name="alert" />
      <div>
        <p className="note-title">
          {problem === undefined ? 'Something went wrong on this page' : titleFor(problem)}
          {problem !== undefined && <code>{problem.code}</code>}
        </p>
        {problem !== undefined && saysMore(problem) && <p>{problem.message}</p>}
        {problem?.errors?.map(({ path, message }) => (
          <p key={path + message}>
            {path} {message}
          </p>
        ))}
        <p>{adviceFor(problem?.code)}</p>
        {children}
      </div>
    </div>
  );
}

/** A detail that only repeats the title is noise where somebody looks for what to do. */
function saysMore({ title, message }: AtlasError): boolean {
  return message !== '' && message.replace(/\.$/, '') !== title;
}
