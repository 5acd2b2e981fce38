// A control with its label above and what is wrong with it below, tied together for everyone.
import { cloneElement, type ReactElement, type ReactNode } from 'react';

interface ControlProps {
  id?: string;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
}

export function Field(props: {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly fault: string | undefined;
  readonly children: ReactElement<ControlProps>;
}) {
  const { id, fault } = props;
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {cloneElement(props.children, {
        id,
        'aria-invalid': fault !== undefined,
        'aria-describedby': `${id}-note`,
      })}
      <p className={fault === undefined ? 'field-hint' : 'fault'} id={`${id}-note`}>
        {fault ?? props.hint}
      </p>
    </div>
  );
}
