// Ends one connection. Its user's name is typed once more: the wrong screen going dark is seen by nobody
// here.
import type { HubConnection } from '@atlas/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSession } from '../session/use-session.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { countOf } from './words.ts';

interface DisconnectProps {
  readonly connection: HubConnection;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function Disconnect({ connection, onDone, onClose }: DisconnectProps) {
  const { operations } = useSession().atlas;
  const queries = useQueryClient();
  const { connectionId, subject, subscriptionCount } = connection;
  const ending = useMutation({
    mutationFn: () => operations.disconnect(connectionId),
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['connections'] });
      onDone();
      onClose();
    },
  });
  return (
    <FormDialog
      title="Disconnect"
      submit={{ word: 'Disconnect', busy: 'Disconnecting…', danger: true }}
      work={ending}
      confirmation={{
        label: `The user once more, to confirm: ${subject}`,
        word: subject,
        fault: `Type ${subject}.`,
      }}
      onSubmit={() => ending.mutate()}
      onClose={onClose}
    >
      {() => (
        <p>
          The connection of {subject}, which watches {countOf(subscriptionCount, 'account')}, ends
          at once, and its client is told not to come back by itself. Reloading it connects again:
          to keep somebody out, end their sessions too. It is recorded.
        </p>
      )}
    </FormDialog>
  );
}
