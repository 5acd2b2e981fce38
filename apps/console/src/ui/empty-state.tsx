// Nothing here yet: what would be here, and the command or the control that fills it.
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** For a terminal; it can be copied. */
  readonly command?: string;
}

export function EmptyState({ title, children, command }: EmptyStateProps) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
      {command !== undefined && (
        <p>
          <code>{command}</code> <CopyButton text={command} what="the command" />
        </p>
      )}
    </div>
  );
}
