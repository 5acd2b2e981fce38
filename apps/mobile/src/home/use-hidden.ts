// Whether amounts of the account are kept from whoever looks over the shoulder, on every screen.
import { createContext, useContext } from 'react';

export const HiddenContext = createContext(false);

export const useHidden = (): boolean => useContext(HiddenContext);

/** In place of an amount; screen readers are told nothing of it. */
export const hiddenAmount = '••••';
