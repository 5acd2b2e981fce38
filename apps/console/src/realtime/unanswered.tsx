// Replicas that did not answer in time: what they know is missing from the picture, and that must be seen.
import { Icon } from '../ui/icons.tsx';

export function Unanswered({ names = [] }: { readonly names: readonly string[] | undefined }) {
  if (names.length === 0) return null;
  return (
    <p className="note warn" role="status">
      <Icon name="alert" /> Without an answer: {names.join(', ')}. What is connected there is
      missing here.
    </p>
  );
}
