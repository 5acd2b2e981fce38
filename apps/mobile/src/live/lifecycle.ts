// Tells the client what a phone goes through. In the background it stops after five seconds, because
// what nobody sees costs battery; back in the foreground it connects and reads anew at once. Whether
// the device has a network is a hint, and the connection is the truth.
import NetInfo from '@react-native-community/netinfo';
import type { Live } from '@atlas/client';
import { AppState } from 'react-native';

// Its own question is put to a third party, and answered by our connection anyway.
NetInfo.configure({ reachabilityShouldRun: () => false });

export interface Device {
  /** False only while the device says that it has no network. */
  readonly hasNetwork: () => boolean;
  readonly listen: (onChange: () => void) => () => void;
  readonly close: () => void;
}

export function followDevice(live: Pick<Live, 'pause' | 'resume' | 'offline'>): Device {
  const listeners = new Set<() => void>();
  let hasNetwork = true;
  let network: unknown;

  // Neither `inactive` (a call, the app switcher) nor an unknown state is the background.
  const app = AppState.addEventListener('change', (state) => {
    if (state === 'background') live.pause();
    if (state === 'active') live.resume();
  });

  const leaveNetwork = NetInfo.addEventListener(({ isConnected, type }) => {
    // Unknown at first.
    const next = isConnected !== false;
    const changed = network !== undefined && (next !== hasNetwork || type !== network);
    [hasNetwork, network] = [next, type];
    if (!next) live.offline();
    // Also from one network to another: the old one's connection may hang for long.
    else if (changed) live.resume();
    for (const tell of listeners) tell();
  });

  return {
    hasNetwork: () => hasNetwork,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    close() {
      app.remove();
      leaveNetwork();
    },
  };
}
