// The replicas of the hub, asked for once for all who show something of them.
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../session/use-session.ts';
import { answerMs } from '../ui/answer-ms.ts';
import { everyMs } from './every.ts';

export function useHubNodes() {
  const { operations } = useSession().atlas;
  return useQuery({
    queryKey: ['hub-nodes'],
    queryFn: ({ signal }) => operations.hubNodes({ signal, deadlineMs: answerMs }),
    refetchInterval: everyMs,
  });
}
