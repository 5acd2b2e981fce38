// Gives up what operators have set: the ceiling is again what each replica's settings say.
import { useMutation } from '@tanstack/react-query';
import { useSession } from '../session/use-session.ts';
import { FormDialog } from '../ui/dialog.tsx';
import type { CeilingDialogProps } from './change-ceiling.tsx';

const word = 'settings';

export function ResetCeiling({ onClose, onDone }: CeilingDialogProps) {
  const { atlas } = useSession();
  const resetting = useMutation({
    mutationFn: () => atlas.operations.resetCeiling(),
    onSuccess: onDone,
  });
  return (
    <FormDialog
      title="Back to the settings"
      submit={{ word: 'Back to the settings', busy: 'Setting…' }}
      work={resetting}
      confirmation={{ label: `Type ${word} to confirm`, word, fault: `Type ${word}.` }}
      onSubmit={() => resetting.mutate()}
      onClose={onClose}
    >
      {() => (
        <p>
          The ceiling and the quota are again what <code>LS_RATE_PER_SEC</code>,{' '}
          <code>LS_BURST</code> and <code>LS_CLIENT_…</code> say, at every replica.
        </p>
      )}
    </FormDialog>
  );
}
